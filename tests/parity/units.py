#!/usr/bin/env python3
"""Compares karat's scores of content units with nuggetizer (nugget scores) and sacrerouge (modified pyramid).

    pip install --no-deps -r tests/parity/requirements-units.txt
    python tests/parity/units.py --karat target/release/karat --documents 20000

Makes random documents of key points with weights and verdicts, reproducible from the seed: some without a vital key point, some
with one weight for all, some where nothing is carried. Weights count the reference summaries that express a key point, as in a
pyramid. karat takes the verdicts from a file; its figures by document must be equal to the last digit, those over all documents
within 1e-12. Prints how many figures were compared; exits 1 on a difference.

A document without vital key points scores 0 in nuggetizer; karat leaves it undefined, which is counted apart. nuggetizer 0.0.5
has no weighted score: karat's `vital_okay` is held against the formula of the papers in exact fractions.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
import types
from fractions import Fraction
from pathlib import Path

REFERENCES = 4
VITAL = 3
CREDIT = {"support": Fraction(1), "partial_support": Fraction(1, 2), "not_support": Fraction(0)}


def load(distribution, path, name):
    """One module of a package, without what the package's own import would ask for."""
    file = importlib.metadata.distribution(distribution).locate_file(path)
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def peers():
    nuggets = load("nuggetizer", "nuggetizer/core/metrics.py", "nuggetizer_metrics")
    # What the pyramid's module takes from the rest of the package: a base class, a registry and a dictionary.
    data, jackknifers, metrics = (types.ModuleType(name) for name in ("data", "jackknifers", "metrics"))
    pyramid = load("sacrerouge", "sacrerouge/data/pyramid.py", "sacrerouge_pyramid")
    data.MetricsDict, data.Pyramid, data.PyramidAnnotation = dict, pyramid.Pyramid, pyramid.PyramidAnnotation
    jackknifers.PyramidJackknifer = lambda: None
    metrics.Metric = type("Metric", (), {
        "__init__": lambda self, *rest: None, "register": staticmethod(lambda name: lambda cls: cls)})
    package = types.ModuleType("sacrerouge")
    sys.modules |= {"sacrerouge": package, "sacrerouge.data": data, "sacrerouge.data.jackknifers": jackknifers,
                    "sacrerouge.metrics": metrics}
    score = load("sacrerouge", "sacrerouge/metrics/pyramid_score.py", "sacrerouge_pyramid_score")
    return nuggets, pyramid, score.PyramidScore()


def documents(count, seed):
    rng = random.Random(seed)
    for number in range(count):
        weights = rng.choice([[1, 2, 3, 4], [1, 2], [3], [1, 3]])
        words = rng.choice([list(CREDIT), ["not_support"], ["support", "not_support"]])
        points = [(rng.choice(weights), rng.choice(words)) for _ in range(rng.randint(1, 12))]
        yield f"d{number:06}", points


def karat(program, cases, folder):
    write = lambda name, lines: (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    points = lambda case: [{"id": f"K{at}", "text": "x", "weight": weight} for at, (weight, _) in enumerate(case)]
    write("gold.jsonl", ({"id": id, "key_points": points(case)} for id, case in cases))
    write("pred.jsonl", ({"id": id, "summary": "x"} for id, _ in cases))
    write("verdicts.jsonl", ({"id": id, "key_point": f"K{at}", "verdict": verdict}
                             for id, case in cases for at, (_, verdict) in enumerate(case)))
    (folder / "options.toml").write_text(f"[key_points]\nvital = {VITAL}\nreferences = {REFERENCES}\n")
    command = [Path(program).resolve(), "score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--format", "json",
               "--per-document", "--verdicts", "verdicts.jsonl", "--options", "options.toml"]
    return json.loads(subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE).stdout)


def modified(pyramid, scorer, case):
    """Every reference expresses as many key points as their weights say, whichever they are: the first of them."""
    contributors = lambda weight: [pyramid.Contributor(at, "", []) for at in range(weight)]
    units = [pyramid.SCU(at, "", contributors(weight)) for at, (weight, _) in enumerate(case)]
    whole = pyramid.Pyramid("", [""] * REFERENCES, [str(at) for at in range(REFERENCES)], units)
    carried = [pyramid.SCUAnnotation(at, "", []) for at, (_, verdict) in enumerate(case) if verdict == "support"]
    return scorer.score(pyramid.PyramidAnnotation("", "", "", "", carried), whole)["modified_pyramid_score"]


def weighted(case, strict):
    credit = lambda word: CREDIT[word] if not (strict and word == "partial_support") else Fraction(0)
    factor = lambda weight: Fraction(1) if weight >= VITAL else Fraction(1, 2)
    whole = sum(factor(weight) for weight, _ in case)
    return float(sum(factor(weight) * credit(word) for weight, word in case) / whole)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--karat", required=True)
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args()
    nuggets, pyramid, scorer = peers()
    cases = list(documents(args.documents, args.seed))
    with tempfile.TemporaryDirectory() as folder:
        found = karat(args.karat, cases, Path(folder))
    compared, undefined, differences, means = 0, 0, [], {}
    for id, case in cases:
        items = [{"importance": "vital" if weight >= VITAL else "okay", "assignment": word} for weight, word in case]
        peer = nuggets.calculate_nugget_scores(id, items)
        expected = {name: getattr(peer, f"{name}_score") for name in ("strict_vital", "strict_all", "vital", "all")}
        expected |= {"strict_vital_okay": weighted(case, True), "vital_okay": weighted(case, False),
                     "pyramid_modified": modified(pyramid, scorer, case)}
        has_vital = any(weight >= VITAL for weight, _ in case)
        for name, value in expected.items():
            ours = found["documents"][id]["metrics"][f"key_points.{name}"]["value"]
            if name in ("strict_vital", "vital") and not has_vital:
                undefined += 1
                if ours is not None or value != 0.0:
                    differences.append((id, name, ours, value))
                continue
            compared += 1
            means.setdefault(name, []).append(Fraction(value))
            if ours != value:
                differences.append((id, name, ours, value))
    for name, values in means.items():
        ours, value = found["metrics"][f"key_points.{name}"]["value"], float(sum(values) / len(values))
        compared += 1
        if abs(ours - value) > 1e-12:
            differences.append(("all", name, ours, value))
    for difference in differences[:20]:
        print("differs:", *difference)
    print(f"{len(cases)} documents, {compared} figures compared, {len(differences)} differences; "
          f"{undefined} undefined (no vital key point), where nuggetizer gives 0")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
