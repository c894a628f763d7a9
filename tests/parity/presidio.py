#!/usr/bin/env python3
"""Compares karat's preset `presidio` with the SpanEvaluator of presidio-evaluator 0.3.2, bit for bit, on random corpora.

    cargo build --example corpora
    python tests/parity/presidio.py --corpora target/debug/examples/corpora

The tool scores tokens with tags. Tokens are cut here as karat cuts them, tags are made from spans by the tool's own
`span_to_tag` (scheme IO, confidences as scores), and its SpanEvaluator is run with `skip_words=[]`. Most corpora have
texts of words; one in four has none, and every code point is a token.
"""

import argparse
import collections
import math
import multiprocessing
import os
import random
import re
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
# Beside this script stands one with the name of a package, spacy, that the tool imports.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]

import pandas as pd  # noqa: E402
from presidio_evaluator.evaluation import SpanEvaluator  # noqa: E402
from presidio_evaluator.span_to_tag import span_to_tag  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent))
import spans  # noqa: E402

WORDS = ["Ada", "met", "Bo", "on", "12", "May", "a", "İstanbul", "ΟΔΟΣ", "ein-zwei", "3.5", "O'Neil", "王小明", "x", "İ"]
TOKEN = re.compile(r"[^\W_]+|\S")
Token = collections.namedtuple("Token", "idx text")
COLUMNS = ["sentence_id", "token", "start_indices", "annotation", "prediction"]


def quick_rows(table):
    """What DataFrame.iterrows gives, ten times as fast: the evaluator only looks columns up in its rows."""
    columns = [table[name].tolist() for name in table.columns]
    for label, row in zip(table.index, zip(*columns)):
        yield label, dict(zip(table.columns, row))


pd.DataFrame.iterrows = quick_rows


def make(corpus, rng):
    """The corpus as (gold, predicted with confidences, text or None)."""
    made = []
    with_text = rng.random() < 0.75
    confident = rng.random() < 0.5
    for gold, predicted, length in corpus:
        text = None
        if with_text:
            text = ""
            while len(text) < length:
                text += rng.choice(WORDS) + rng.choice([" ", " ", " ", "  ", ", ", "\n", ""])
            text = text[:length]
        scores = [round(rng.random(), 2) if confident and rng.random() < 0.8 else None for _ in predicted]
        made.append((gold, list(zip(predicted, scores)), text))
    return made


def frame(corpus):
    """The corpus as the tool's table of tokens."""
    rows = []
    for at, (gold, predicted, text) in enumerate(corpus):
        if text is None:
            last = max([end for _, end, _ in gold] + [span[1] for span, _ in predicted], default=0)
            tokens = [Token(place, "x") for place in range(last)]
        else:
            tokens = [Token(match.start(), match.group()) for match in TOKEN.finditer(text)]
        if not tokens:
            continue
        sides = []
        for found in ([(span, None) for span in gold], predicted):
            starts, ends, tags = ([span[part] for span, _ in found] for part in range(3))
            scores = [0.5 if score is None else score for _, score in found]
            sides.append(span_to_tag("IO", text, starts, ends, tags, scores or None, tokens))
        for token, annotation, prediction in zip(tokens, *sides, strict=True):
            rows.append((at, token.text, token.idx, annotation, prediction))
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def peer(corpus):
    table = frame(corpus)
    if table.empty:
        return None
    result = SpanEvaluator(iou_threshold=0.9, skip_words=[]).calculate_score_on_df(table)
    known = lambda value: None if value is None or math.isnan(value) else value
    name = "entities.iou0.9"
    figures = {
        f"{name}.precision": known(result.pii_precision),
        f"{name}.recall": known(result.pii_recall),
        f"{name}.f2": known(result.pii_f),
        f"{name}.recall#counts": [result.pii_true_positives, result.pii_annotated, result.pii_false_positives],
    }
    for label, of_label in result.per_type.items():
        figures[f"{name}[{label}].precision"] = known(of_label.precision)
        figures[f"{name}[{label}].recall"] = known(of_label.recall)
        figures[f"{name}[{label}].f2"] = known(of_label.f_beta)
        counts = [of_label.true_positives, of_label.num_annotated, of_label.false_positives]
        figures[f"{name}[{label}].recall#counts"] = counts
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the built example `corpora`")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    cases = [make(corpus, rng) for corpus in spans.corpora(args.cases, args.seed, lengths=(8, 20, 40))]
    requests = []
    for corpus in cases:
        gold, pred = [], []
        for at, (annotated, predicted, text) in enumerate(corpus):
            more = {} if text is None else {"text": text}
            gold.append(spans.document(f"d{at}", annotated, **more))
            pred.append(spans.document(f"d{at}", [span for span, _ in predicted]))
            for entity, (_, score) in zip(pred[-1]["entities"], predicted, strict=True):
                if score is not None:
                    entity["confidence"] = score
        requests.append({"preset": "presidio", "gold": gold, "pred": pred})
    with multiprocessing.Pool() as pool:
        peers = pool.map(peer, cases, chunksize=50)
    comparison = spans.Comparison()
    for corpus, expected, found in zip(cases, peers, spans.karat(args.corpora, requests), strict=True):
        if expected is None:
            comparison.exactly("no token, no figure", True, all(v is None for n, v in found.items() if "#" not in n), corpus)
            continue
        labels = lambda figures: sorted(name for name in figures if "#" not in name)
        comparison.exactly("the names of the figures", labels(expected), labels(found), corpus)
        for name, value in expected.items():
            if name.endswith("#counts"):
                correct, _, _, missed, spurious = found.get(name, [None, None, None, 0, None])
                comparison.exactly(name, value, [correct, (correct or 0) + missed, spurious], corpus)
            else:
                comparison.number(name, value, found.get(name), corpus)
    comparison.finish(len(cases))


if __name__ == "__main__":
    main()
