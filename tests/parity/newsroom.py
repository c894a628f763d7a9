#!/usr/bin/env python3
"""Compares karat's statistics of summaries against their sources with summ-eval's, bit for bit, on random cases.

    python tests/parity/newsroom.py --karat target/debug/karat

summ-eval 0.892 carries the program of Newsroom's authors (Fragments). What it would load besides, spaCy and gin, is
stood in for, since the tokens are handed over: words between blanks, which both sides cut alike. Its n-grams are not
lower-cased as its fragments are, so it is given the lower-cased texts for them. An undefined figure is null
in karat; summ-eval leaves it out, or gives 0 for coverage, density and compression of an empty summary. Prints how many
figures were compared and every difference; exits 1 on a difference or a missing figure.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import types
from pathlib import Path

for name in ["gin", "spacy"]:
    sys.modules[name] = types.ModuleType(name)
sys.modules["gin"].configurable = lambda wrapped: wrapped
sys.modules["spacy"].load = lambda _: None

from summ_eval.data_stats_metric import DataStatsMetric  # noqa: E402

FIGURES = {
    "coverage": "coverage",
    "density": "density",
    "compression": "compression",
    "novel1": "percentage_novel_1-gram",
    "novel2": "percentage_novel_2-gram",
    "novel3": "percentage_novel_3-gram",
    "novel4": "percentage_novel_4-gram",
    "repetition": "percentage_repeated_3-gram_in_summ",
}
WORDS = "the a of to Said minister Ägypten Наука 110 2025 people fled Oslo ada BERG naïve x y z".split()


def random_tokens(rng, most):
    """Few different words, so that fragments are long, overlap and tie; or many."""
    words = rng.choice([WORDS[:2], WORDS[:4], WORDS, [f"w{n}" for n in range(300)]])
    return [rng.choice([str.lower, str, str.upper])(rng.choice(words)) for _ in range(rng.randint(0, most))]


def make_cases(count, seed):
    """(id, summary, source) of every case: reproducible from the seed."""
    rng = random.Random(seed)
    for at in range(count):
        source = random_tokens(rng, rng.choice([8, 40, 200]))
        summary = []
        for _ in range(rng.randint(0, 4)):
            start = rng.randint(0, len(source))
            summary += source[start:start + rng.randint(0, 12)] if rng.random() < 0.7 else random_tokens(rng, 8)
        yield f"case-{at:06}", " ".join(summary), " ".join(source)


def run_karat(karat, cases):
    """karat's figures: {id: {metric: {"value": x}}}."""
    with tempfile.TemporaryDirectory() as folder:
        gold, pred = Path(folder, "gold.jsonl"), Path(folder, "pred.jsonl")
        with gold.open("w", encoding="utf-8") as gold_file, pred.open("w", encoding="utf-8") as pred_file:
            for case, summary, source in cases:
                print(json.dumps({"id": case, "text": source, "summaries": [summary]}), file=gold_file)
                print(json.dumps({"id": case, "summary": summary}), file=pred_file)
        command = [karat, "score", "--gold", gold, "--pred", pred, "--layer", "summaries", "--per-document", "--format", "json"]
        command += [argument for name in FIGURES for argument in ("--metric", f"summary.{name}")]
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return {case: document["metrics"] for case, document in json.loads(answer.stdout)["documents"].items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True, help="the binary")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    cases = list(make_cases(options.cases, options.seed))
    karat = run_karat(options.karat, cases)
    oracle = DataStatsMetric(n_gram=4, tokenize=False)
    compared, undefined, differences = 0, 0, 0
    for case, summary, source in cases:
        scores = oracle.evaluate_example(summary.lower(), source.lower())
        fragments = oracle.evaluate_example(summary, source)
        scores.update({name: fragments[name] for name in ("coverage", "density", "compression")})
        for name, theirs in FIGURES.items():
            expected = scores.get(theirs) if summary else None
            entry = karat.get(case, {}).get(f"summary.{name}", {})
            got = entry.get("value")
            compared += 1
            undefined += expected is None
            same = got is None if expected is None else got is not None and float(got).hex() == float(expected).hex()
            if "value" not in entry or not same:
                differences += 1
                if differences <= 20:
                    print(f"{case} {name}: summ-eval {expected!r}, karat {got!r}: {summary!r} / {source!r}")
    print(f"{len(cases)} cases, {compared} figures compared ({undefined} undefined), {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
