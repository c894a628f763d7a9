#!/usr/bin/env python3
"""Compares the preset `stickler` with the package stickler-eval, bit for bit, on random corpora.

    python tests/parity/stickler.py --corpora target/release/examples/corpora

A corpus declares up to five fields with comparators, thresholds and weights, as options of karat's and, in the same order, as
a pydantic model made for it. Its documents hold one record a side, or lists of records. Every count is the package's
`aggregate`, summed over documents; the ratios are made by the package. Where all documents hold one record, the package's own
bulk evaluator must agree as well. Assignments are those of munkres 3.0.0 without its optional C kernel.
"""

import argparse
import functools
import json
import os
import random
import subprocess
import sys
import warnings
from typing import Any, List, Optional, Union

sys.path.pop(0)  # this folder, whose files have the names of packages
os.environ["PALDITA_NO_NATIVE"] = "1"
from pydantic import create_model  # noqa: E402
from stickler import ComparableField, StructuredModel  # noqa: E402
from stickler.comparators.exact import ExactComparator  # noqa: E402
from stickler.comparators.levenshtein import LevenshteinComparator  # noqa: E402
from stickler.comparators.numeric import NumericComparator  # noqa: E402
from stickler.structured_object_evaluator.bulk_structured_model_evaluator import BulkStructuredModelEvaluator  # noqa: E402
from stickler.structured_object_evaluator.models import comparison_helper  # noqa: E402
from stickler.structured_object_evaluator.models.metrics_helper import MetricsHelper  # noqa: E402

if sys.version_info >= (3, 12):
    # From 3.12 on `sum` compensates for rounding, which changes the package's last digit; karat has that of 3.11.
    comparison_helper.sum = lambda values: functools.reduce(lambda total, value: total + value, values, 0)

COUNTS = ["tp", "fa", "fd", "fp", "tn", "fn"]
STATS = ["precision", "recall", "f1", "accuracy"]
NAMES = ["amount", "date", "name", "tags", "total"]
TEXTS = ["", " ", "a", "ab", "abc", "abd", "Abc", "hello world", "Hello  World", "hello word", "Zoë", "zoe", "日本語", "x\x1fy"]
NUMBERS = [0, 1, 10, 10.0, 10.5, -5, 100, 105, 110, 0.3, 0.1, 1000000]
WRITTEN = ["10", "10.00", "$10", "1,000", "1000", "(5)", "-5", "5-", ".", "n/a", "1.2.3", "100", "105", "110 EUR"]


def make_fields(rng):
    """{name: (kind, comparator, threshold, weight, absolute, relative)} with None where nothing is said."""
    fields = {}
    for name in sorted(rng.sample(NAMES, rng.randint(1, len(NAMES)))):
        compare = rng.choice([None, "exact", "edit", "number"])
        kind = rng.choice(["text", "text", "list", "mixed"])
        threshold = rng.choice([None, 0.7, 0.8, 0.9, 1.0]) if compare == "edit" else None
        weight = rng.choice([None, None, 2.0, 0.5, 0.125])
        absolute = rng.choice([None, 0.5, 5.0]) if compare == "number" else None
        relative = rng.choice([None, 0.05, 0.1, 0.3]) if compare == "number" else None
        fields[name] = (kind, compare, threshold, weight, absolute, relative)
    return fields


def to_toml(fields):
    lines = []
    for name, (_, compare, threshold, weight, absolute, relative) in fields.items():
        lines.append(f"[records.r.fields.{name}]")
        pairs = {"compare": compare, "threshold": threshold, "weight": weight, "absolute": absolute, "relative": relative}
        lines += [f"{key} = {json.dumps(value)}" for key, value in pairs.items() if value is not None]
    return "\n".join(lines)


def to_model(fields):
    declared = {}
    for name, (kind, compare, threshold, weight, absolute, relative) in fields.items():
        comparator = {
            None: lambda: None,
            "exact": ExactComparator,
            "edit": LevenshteinComparator,
            "number": lambda: NumericComparator(absolute_tolerance=absolute or 0.0, relative_tolerance=relative or 0.0),
        }[compare]()
        single = Union[int, float, str]
        of = Optional[List[single]] if kind == "list" else Optional[single]
        field = ComparableField(comparator=comparator, threshold=threshold, weight=1.0 if weight is None else weight)
        declared[name] = (of, field)
    record = create_model("Record", __base__=StructuredModel, **declared)
    root = create_model("Root", __base__=StructuredModel, r=(Optional[List[record]], ComparableField()))
    return record, root


