#!/usr/bin/env python3
"""Compares karat's presets `seqeval` and `seqeval-strict-*` with seqeval, bit for bit, on hostile random corpora.

    python tests/parity/seqeval.py --corpora target/debug/examples/corpora --cases 10000

Every corpus is some sentences with golden and predicted tags: of one scheme, of several, or of none. What the package
raises on must be refused by karat, too. Prints how many figures were compared and every difference; exits 1 on one.
"""

import argparse
import json
import random
import subprocess
import sys
import warnings

sys.path.pop(0)  # this folder, in which this very file would be taken for the package
import seqeval.metrics as metrics
import seqeval.scheme as schemes
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as lenient
from seqeval.metrics.v1 import precision_recall_fscore_support as strict

PRESETS = {"seqeval": None} | {f"seqeval-strict-{name.lower()}": getattr(schemes, name)
                               for name in ["IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU"]}
PREFIXES = {"IOB1": "IOB", "IOB2": "IOB", "IOE1": "IOE", "IOE2": "IOE", "IOBES": "IOBES", "BILOU": "BILOU"}
ODD = ["B", "I", "E", "S", "U", "L", "M", "B-", "I-", "E-", "-", "--", "-PER", "PER", "B-PER-X", "I-PER-X", "B--X", "I-X-",
       "BPER", "IPER", "O-", "O-PER", "OPER", ".", ".-PER", "M-PER", "U-PER", "L-PER", "X-PER", "_", "B-_", "I-_", "é-PER",
       "B-é", "I-é", "o", "b-PER", "i-PER", "[-PER", "]-PER", "B-0", "BB-PER", "人-地", "U-é", "L-é", "S-PER", "E-PER"]
STATS = ["precision", "recall", "f1"]


def random_tags(rng, length, prefixes, labels, odd, outside):
    """A sequence: prefixes of a scheme in any order, now and then a tag of none."""
    tags = []
    for _ in range(length):
        if rng.random() < odd:
            tags.append(rng.choice(ODD))
        elif rng.random() < outside:
            tags.append("O")
        else:
            prefix = rng.choice(prefixes)
            tags.append("O" if prefix == "O" else f"{prefix}-{rng.choice(labels)}")
    return tags


def vary(rng, tags, prefixes, labels, odd, outside):
    """The predicted tags: mostly the golden ones."""
    kept = rng.choice([0.5, 0.8, 0.95, 1.0])
    return [tag if rng.random() < kept else random_tags(rng, 1, prefixes, labels, odd, outside)[0] for tag in tags]


def make_corpus(rng, preset):
    """Golden and predicted sentences."""
    own = preset.rsplit("-", 1)[-1].upper()
    prefixes = PREFIXES.get(own) or rng.choice([*PREFIXES.values(), "IOBESUL", "IOBESULM."])
    many = rng.random() < 0.1
    labels = [f"L{at}" for at in range(rng.choice([9, 40, 300]))] if many else rng.sample(["PER", "LOC", "A-B", "é", "_"], 3)
    # Strict presets refuse most odd tags, and with them the corpus.
    odd = rng.choice([0, 0, 0.1, 0.5]) if own == "SEQEVAL" else rng.choice([0, 0, 0, 0, 0.02])
    outside = rng.choice([0.0, 0.3, 0.8, 1.0 if rng.random() < 0.2 else 0.5])
    longest = 60 if many else 8
    gold = [random_tags(rng, rng.randint(1, longest), prefixes, labels, odd, outside)
            for _ in range(rng.randint(1, 20 if many else 5))]
    return gold, [vary(rng, tags, prefixes, labels, odd, outside) for tags in gold]


def to_file(sentences):
    return "\n".join("".join(f"t{at} {tag}\n" for at, tag in enumerate(tags)) for tags in sentences)


def oracle(gold, predicted, scheme, zero_division):
    """The package's figures by karat's names; None where it raises."""
    figures = {}
    score = lambda average: (strict(gold, predicted, average=average, scheme=scheme, zero_division=zero_division) if scheme
                             else lenient(gold, predicted, average=average, zero_division=zero_division))
    try:
        for average in ["micro", "macro", "weighted"]:
            infix = "" if average == "micro" else f".{average}"
            for stat, value in zip(STATS, score(average)[:3]):
                figures[f"entities.strict{infix}.{stat}"] = float(value)
        columns = score(None)
        if scheme:
            labels = sorted(schemes.Entities(gold, scheme).unique_tags | schemes.Entities(predicted, scheme).unique_tags)
        else:
            labels = sorted({entity[0] for side in (gold, predicted) for entity in metrics.sequence_labeling.get_entities(side)})
    except (ValueError, KeyError):
        return None
    assert len(labels) == len(columns[0])
    for at, label in enumerate(labels):
        for stat, values in zip(STATS, columns):
            figures[f"entities.strict[{label}].{stat}"] = float(values[at])
    figures["entities.accuracy"] = metrics.accuracy_score(gold, predicted)
    return {name: None if value != value else value for name, value in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the example `corpora`")
    parser.add_argument("--cases", type=int, default=10_000, help="corpora per preset")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    total = 0
    for preset, scheme in PRESETS.items():
        rng = random.Random(f"{options.seed} {preset}")
        cases = [make_corpus(rng, preset) for _ in range(options.cases)]
        zeros = [rng.choice([None, 0, 1]) for _ in cases]
        lines = [json.dumps({"gold_tokens": to_file(gold), "pred_tokens": to_file(predicted), "preset": preset} |
                            ({} if zero is None else {"zero_division": zero}))
                 for (gold, predicted), zero in zip(cases, zeros)]
        answer = subprocess.run([options.corpora], input="\n".join(lines) + "\n", text=True, stdout=subprocess.PIPE, check=True)
        compared, refused, differences = 0, 0, 0
        for (gold, predicted), zero, line in zip(cases, zeros, answer.stdout.splitlines(), strict=True):
            got = json.loads(line)
            expected = oracle(gold, predicted, scheme, "warn" if zero is None else zero)
            if expected is None:
                expected, refused = {"refused": True}, refused + 1
            compared += len(expected)
            for name in sorted(expected.keys() | got.keys()):
                a, b = expected.get(name, "nothing"), got.get(name, "nothing")
                same = float(a).hex() == float(b).hex() if isinstance(a, float) and isinstance(b, (int, float)) else a == b
                if not same:
                    differences += 1
                    if differences <= 20:
                        print(f"{name}: seqeval {a!r}, karat {b!r} (zero_division {zero}): {gold!r} / {predicted!r}"[:600])
        print(f"{preset}: {len(cases)} corpora, {refused} of them refused by both, {compared} figures compared, "
              f"{differences} differences")
        total += differences
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
