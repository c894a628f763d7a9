#!/usr/bin/env python3
"""Compares karat's agreement coefficients with krippendorff, NLTK, scikit-learn and irrCAC.

    cargo build --example agreement
    python tests/parity/agreement.py --agreement target/debug/examples/agreement

Makes random tables of ratings (two to four annotators, some with missing ratings, some with one value everywhere), reproducible
from the seed. Prints how many figures were compared and every difference above 1e-9 (of AC1, which irrCAC rounds to five decimals, above 6e-6); exits
1 on a difference.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import warnings

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score

SCALES = ["nominal", "ordinal", "interval", "ratio"]


def tables(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        annotators = rng.choice([2, 2, 3, 4])
        values = rng.randint(1, 5)
        missing = rng.choice([0, 0, 0.2])
        accuracy = rng.random()
        table = []
        for _ in range(rng.randint(2, 30)):
            truth = rng.randint(1, values)
            rate = lambda: truth if rng.random() < accuracy else rng.randint(1, values)
            table.append([None if rng.random() < missing else rate() for _ in range(annotators)])
        yield table


def oracle(table):
    """What the peers say; a missing key where they refuse the table or do not define the figure."""
    figures = {}
    distinct = {value for unit in table for value in unit if value is not None}
    twice = {value for unit in table if sum(v is not None for v in unit) > 1 for value in unit if value is not None}
    if len(twice) > 1:
        data = np.array([[math.nan if value is None else value for value in unit] for unit in table], dtype=float).T
        for scale in SCALES:
            figures[f"alpha_{scale}"] = krippendorff.alpha(reliability_data=data, level_of_measurement=scale)
        if len(twice) == len(distinct):
            figures["ac1"] = CAC(pd.DataFrame(table, dtype=float)).gwet()["est"]["coefficient_value"]
    both = [unit for unit in table if unit[0] is not None and unit[1] is not None]
    if len({value for unit in both for value in unit[:2]}) > 1:
        figures["cohen_kappa"] = cohen_kappa_score([unit[0] for unit in both], [unit[1] for unit in both])
        triples = [(str(who), str(at), unit[who]) for at, unit in enumerate(both) for who in (0, 1)]
        task = AnnotationTask(data=triples)
        figures["scott_pi"] = task.pi()
    if all(value is not None for unit in table for value in unit) and len(distinct) > 1:
        # NLTK calls Fleiss' kappa of many annotators Siegel and Castellan's pi.
        triples = [(str(who), str(at), value) for at, unit in enumerate(table) for who, value in enumerate(unit)]
        figures["fleiss_kappa"] = AnnotationTask(data=triples).pi()
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agreement", required=True, help="the built example `agreement`")
    parser.add_argument("--tables", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    cases = list(tables(args.tables, args.seed))
    lines = "".join(json.dumps(table) + "\n" for table in cases)
    answer = subprocess.run([args.agreement], input=lines, capture_output=True, text=True, check=True)
    compared, different = {}, 0
    for table, line in zip(cases, answer.stdout.splitlines(), strict=True):
        found = json.loads(line)
        for name, expected in oracle(table).items():
            compared[name] = compared.get(name, 0) + 1
            most = 6e-6 if name == "ac1" else 1e-9
            if found[name] is None or not abs(found[name] - expected) < most:
                different += 1
                print(f"{name}: karat {found[name]}, peer {expected}, on {json.dumps(table)}")
    counts = ", ".join(f"{name} {count}" for name, count in sorted(compared.items()))
    print(f"{len(cases)} tables, {sum(compared.values())} figures compared ({counts}), {different} differences")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
