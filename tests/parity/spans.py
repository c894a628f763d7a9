"""Random corpora of labelled spans, and karat's figures on them: what the parity tests of the span presets share."""

import json
import random
import subprocess
import sys

LABELS = ["PER", "ORG", "LOC", "MISC", "DATE", "Ünï-1", "A.B[c]"]


def random_spans(rng, length, most, near=()):
    """Up to `most` spans with labels: nested, crossing, touching, copied, or close to those of `near`."""
    labels = LABELS[: rng.choice([1, 2, 2, 3, len(LABELS)])]
    longest = rng.choice([3, 8, length])
    spans = []
    for _ in range(rng.randint(0, most)):
        kind = rng.random()
        pool = spans + list(near)
        if pool and kind < 0.55:
            start, end, label = rng.choice(pool)
            if kind < 0.15:
                pass
            elif kind < 0.25:
                label = rng.choice(labels)
            elif kind < 0.35:
                start, end = end, min(end + rng.randint(1, longest), length)
            else:
                start, end = start + rng.randint(-2, 2), end + rng.randint(-2, 2)
                label = rng.choice([label, rng.choice(labels)])
        else:
            start = rng.randrange(length)
            end, label = start + rng.randint(1, longest), rng.choice(labels)
        start, end = max(start, 0), min(end, length)
        if start < end:
            spans.append((start, end, label))
    rng.shuffle(spans)
    return spans


def corpora(count, seed, lengths=(8, 30, 120, 600)):
    """Corpora of one to four documents: lists of (gold spans, predicted spans, length), reproducible from the seed."""
    rng = random.Random(seed)
    for _ in range(count):
        corpus = []
        for _ in range(rng.randint(1, 4)):
            length, most = rng.choice(lengths), rng.choice([0, 2, 4, 4, 8, 16])
            gold = random_spans(rng, length, most)
            predicted = random_spans(rng, length, most, gold)
            corpus.append((gold, predicted, length))
        yield corpus


def document(name, spans, **more):
    """A document of karat.document/1; `None` for spans leaves the layer out."""
    if spans is None:
        return {"id": name, **more}
    entities = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    return {"id": name, "entities": entities, **more}


def karat(program, requests):
    """The figures by name of every request to the example `corpora`, with the counts."""
    lines = "".join(json.dumps({"counts": True, **request}) + "\n" for request in requests)
    answer = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in answer.stdout.decode().splitlines()]


class Comparison:
    """Counts what is compared and shows the first differences."""

    def __init__(self):
        self.compared, self.differences = 0, 0

    def number(self, name, expected, found, context):
        """Compares two numbers by their bits; `None` is a value of its own."""
        self.compared += 1
        same = (
            expected is None and found is None
            if expected is None or found is None
            else float(expected).hex() == float(found).hex()
        )
        self.note(same, name, expected, found, context)

    def exactly(self, name, expected, found, context):
        self.compared += 1
        self.note(expected == found, name, expected, found, context)

    def note(self, same, name, expected, found, context):
        if not same:
            self.differences += 1
            if self.differences <= 10:
                print(f"{name}: peer {expected!r}, karat {found!r}: {context!r}")

    def finish(self, corpora):
        print(f"{corpora} corpora, {self.compared} figures compared, {self.differences} differences")
        sys.exit(1 if self.differences or not self.compared else 0)
