#!/usr/bin/env python3
"""Compares karat's ROUGE with rouge-score's, bit for bit, on hostile random cases.

    python tests/parity/rouge.py --karat target/debug/karat

Every case is a document with one to four reference summaries and one summary. `karat score` is run on all of them under
the presets `rouge_score` and `rouge_score-unstemmed`, and its figures per document are compared with what rouge_score
gives in this process: ROUGE-1 to 9, L and Lsum. Prints how many figures were compared and every difference; exits 1 on a
difference or a missing figure.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from rouge_score import rouge_scorer

KINDS = [f"rouge{n}" for n in range(1, 10)] + ["rougeL", "rougeLsum"]
PRESETS = {"rouge_score": True, "rouge_score-unstemmed": False}
STATS = {"precision": "precision", "recall": "recall", "f1": "fmeasure"}
FEW = "a b c d e".split()
WORDS = """the cat sat on a mat running runner runs flies flying dying happily relational conditional news skies
agreed hopping generally hopefully geology really 2000s covid-19 u.s. don't 3.14 1,000 said police minister""".split()
ODD = ["İstanbul", "\u212aelvin", "café", "ﬁne", "２０", "日本語", "наука", "ΟΔΟΣ", "ß", "İ", "🙂", "e\u0301", "naïve",
       "हिन्दी", "العربية", "_", "--", "'", "\x00", "\u200b", "\ufeff", "Ünïties", "ǅ"]
SPACES = [" ", " ", " ", " ", "  ", "\t", "\u00a0", "\u3000", "-", ", ", ". "]
BREAKS = ["\n", "\n", "\n", "\n\n", " \n", "\r\n", "\r", "\u2028", "\x0b", "\x1c", "\x85"]


def random_word(rng, few):
    """A word: of few ones, so that subsequences tie; of English ones, so that stems differ; or an odd one."""
    if few:
        return rng.choice(FEW)
    kind = rng.random()
    if kind < 0.7:
        return rng.choice(WORDS)
    if kind < 0.8:
        return rng.choice(WORDS).upper()
    if kind < 0.9:
        return rng.choice(ODD)
    if kind < 0.95:
        return str(rng.randrange(2100))
    return "".join(chr(rng.choice([rng.randrange(0x20, 0x250), rng.randrange(0x370, 0x3100)])) for _ in range(3))


def random_text(rng, few):
    """A text of up to eight lines; now and then empty, without a single token, or longer than a machine word."""
    kind = rng.random()
    if kind < 0.03:
        return ""
    if kind < 0.05:
        return "".join(rng.choice(SPACES + BREAKS + ["日本", "…"]) for _ in range(4))
    most = 150 if kind > 0.95 else 12
    lines = []
    for _ in range(rng.randint(1, 8) if rng.random() < 0.7 else 1):
        lines.append("".join(random_word(rng, few) + rng.choice(SPACES) for _ in range(rng.randint(0, most))))
    return "".join(line + rng.choice(BREAKS) for line in lines)


def vary(rng, text):
    """The text with its lines and words moved about, so that the two have long subsequences in common."""
    lines = text.split("\n")
    rng.shuffle(lines)
    for at, line in enumerate(lines):
        words = line.split(" ")
        for _ in range(rng.randint(0, 3)):
            i, j = rng.randrange(len(words)), rng.randrange(len(words))
            words[i], words[j] = words[j], words[i]
        lines[at] = " ".join(words[rng.randint(0, 1):])
    return "\n".join(lines)


def make_cases(count, seed):
    """(id, references, summary) of every case: reproducible from the seed."""
    rng = random.Random(seed)
    for at in range(count):
        few = rng.random() < 0.4
        summary = random_text(rng, few)
        references = [
            vary(rng, summary) if rng.random() < 0.4 else random_text(rng, few) for _ in range(rng.choice([1, 1, 2, 3, 4]))
        ]
        yield f"case-{at:06}", references, summary


def run_karat(karat, preset, cases):
    """karat's figures: {id: {metric: {"value": x}}}."""
    with tempfile.TemporaryDirectory() as folder:
        gold, pred = Path(folder, "gold.jsonl"), Path(folder, "pred.jsonl")
        with gold.open("w", encoding="utf-8") as gold_file, pred.open("w", encoding="utf-8") as pred_file:
            for case, references, summary in cases:
                print(json.dumps({"id": case, "summaries": references}), file=gold_file)
                print(json.dumps({"id": case, "summary": summary}), file=pred_file)
        command = [karat, "score", "--gold", gold, "--pred", pred, "--layer", "summaries"]
        command += ["--per-document", "--format", "json", "--preset", preset]
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return {case: document["metrics"] for case, document in json.loads(answer.stdout)["documents"].items()}


def compare(options, cases, preset, stemmed):
    """Prints what differs under a preset; how many figures were compared, and how many differ."""
    karat = run_karat(options.karat, preset, cases)
    oracle = rouge_scorer.RougeScorer(KINDS, use_stemmer=stemmed)
    compared, differences = 0, 0
    for case, references, summary in cases:
        scores = oracle.score_multi(references, summary)
        for kind in KINDS:
            for stat, name in STATS.items():
                metric = f"summary.{kind}.{stat}"
                expected = float(getattr(scores[kind], name))
                got = karat.get(case, {}).get(metric, {}).get("value")
                compared += 1
                if got is None or float(got).hex() != expected.hex():
                    differences += 1
                    if differences <= 20:
                        print(f"{case} {metric}: rouge_score {expected!r}, karat {got!r}: {references!r} / {summary!r}")
    print(f"{preset}: {len(cases)} cases, {compared} figures compared, {differences} differences", flush=True)
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True, help="the binary")
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    cases = list(make_cases(options.cases, options.seed))
    differences = sum(compare(options, cases, preset, stemmed) for preset, stemmed in PRESETS.items())
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
