#!/usr/bin/env python3
"""Compares karat's preset `nervaluate` with nervaluate 1.2.1, bit for bit, on hostile random corpora.

    cargo build --example corpora
    python tests/parity/nervaluate.py --corpora target/debug/examples/corpora

Offsets are handed over half-open as they are, by nervaluate's loader "dict", predictions in the order that karat gets them.
"""

import argparse
import sys
from pathlib import Path

# This script has the name of the package that it imports.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
from nervaluate import Evaluator  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
import spans  # noqa: E402

SCHEMES = {"strict": "strict", "exact": "exact", "partial": "partial", "ent_type": "type"}
COUNTS = ["correct", "incorrect", "partial", "missed", "spurious"]


def peer(corpus):
    """nervaluate's figures under karat's names."""
    as_dicts = lambda items: [{"start": start, "end": end, "label": label} for start, end, label in items]
    gold, predicted = [as_dicts(g) for g, _, _ in corpus], [as_dicts(p) for _, p, _ in corpus]
    tags = sorted({entity["label"] for document in gold + predicted for entity in document})
    results = Evaluator(gold, predicted, tags=tags, loader="dict").evaluate()
    figures = {}
    for label, schemes in [("", results["overall"])] + [(f"[{tag}]", s) for tag, s in results["entities"].items()]:
        for theirs, ours in SCHEMES.items():
            for stat in ["precision", "recall", "f1"]:
                name = f"entities.{ours}{label}.{stat}"
                figures[name] = getattr(schemes[theirs], stat)
                figures[f"{name}#counts"] = [getattr(schemes[theirs], count) for count in COUNTS]
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the built example `corpora`")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cases = list(spans.corpora(args.cases, args.seed))
    requests = [
        {
            "preset": "nervaluate",
            "gold": [spans.document(f"d{at}", gold) for at, (gold, _, _) in enumerate(corpus)],
            "pred": [spans.document(f"d{at}", predicted) for at, (_, predicted, _) in enumerate(corpus)],
        }
        for corpus in cases
    ]
    comparison = spans.Comparison()
    for corpus, found in zip(cases, spans.karat(args.corpora, requests), strict=True):
        expected = peer(corpus)
        comparison.exactly("the names of the figures", sorted(expected), sorted(found), corpus)
        for name, value in expected.items():
            compare = comparison.exactly if name.endswith("#counts") else comparison.number
            compare(name, value, found.get(name), corpus)
    comparison.finish(len(cases))


if __name__ == "__main__":
    main()
