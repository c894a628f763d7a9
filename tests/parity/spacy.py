#!/usr/bin/env python3
"""Compares karat's preset `spacy` with the scorer of spaCy 3.8, bit for bit, on hostile random corpora.

    cargo build --example corpora
    python tests/parity/spacy.py --corpora target/debug/examples/corpora

Every code point is a token, so that every span aligns. Where a document's spans do not overlap they go into `doc.ents`, and the
figures are held against those of `Scorer.score_spans` and of the scorer that the pipeline component `ner` brings. Where they
overlap, which `doc.ents` refuses, they go into a span group, as the component `spancat` scores them. Documents that were not
annotated are left out by both.
"""

import argparse
import random
import sys
from pathlib import Path

# This script has the name of the package that it imports.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
from spacy.scorer import Scorer, get_ner_prf  # noqa: E402
from spacy.tokens import Doc, Span  # noqa: E402
from spacy.training import Example  # noqa: E402
from spacy.vocab import Vocab  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
import spans as shared  # noqa: E402

VOCAB = Vocab()


def apart(spans):
    """The spans that overlap no earlier one."""
    kept = []
    for start, end, label in spans:
        if all(end <= s or e <= start for s, e, _ in kept):
            kept.append((start, end, label))
    return kept


def example(gold, predicted, length, group):
    made = []
    for spans in (predicted, gold):
        doc = Doc(VOCAB, words=["x"] * length, spaces=[False] * length)
        objects = [Span(doc, start, end, label=label) for start, end, label in spans or []]
        if group:
            doc.spans["all"] = objects
        elif spans is not None:
            doc.set_ents(objects, default="outside")
        made.append(doc)
    return Example(*made)


def peers(corpus, group):
    """The figures of every scorer that takes the corpus: name of the scorer, whole, by label."""
    examples = [example(*document, group) for document in corpus]
    if group:
        getter = lambda doc, _: doc.spans["all"]
        found = {"spans_all": Scorer.score_spans(examples, "all", getter=getter, allow_overlap=True)}
        key = "all"
    else:
        annotated = lambda doc: doc.has_annotation("ENT_IOB")
        found = {"score_spans": Scorer.score_spans(examples, "ents", has_annotation=annotated)}
        found["ner"] = get_ner_prf(examples)
        key = "ents"
    for scorer, scores in found.items():
        yield scorer, [scores[f"{key}_{stat}"] for stat in "prf"], scores[f"{key}_per_type"] or {}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the built example `corpora`")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    cases = []
    for at, corpus in enumerate(shared.corpora(args.cases, args.seed, lengths=(8, 30, 60))):
        group = at % 2 == 1
        if not group:
            corpus = [
                (None if rng.random() < 0.1 else apart(gold), apart(predicted), length)
                for gold, predicted, length in corpus
            ]
        cases.append((group, corpus))
    requests = [
        {
            "preset": "spacy",
            "gold": [shared.document(f"d{at}", gold) for at, (gold, _, _) in enumerate(corpus)],
            "pred": [shared.document(f"d{at}", predicted) for at, (_, predicted, _) in enumerate(corpus)],
        }
        for _, corpus in cases
    ]
    comparison = shared.Comparison()
    stats = dict(zip(["precision", "recall", "f1"], "prf"))
    for (group, corpus), found in zip(cases, shared.karat(args.corpora, requests), strict=True):
        for scorer, whole, labels in peers(corpus, group):
            for stat, value in zip(stats, whole, strict=True):
                comparison.number(f"{scorer} {stat}", value, found.get(f"entities.strict.{stat}"), corpus)
            for label, scores in labels.items():
                for stat, theirs in stats.items():
                    name = f"entities.strict[{label}].{stat}"
                    comparison.number(f"{scorer} {name}", scores[theirs], found.get(name), corpus)
            known = {f"entities.strict[{label}].f1" for label in labels}
            ours = {name for name in found if "[" in name and name.endswith(".f1")}
            comparison.exactly(f"{scorer}: the labels", known, ours, corpus)
    comparison.finish(len(cases))


if __name__ == "__main__":
    main()
