#!/usr/bin/env python3
"""Compares karat's coverage of entities with neleval's four overlap aggregates, on random corpora.

    python tests/parity/neleval.py --corpora target/debug/examples/corpora

A corpus is one to four documents. On either side entities do not overlap each other: there neleval's sweep takes
neighbours for the only candidates (its source says so), and karat does not. Precision, recall and F1 are compared to
1e-12: neleval takes the shares from the numbers, karat adds them up. Where there is nothing to divide by, neleval gives
0 and karat none. Prints how many figures were compared and every difference; exits 1 on a difference.
"""

import argparse
import collections
import collections.abc
import json
import random
import subprocess
import sys
import warnings
from pathlib import Path

# This file's own folder has a `neleval`, too: this one.
sys.path = [path for path in sys.path if Path(path).resolve() != Path(__file__).resolve().parent]
# neleval 3.1.1 takes it from where Python 3.10 no longer has it.
collections.Sequence = collections.abc.Sequence
# Its command line needs joblib and scipy, its measures do not.
from neleval.annotation import Annotation, Candidate, Measure  # noqa: E402
from neleval.evaluate import Matrix  # noqa: E402

STRATEGIES = ["maxmax", "maxsum", "summax", "sumsum"]
LABELS = ["A", "B", "C"]
OPTIONS = "[spans]\ncoverage = true\n"


def random_spans(rng, labels):
    """Half-open spans side by side, gaps between some of them."""
    spans, at = [], rng.randrange(4)
    for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 13])):
        at += rng.choice([0, 0, 1, 2, 5])
        length = rng.choice([1, 1, 2, 3, 4, 7, 10, 30])
        spans.append((at, at + length, rng.choice(labels)))
        at += length
    return spans


def vary(rng, spans):
    """The same with edges moved, labels changed and entities left out, still side by side."""
    varied, reached = [], 0
    for start, end, label in spans:
        start = max(reached, start + rng.choice([0, 0, 0, -1, 1, 2]))
        end = end + rng.choice([0, 0, 0, -1, 1, -2])
        if end > start and rng.random() < 0.85:
            varied.append((start, end, rng.choice(LABELS) if rng.random() < 0.15 else label))
            reached = end
    return varied


def make_corpora(count, seed):
    """Lists of (gold, predicted) documents: reproducible from the seed."""
    rng = random.Random(seed)
    yield [([(1, 11, "A"), (12, 13, "A")], [(1, 6, "A"), (6, 13, "A")])]
    for _ in range(count - 1):
        labels = LABELS[: rng.randint(1, 3)]
        documents = []
        for _ in range(rng.randint(1, 4)):
            gold = random_spans(rng, labels)
            found = vary(rng, gold) if rng.random() < 0.7 else random_spans(rng, labels)
            rng.shuffle(gold)
            rng.shuffle(found)
            documents.append((gold, found))
        yield documents


def document(number, spans):
    entities = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    return {"id": f"d{number}", "entities": entities}


def run_karat(corpora_binary, corpora):
    """A dictionary of figures a corpus."""
    lines = []
    for documents in corpora:
        sides = zip(*[(document(n, gold), document(n, found)) for n, (gold, found) in enumerate(documents)])
        gold, pred = sides
        lines.append(json.dumps({"gold": gold, "pred": pred, "options": OPTIONS}))
    answer = subprocess.run(
        [corpora_binary], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, check=True, text=True
    )
    return [json.loads(line) for line in answer.stdout.splitlines()]


def annotations(number, spans):
    """neleval's ends are inclusive."""
    return [Annotation(f"d{number}", start, end - 1, [Candidate("NIL", 1.0, label)]) for start, end, label in spans]


def oracle(documents):
    """precision, recall and fscore of each strategy, summed over documents as neleval does."""
    figures = {}
    for strategy in STRATEGIES:
        measure = Measure(["span", "type"], agg=f"overlap-{strategy}")
        total = Matrix()
        for number, (gold, found) in enumerate(documents):
            total += Matrix(*measure.contingency(annotations(number, found), annotations(number, gold)))
        figures[strategy] = {"precision": total.precision, "recall": total.recall, "f1": total.fscore}
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the example `corpora`")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    corpora = list(make_corpora(options.cases, options.seed))
    compared, differences = 0, 0
    for documents, found in zip(corpora, run_karat(options.corpora, corpora), strict=True):
        for strategy, stats in oracle(documents).items():
            for stat, expected in stats.items():
                got = found[f"entities.coverage-{strategy}.{stat}"]
                compared += 1
                if abs((got or 0.0) - expected) > 1e-12:
                    differences += 1
                    if differences <= 20:
                        print(f"{strategy} {stat}: neleval {expected!r}, karat {got!r}: {documents!r}")
    print(f"{len(corpora)} corpora, {compared} figures compared, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
