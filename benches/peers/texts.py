"""Pairs of texts for the benches: random, seeded, the same on every machine."""

import itertools
import json
import random

ONSETS = "b c d f g h k l m n p r s t v st tr pl ch sh".split()
VOWELS = "a e i o u ea ou".split()
ENDINGS = ["", "", "", "s", "ing", "ed", "ation", "ly", "ness", "er", "ies", "al"]


def vocabulary(draw, size=20_000):
    """Made-up words, the frequent ones short; distinct."""
    words, seen = [], set()
    while len(words) < size:
        syllables = 1 + (len(words) > 150) + (len(words) > 3_000)
        word = "".join(draw.choice(ONSETS) + draw.choice(VOWELS) for _ in range(syllables)) + draw.choice(ENDINGS)
        if word not in seen:
            seen.add(word)
            words.append(word)
    return words


def as_lines(draw, words):
    """Words as lines of sentences of about twenty words."""
    lines, at = [], 0
    while at < len(words):
        length = draw.randrange(12, 28)
        line = words[at : at + length]
        lines.append(" ".join([line[0].capitalize(), *line[1:]]) + ".")
        at += length
    return "\n".join(lines)


def write(folder, pairs, reference_words, summary_words, seed=7):
    """Writes gold.jsonl and pred.jsonl. Words follow Zipf's law; about half of a summary is taken from its reference, in pieces."""
    draw = random.Random(seed)
    words = vocabulary(draw)
    # Summed once: `choices` would sum them again at every call.
    cumulative = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "gold.jsonl", "w") as gold, open(folder / "pred.jsonl", "w") as pred:
        for number in range(pairs):
            reference = draw.choices(words, cum_weights=cumulative, k=reference_words)
            summary = []
            while len(summary) < summary_words:
                at, length = draw.randrange(reference_words), draw.randrange(3, 12)
                summary += reference[at : at + length] + draw.choices(words, cum_weights=cumulative, k=length)
            entry = {"id": f"pair-{number:07}"}
            gold.write(json.dumps({**entry, "summaries": [as_lines(draw, reference)]}) + "\n")
            pred.write(json.dumps({**entry, "summary": as_lines(draw, summary[:summary_words])}) + "\n")
