"""Corpora for the benches: random, seeded, the same on every machine."""

import json
import random

LABELS = ("PER", "ORG", "LOC", "MISC", "DATE")


def documents(entities, per_document, seed=7):
    """Gold and predicted spans, document by document: about 70 % right, the rest off in label, boundaries or both, missed or made up."""
    draw = random.Random(seed)
    for number in range(max(1, entities // per_document)):
        at, gold, predicted = 0, [], []
        for _ in range(per_document):
            at += draw.randrange(3, 40)
            length, label, luck = draw.randrange(3, 25), draw.choice(LABELS), draw.random()
            gold.append((at, at + length, label))
            if luck < 0.70:
                predicted.append((at, at + length, label))
            elif luck < 0.78:
                predicted.append((at, at + length, draw.choice(LABELS)))
            elif luck < 0.86:
                predicted.append((at + draw.randrange(2), at + length - 1, label))
            elif luck < 0.91:
                predicted.append((at + 1, at + length + draw.randrange(3), draw.choice(LABELS)))
            if draw.random() < 0.09:
                predicted.append((at + length + 1, at + length + 3, draw.choice(LABELS)))
            at += length
        yield f"doc-{number:07}", gold, predicted


def write_spans(folder, entities, per_document, size=None):
    """Writes gold.jsonl and pred.jsonl; with a size, the same documents again and again under new ids until both hold so many bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    block = [[json.dumps([{"start": s, "end": e, "label": l} for s, e, l in spans]) for spans in (gold, predicted)]
             for _, gold, predicted in documents(entities, per_document)]
    written, number = 0, 0
    with open(folder / "gold.jsonl", "w") as gold, open(folder / "pred.jsonl", "w") as predicted:
        while True:
            for lines in block:
                for file, spans in zip((gold, predicted), lines):
                    written += file.write(f'{{"id": "doc-{number:09}", "entities": {spans}}}\n')
                number += 1
            if size is None or written >= size:
                return


def write_tokens(folder, entities, per_document, seed=7):
    """The same spans over tokens in IOB2: gold.conll and pred.conll (token and tag), and both.conll (token, gold, predicted)."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "gold.conll", "w") as gold, open(folder / "pred.conll", "w") as pred, open(folder / "both.conll", "w") as both:
        for _, golden, predicted in documents(entities, per_document, seed):
            length = max(end for _, end, _ in golden + predicted) // 3 + 2
            sides = []
            for spans in (golden, predicted):
                tags = ["O"] * length
                for start, end, label in spans:
                    places = range(start // 3, max(start // 3 + 1, end // 3))
                    if all(tags[at] == "O" for at in places):
                        for at in places:
                            tags[at] = ("B-" if at == places[0] else "I-") + label
                sides.append(tags)
            for at, (g, p) in enumerate(zip(*sides)):
                gold.write(f"w{at} {g}\n")
                pred.write(f"w{at} {p}\n")
                both.write(f"w{at} {g} {p}\n")
            for file in (gold, pred, both):
                file.write("\n")
