#!/usr/bin/env python3
"""Compares karat's agreement coefficients with krippendorff, NLTK, scikit-learn and irrCAC.

    cargo build --bin karat --example agreement
    python tests/parity/agreement.py --agreement target/debug/examples/agreement --karat target/debug/karat

With --karat, the same peers check `karat agree --missing skip` on random files of annotators, some of whom lack documents: entities,
with several labels on some spans, and classes of documents.

Makes random tables of ratings (two to four annotators, some with missing ratings, some with one value everywhere), reproducible
from the seed. Prints how many figures were compared and every difference above 1e-9 (of AC1, which irrCAC rounds to five decimals, above 6e-6); exits
1 on a difference.
"""

import argparse
import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
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
        if len(twice) == len(distinct) and sum(any(v is not None for v in unit) for unit in table) > 1:
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


def annotators(seed, count):
    """Random annotators: by document, labels by span and a class; a document that one lacks is missing."""
    rng = random.Random(seed)
    for _ in range(count):
        people = rng.choice([2, 2, 3])
        labels, stacked = "ABCD"[: rng.randint(2, 4)], rng.random() < 0.5 and people == 2
        accuracy, lacks = rng.uniform(0.3, 1), rng.choice([0, 0.25])
        files = [{} for _ in range(people)]
        for document in range(rng.randint(2, 12)):
            truth = {start: rng.choice(labels) for start in range(0, 40, 4) if rng.random() < 0.5}
            topic = rng.choice("xyz")
            for file in files:
                if rng.random() < lacks:
                    continue
                spans = {}
                for start, label in truth.items():
                    if rng.random() < 0.9:
                        spans[start] = {label if rng.random() < accuracy else rng.choice(labels)}
                        if stacked and rng.random() < 0.4:
                            spans[start].add(rng.choice(labels))
                file[f"d{document:02}"] = (spans, topic if rng.random() < accuracy else rng.choice("xyz"))
        if all(files):
            yield files


def units(files):
    """The units of entities, and those of classes: one rating an annotator, None where it lacks the document."""
    of_spans, of_classes = [], []
    for document in sorted(set().union(*files)):
        have = [file.get(document) for file in files]
        for start in sorted(set().union(*(one[0] for one in have if one))):
            sets = [None if one is None else one[0].get(start, set()) for one in have]
            if all(labels is None or len(labels) < 2 for labels in sets):
                of_spans.append([None if labels is None else min(labels, default="") for labels in sets])
                continue
            first, second = (set() if labels is None else labels for labels in sets)
            rows = [(label, label) for label in first & second]
            rows += itertools.zip_longest(sorted(first - second), sorted(second - first), fillvalue="")
            of_spans += [[None if labels is None else label for label, labels in zip(row, sets)] for row in rows]
        if len(files) == 2 and all(have):
            of_classes.append([one[1] for one in have])
    return of_spans, of_classes


def agreed(karat, files, folder):
    """The coefficients that karat computes, by kind of unit and label."""
    paths = []
    for number, file in enumerate(files):
        paths.append(folder / f"{number}.jsonl")
        with paths[-1].open("w") as lines:
            for document, (spans, topic) in file.items():
                entities = [{"start": at, "end": at + 2, "label": label} for at, labels in spans.items() for label in labels]
                line = {"id": document, "entities": entities, "records": {"topic": [{"class": topic}]}}
                lines.write(json.dumps(line) + "\n")
    command = [karat, "agree", *paths, "--missing", "skip", "--format", "json"]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode == 4:
        return None  # No two annotators have a document in common.
    answer.check_returncode()
    return {(of["what"], of["label"]): of for of in json.loads(answer.stdout)["coefficients"]}


def of_files(karat, count, seed):
    """Compares `karat agree` with the peers. Returns the number of figures and of differences."""
    compared = different = 0
    with tempfile.TemporaryDirectory() as folder:
        for files in annotators(seed, count):
            found = agreed(karat, files, pathlib.Path(folder))
            if found is None:
                continue
            of_spans, of_classes = units(files)
            names = sorted({label for unit in of_spans for label in unit if label})
            tables = {("entities", None): of_spans, ("records.topic", "class"): of_classes}
            if len(names) > 1:
                for name in names:
                    one = [[None if label is None else label == name for label in unit] for unit in of_spans]
                    tables["entities", name] = one
            for key, table in tables.items():
                if not table:
                    continue
                if found[key]["units"] != len(table):
                    different += 1
                    print(f"{key}: karat has {found[key]['units']} units, not {len(table)}, on {files}")
                values = {value: number for number, value in enumerate(sorted({v for unit in table for v in unit if v is not None}))}
                numbers = [[values.get(value) for value in unit] for unit in table]
                for name, expected in oracle(numbers).items():
                    if name in ("alpha_ordinal", "alpha_interval", "alpha_ratio") or (len(files) > 2 and name in ("cohen_kappa", "scott_pi")):
                        continue
                    compared += 1
                    value = found[key]["coefficients"][name]["value"]
                    if value is None or not abs(value - expected) < (6e-6 if name == "ac1" else 1e-9):
                        different += 1
                        print(f"{key} {name}: karat {value}, peer {expected}, on {files}")
    return compared, different


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agreement", required=True, help="the built example `agreement`")
    parser.add_argument("--karat", help="the built program")
    parser.add_argument("--files", type=int, default=200, help="number of sets of annotators for --karat")
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
    if args.karat:
        figures, of_agree = of_files(args.karat, args.files, args.seed)
        different += of_agree
        print(f"karat agree: {figures} figures compared, {of_agree} differences")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
