#!/usr/bin/env python3
"""Compares the bounds of `karat run --until-decided` with the formula of the paper in numpy.

    cargo build
    python tests/parity/confidence_sequence.py --karat target/debug/karat

Makes projects of random summaries (documents that lose, gain or keep words against the baseline), runs each until its rule is
decided, and computes every bound in `gate.json` again from the differences of the documents in `predictions`: the mean, the
sample variance, the one-sided boundary of Waudby-Smith et al., arXiv 2103.06476, with the parameter that is optimal at a
quarter of the documents, found by a search over a grid and not by karat's iteration, and what documents that were not drawn
may change.

Prints how many bounds were compared with the largest difference, and exits 1 on the first one above 1e-6.
"""

import argparse
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np

DOCUMENTS = 240
MARGIN = 0.08
WORDS = 10


def reach(n, sigma, alpha, rho):
    grown = n * rho**2 + 1
    return sigma * math.sqrt(2 * grown / (n * rho) ** 2 * math.log(1 + math.sqrt(grown) / (2 * alpha)))


def best_rho(target, alpha):
    """The parameter whose two-sided boundary at twice the level is the narrowest, by a search."""
    rhos = np.exp(np.linspace(math.log(1e-3), math.log(10), 400_001))
    grown = target * rhos**2 + 1
    return rhos[np.argmin(grown / rhos**2 * np.log(np.sqrt(grown) / (2 * alpha)))]


def project(folder, numbers, loss):
    gold, docs, base, candidate = [], [], [], []
    for at in range(DOCUMENTS):
        words = [f"w{at}x{word}" for word in range(WORDS)]

        def answer(missing):
            return " ".join(words[: WORDS - missing] + [f"other{word}" for word in range(missing)])

        first = numbers.randint(0, 3)
        second = max(0, min(WORDS - 1, first + numbers.choice([-1, 0, 0, 1]) + (numbers.random() < loss)))
        identity = f"d{at:03}"
        docs.append({"id": identity, "text": " ".join(words)})
        gold.append({"id": identity, "summaries": [" ".join(words)]})
        base.append({"id": identity, "summary": answer(first)})
        candidate.append({"id": identity, "summary": answer(second)})
    for name, rows in [("docs", docs), ("gold", gold), ("base", base), ("candidate", candidate)]:
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {row["id"]: row["summary"] for row in base}, {row["id"]: row["summary"] for row in candidate}


def config(folder, answers):
    (folder / "karat.toml").write_text(
        '[datasets.d]\ndocuments = "docs.jsonl"\ngolden = "gold.jsonl"\n'
        f'[extractors.e]\nkind = "predictions"\npath = "{answers}.jsonl"\n'
        f'[[gate]]\nmetric = "summary.rouge1.f1"\nmargin = {MARGIN}\n'
    )


def rouge1(text, gold):
    return len(set(text.split()) & set(gold.split())) / WORDS


def compare(karat, number):
    """Returns the differences between the bounds of one project."""
    numbers = random.Random(number)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)

        def run(*arguments, codes):
            done = subprocess.run([karat, *arguments], cwd=folder, capture_output=True, text=True)
            assert done.returncode in codes, (number, arguments, done.returncode, done.stdout, done.stderr)

        base, candidate = project(folder, numbers, numbers.choice([0.0, 0.5, 0.9]))
        gold = {json.loads(line)["id"]: json.loads(line)["summaries"][0] for line in (folder / "gold.jsonl").open()}
        config(folder, "base")
        run("run", "--quiet", "--out", "b", codes=[0])
        run("accept", "b", codes=[0])
        config(folder, "candidate")
        run("run", "--until-decided", "--quiet", "--seed", str(number), "--out", "r", codes=[0, 100])
        rule = json.loads((folder / "r/gate.json").read_text())["rules"][0]
        ids = [json.loads(line)["id"] for line in (folder / "r/predictions/d/e.jsonl").open()]
    if "sequence" not in rule:
        return []
    sequence = rule["sequence"]
    differences = np.array([rouge1(candidate[one], gold[one]) - rouge1(base[one], gold[one]) for one in ids])
    n = sequence["clusters"]
    assert (n, sequence["of"]) == (len(ids), DOCUMENTS), (number, sequence)
    sigma = differences.std(ddof=1)
    rho = best_rho(max(30, DOCUMENTS // 4), sequence["alpha_pass"] / 2)

    def distance(alpha):
        # Half of the level is for the mean, half for documents so rare that none was drawn, each of which changes the mean
        # by the range of the figure.
        return reach(n, sigma, alpha / 2, rho) + 1 - (alpha / 2) ** (1 / n)

    mean = differences.mean()
    expected = [mean, mean - distance(sequence["alpha_pass"]), mean + distance(sequence["alpha_fail"])]
    verdict = "pass" if expected[1] > -MARGIN else "fail" if expected[2] < 0 else "inconclusive"
    assert rule["verdict"] == verdict, (number, rule, expected)
    bounds = zip(["delta", "low", "high"], expected)
    return [abs(rule[key] - value) for key, value in bounds] + [abs(sequence["rho"] - rho) * 1e-2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--karat", default="target/debug/karat")
    parser.add_argument("--cases", type=int, default=20)
    arguments = parser.parse_args()
    karat = str(pathlib.Path(arguments.karat).resolve())
    found = [compare(karat, number) for number in range(arguments.cases)]
    differences = [one for of_case in found for one in of_case]
    worst = max(differences, default=math.inf)
    print(f"{sum(bool(of_case) for of_case in found)} of {len(found)} runs decided by a sequence; largest difference {worst:.2e}")
    if not worst < 1e-6:
        sys.exit("the bounds differ")


if __name__ == "__main__":
    main()