def scalar(rng, kind, compare):
    if compare == "number":
        return rng.choice(NUMBERS if rng.random() < 0.5 else WRITTEN)
    return rng.choice(NUMBERS) if kind == "mixed" and rng.random() < 0.4 else rng.choice(TEXTS)


def value(rng, kind, compare):
    if rng.random() < 0.15:
        return None
    if kind == "list":
        return [scalar(rng, kind, compare) for _ in range(rng.randint(0, 4))]
    return scalar(rng, kind, compare)


def make_record(rng, fields):
    return {name: value(rng, field[0], field[1]) for name, field in fields.items() if rng.random() < 0.9}


def vary(rng, record, fields):
    changed = {name: one for name, one in record.items() if rng.random() < 0.9}
    for name in changed:
        if rng.random() < 0.2:
            changed[name] = value(rng, *fields[name][:2])
        elif isinstance(changed[name], list):
            changed[name] = rng.sample(changed[name], len(changed[name]))
    return changed


def make_corpus(rng):
    fields, gold, pred = make_fields(rng), [], []
    most = rng.choice([1, 1, 4])
    for at in range(rng.randint(1, 4)):
        records = [make_record(rng, fields) for _ in range(rng.randint(0, most))]
        answers = [vary(rng, record, fields) for record in records if rng.random() < 0.9]
        if len(answers) < most and rng.random() < 0.2:
            answers.append(make_record(rng, fields))
        rng.shuffle(answers)
        gold.append({"id": f"d{at}", "records": {"r": records}})
        pred.append({"id": f"d{at}", "records": {"r": answers}})
    return fields, gold, pred


def add(total, counts):
    for name in COUNTS:
        total[name] += counts[name]


def oracle(fields, gold, pred):
    """The package's figures, by karat's names; and those of its bulk evaluator where every document holds one record."""
    record, root = to_model(fields)
    whole, parts = dict.fromkeys(COUNTS, 0), {}
    bulk, is_single = BulkStructuredModelEvaluator(target_schema=record), True
    for one, other in zip(gold, pred):
        records, answers = one["records"]["r"], other["records"]["r"]
        if max(len(records), len(answers)) == 1:
            models = record(**(records or [{}])[0]), record(**(answers or [{}])[0])
            found = models[0].compare_with(models[1], include_confusion_matrix=True)["confusion_matrix"]
            below = found["fields"]
            bulk.update(*models)
        else:
            is_single = False
            found = root(r=records).compare_with(root(r=answers), include_confusion_matrix=True)["confusion_matrix"]
            below = found["fields"]["r"].get("fields", {})
        add(whole, found["aggregate"])
        for name, field in below.items():
            add(parts.setdefault(name, dict.fromkeys(COUNTS, 0)), field["overall"])
    figures = {}
    for label, counts in [("", whole)] + [(f"[{name}]", counts) for name, counts in parts.items()]:
        derived = MetricsHelper().calculate_derived_metrics(counts)
        for stat in STATS:
            name = f"records.r.accuracy{label}" if stat == "accuracy" else f"records.r{label}.{stat}"
            figures[name] = derived[f"cm_{stat}"]
    if is_single:
        evaluation = bulk.compute()
        for stat in STATS:
            name = "records.r.accuracy" if stat == "accuracy" else f"records.r.{stat}"
            assert evaluation.metrics[f"cm_{stat}"] == figures[name], (evaluation.metrics, figures)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the example `corpora`, built")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = random.Random(options.seed)
    corpora = [make_corpus(rng) for _ in range(options.cases)]
    lines = [
        json.dumps({"gold": gold, "pred": pred, "preset": "stickler", "options": to_toml(fields)})
        for fields, gold, pred in corpora
    ]
    answer = subprocess.run([options.corpora], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    compared, differences = 0, 0
    for (fields, gold, pred), line in zip(corpora, answer.stdout.splitlines(), strict=True):
        got, expected = json.loads(line), oracle(fields, gold, pred)
        for name in sorted(set(got) | set(expected)):
            compared += 1
            one, other = expected.get(name), got.get(name)
            if one is None or other is None or float(one).hex() != float(other).hex():
                differences += 1
                if differences <= 10:
                    print(f"{name}: stickler {one!r}, karat {other!r}: {to_toml(fields)!r} {gold} / {pred}")
    print(f"{len(corpora)} corpora, {compared} figures compared, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
