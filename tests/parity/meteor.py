#!/usr/bin/env python3
"""Compares karat's METEOR with NLTK's and its word error rate with jiwer's, on hostile random cases.

    cargo build
    python tests/parity/meteor.py --karat target/debug/karat

NLTK 3.10.4 is given a WordNet that knows no word, so that its exact and stem stages are left, and both get words between
white space. jiwer 4.0.0 gives the rate of a document with one reference, and of a corpus of such. Prints how many figures were
compared and every difference above 1e-12; exits 1 on any.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import jiwer
from nltk.translate.meteor_score import meteor_score

FEW = "a b c d e".split()
WORDS = """the cat cats sat sitting sits on The CAT run running runner runs fly flies flying die dying dies happily happy
relational relation conditional news skies sky agreed hopping hoped generally general hopefully geology U.S. it's 3.14
mat. mat, "mat" İstanbul ΟΔΟΣ οδος café CAFÉ naïve ß 日本 \u212aelvin ǅ proceed proceeds innings by says say""".split()
NUMBERS = {"alpha": [0.9, 0.9, 0.5, 0.0, 1.0], "beta": [3.0, 3.0, 1.0, 0.5, 0.0], "gamma": [0.5, 0.5, 1.0, 0.0]}


class NoWordNet:
    """Knows no word."""

    def synsets(self, _word):
        return []


def random_text(rng, few):
    if rng.random() < 0.03:
        return ""
    most = 60 if rng.random() < 0.1 else 12
    return " ".join(rng.choice(FEW if few else WORDS) for _ in range(rng.randint(1, most)))


def vary(rng, text):
    words = text.split()
    for _ in range(rng.randint(0, 3)):
        if len(words) > 1:
            at = rng.randrange(len(words) - 1)
            words[at:at + 2] = rng.choice([words[at + 1:at - 1:-1] if at else words[1::-1], words[at:at + 1], [rng.choice(WORDS)]])
    return " ".join(words)


def run_karat(karat, documents, options):
    with tempfile.TemporaryDirectory() as folder:
        gold, pred, chosen = (Path(folder, name) for name in ["gold.jsonl", "pred.jsonl", "options.toml"])
        numbers = "".join(f"{name} = {value}\n" for name, value in options.items())
        tables = f'[summaries.meteor]\ntokenize = "none"\n{numbers}[summaries.edit_distance]\ntokenize = "none"\n'
        chosen.write_text(tables, encoding="utf-8")
        with gold.open("w", encoding="utf-8") as gold_file, pred.open("w", encoding="utf-8") as pred_file:
            for at, (references, summary) in enumerate(documents):
                print(json.dumps({"id": f"{at:06}", "summaries": references}), file=gold_file)
                print(json.dumps({"id": f"{at:06}", "summary": summary}), file=pred_file)
        command = [karat, "score", "--gold", gold, "--pred", pred, "--options", chosen, "--per-document"]
        command += ["--metric", "summary.meteor", "--metric", "summary.edit_distance", "--format", "json"]
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True, help="the binary")
    parser.add_argument("--corpora", type=int, default=20)
    parser.add_argument("--documents", type=int, default=500, help="of each corpus")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    rng, stub = random.Random(arguments.seed), NoWordNet()
    compared = {"meteor": 0, "edit_distance": 0}
    differences = 0
    for number in range(arguments.corpora):
        options = {name: rng.choice(values) for name, values in NUMBERS.items()} if number else {}
        usual = rng.choice([1, 1, 2, 3]) if number else 1
        documents = []
        for _ in range(arguments.documents):
            summary = random_text(rng, few := rng.random() < 0.4)
            alike = lambda: vary(rng, summary) if rng.random() < 0.6 else random_text(rng, few)
            documents.append(([alike() for _ in range(usual)], summary))
        found = run_karat(arguments.karat, documents, options)
        rows = []
        for at, (references, summary) in enumerate(documents):
            try:
                expected = meteor_score([text.split() for text in references], summary.split(), wordnet=stub, **options)
            except ZeroDivisionError:  # 0 to the power of a negative number: no such options
                raise
            figures = found["documents"][f"{at:06}"]["metrics"]
            rows.append(("meteor", f"{options} {references!r} / {summary!r}", expected, figures["summary.meteor"]["value"]))
            if usual == 1 and references[0].split():
                rate = jiwer.wer(references[0], summary)
                rows.append(("edit_distance", f"{references!r} / {summary!r}", rate, figures["summary.edit_distance"]["value"]))
        mean = sum(expected for metric, _, expected, _ in rows if metric == "meteor") / len(documents)
        rows.append(("meteor", "mean", mean, found["metrics"]["summary.meteor"]["value"]))
        if usual == 1 and all(references[0].split() for references, _ in documents):
            rate = jiwer.wer([references[0] for references, _ in documents], [summary for _, summary in documents])
            rows.append(("edit_distance", "corpus", rate, found["metrics"]["summary.edit_distance"]["value"]))
        for metric, what, expected, got in rows:
            compared[metric] += 1
            if not isinstance(got, (int, float)) or abs(got - expected) > 1e-12:
                differences += 1
                if differences <= 20:
                    print(f"{metric} {what}: peer {expected!r}, karat {got!r}")
    print(
        f"{arguments.corpora} corpora of {arguments.documents} documents, {compared['meteor']} figures of METEOR and "
        f"{compared['edit_distance']} word error rates compared, {differences} differences"
    )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
