#!/usr/bin/env python3
"""Compares the preset `anls-star` with the package anls_star, bit for bit, on random corpora.

    python tests/parity/anls_star.py --corpora target/release/examples/corpora

A corpus is one to three documents with up to four records a side: texts, numbers, truth values, nulls, lists, objects in
objects, lists of objects, and, in the gold, alternatives. Keys are in alphabetical order, since JSON objects have none and
the last digit depends on it. The package's assignments are those of munkres 3.0.0, whose optional C kernel picks others
among equally good ones; it is switched off here. Prints how many figures were compared and every difference.
"""

import argparse
import functools
import json
import os
import random
import subprocess
import sys
import warnings

sys.path.pop(0)  # this folder, whose files have the names of packages
os.environ["PALDITA_NO_NATIVE"] = "1"
from anls_star import anls_score, anls_star  # noqa: E402

if sys.version_info >= (3, 12):
    # From 3.12 on `sum` compensates for rounding, which changes the package's last digit; karat has that of 3.11.
    anls_star.sum = lambda values: functools.reduce(lambda total, value: total + value, values, 0)

TEXTS = ["", " ", "a", "ab", "abc", "abd", "A b", "Ünï  cöde", "日本語", "2025-08-20", "2025-08-21", "hello world", "Hello, world!",
         "x\x1cy", "İstanbul", "ΟΔΟΣ", "true", "10", "10.0", "1e+16", "None"]
NUMBERS = [0, 1, -1, 10, 10.0, 0.1, 1e16, 1e-5, 123456.5, 1.5e300, 12, True, False]
KEYS = ["a", "b", "c", "d"]


def value(rng, depth, gold):
    kind = rng.random()
    if gold and depth > 0 and kind < 0.1:
        return {"one_of": [value(rng, depth - 1, gold) for _ in range(rng.randint(1, 3))]}
    if depth > 0 and kind < 0.25:
        return [value(rng, depth - 1, gold) for _ in range(rng.randint(0, 4))]
    if depth > 0 and kind < 0.4:
        return record(rng, depth - 1, gold)
    if kind < 0.5:
        return None
    return rng.choice(NUMBERS) if kind < 0.7 else rng.choice(TEXTS)


def record(rng, depth, gold):
    keys = sorted(rng.sample(KEYS, rng.randint(0, len(KEYS))))
    return {key: value(rng, depth, gold) for key in keys}


def vary(rng, node, gold_too=False):
    """A prediction near the gold: alternatives chosen, some values changed, lists shuffled."""
    if isinstance(node, dict) and set(node) == {"one_of"}:
        return vary(rng, rng.choice(node["one_of"]))
    if rng.random() < 0.12:
        return value(rng, 1, False)
    if isinstance(node, dict):
        kept = {key: vary(rng, item) for key, item in node.items() if rng.random() < 0.9}
        if rng.random() < 0.1:
            kept[rng.choice(KEYS)] = value(rng, 1, False)
        return {key: kept[key] for key in sorted(kept)}
    if isinstance(node, list):
        items = [vary(rng, item) for item in node if rng.random() < 0.9]
        rng.shuffle(items)
        return items
    return node


def oracle_tree(node, gold):
    if isinstance(node, dict):
        if gold and set(node) == {"one_of"} and node["one_of"]:
            return tuple(oracle_tree(item, gold) for item in node["one_of"])
        return {key: oracle_tree(item, gold) for key, item in node.items()}
    return [oracle_tree(item, gold) for item in node] if isinstance(node, list) else node


def make_corpus(rng):
    gold, pred = [], []
    for at in range(rng.randint(1, 3)):
        records = [record(rng, 2, True) for _ in range(rng.randint(0, 4))]
        if rng.random() < 0.7:
            answers = [answer for answer in (vary(rng, one) for one in records) if isinstance(answer, dict)]
        else:
            answers = [record(rng, 2, False) for _ in range(rng.randint(0, 4))]
        rng.shuffle(answers)
        gold.append({"id": f"d{at}", "records": {"r": records}})
        pred.append({"id": f"d{at}", "records": {"r": answers}})
    return gold, pred


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the example `corpora`, built")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = random.Random(options.seed)
    corpora = [make_corpus(rng) for _ in range(options.cases)]
    lines = [json.dumps({"gold": gold, "pred": pred, "preset": "anls-star"}) for gold, pred in corpora]
    answer = subprocess.run([options.corpora], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    compared, differences = 0, 0
    for (gold, pred), line in zip(corpora, answer.stdout.splitlines(), strict=True):
        scores = []
        for one, other in zip(gold, pred):
            trees = oracle_tree(one["records"]["r"], True), oracle_tree(other["records"]["r"], False)
            scores.append(anls_score(*trees))
        total = 0.0
        for score in scores:
            total += score
        expected, got = total / len(scores), json.loads(line).get("records.r.anls")
        compared += 1
        if got is None or float(got).hex() != float(expected).hex():
            differences += 1
            if differences <= 10:
                print(f"anls_star {expected!r}, karat {got!r}: {json.dumps(gold)} / {json.dumps(pred)}")
    print(f"{len(corpora)} corpora, {compared} figures compared, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
