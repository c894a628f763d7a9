#!/usr/bin/env python3
"""Compares karat's reader and writer of CoNLL-U with the library `conllu`.

    cargo build
    python tests/parity/conllu_files.py --karat target/debug/karat

Random documents with multiword tokens, empty nodes, `SpaceAfter=No` and characters beyond the Basic Multilingual Plane are built
and written by the library, whose parser reads them back; text and entities that follow from what it reads must be karat's. Then
karat writes the documents, and the library must read the same words and tags.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import conllu
from conllu.models import Metadata, Token, TokenList

WORDS = ["Ada", "é", "𝄞x", "Bern", "(", "日本", "o'", "B.", "ß", "x|y"]
LABELS = ["PER", "LOC", "a-b"]
COLUMNS = ["id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc"]


def token(number, form, misc):
    values = dict.fromkeys(COLUMNS)
    return Token({**values, "id": number, "form": form, "misc": misc or None})


def random_sentence(rng, metadata):
    tokens, label, number = [], None, 1
    for _ in range(rng.randint(1, 12)):
        begins = rng.random() < 0.3
        goes_on = label is not None and not begins and rng.random() < 0.5
        label = rng.choice(LABELS) if begins else label if goes_on else None
        tag = "O" if label is None else ("I-" if goes_on else "B-") + label
        misc = {"NER": tag}
        if rng.random() < 0.15:
            # A multiword token, whose words share its characters and its tag.
            form = rng.choice(WORDS) + rng.choice(WORDS)
            space = {"SpaceAfter": "No"} if rng.random() < 0.3 else None
            tokens.append(token((number, "-", number + 1), form, space))
            second = tag if label is None else "I-" + label
            tokens.append(token(number, rng.choice(WORDS), misc))
            tokens.append(token(number + 1, rng.choice(WORDS), {"NER": second}))
            number += 2
        else:
            if rng.random() < 0.3:
                misc["SpaceAfter"] = "No"
            tokens.append(token(number, rng.choice(WORDS), misc))
            number += 1
        if rng.random() < 0.1:
            tokens.append(token((number - 1, ".", 1), "gap", None))
    return TokenList(tokens, Metadata(metadata))


def reading(sentences):
    """The text and the entities of a document, from the tokens that the library read."""
    text, entities, current, until = "", [], None, 0
    glued = True
    for sentence in sentences:
        place = (0, 0)
        for word in sentence:
            number, misc = word["id"], word["misc"] or {}
            if isinstance(number, tuple) and number[1] == ".":
                continue
            is_range = isinstance(number, tuple)
            if is_range or number > until:
                text += "" if glued or not text else " "
                place = (len(text), len(text) + len(word["form"]))
                text += word["form"]
                glued = misc.get("SpaceAfter") == "No"
            if is_range:
                until = number[2]
                continue
            tag = misc.get("NER", "O")
            if tag.startswith("I-") and current and current[2] == tag[2:]:
                current[1] = place[1]
                continue
            current = None
            if tag != "O":
                current = [place[0], place[1], tag[2:]]
                entities.append(current)
        # An entity and a multiword token end with their sentence.
        current, until, glued = None, 0, glued
    return text, sorted(tuple(entity) for entity in entities)


def karat_says(karat, file, target, folder):
    out = folder / f"out.{target}"
    done = subprocess.run([karat, "convert", file, "--to", target, "--out", out, "--force"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"karat convert {file}: {done.stderr}")
    return out.read_text(encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--karat", required=True)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    wrong = entities = words = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        written, documents = "", []
        for number in range(given.documents):
            sentences = []
            for at in range(rng.randint(1, 3)):
                metadata = {"newdoc id": f"d{number}"} if at == 0 else {}
                sentences.append(random_sentence(rng, {**metadata, "sent_id": f"d{number}-{at}"}))
            documents.append(f"d{number}")
            written += "".join(sentence.serialize() for sentence in sentences)
        file = folder / "in.conllu"
        file.write_text(written, encoding="utf-8")
        expected, current = {}, None
        for sentence in conllu.parse(written):
            current = sentence.metadata.get("newdoc id", current)
            expected.setdefault(current, []).append(sentence)
        read = {line["id"]: line for line in map(json.loads, karat_says(given.karat, file, "karat", folder).splitlines())}
        for name in documents:
            text, spans = reading(expected[name])
            found = sorted((e["start"], e["end"], e["label"]) for e in read[name]["entities"])
            entities += len(spans)
            if (text, spans) != (read[name]["text"], found):
                wrong += 1
                print(f"{name}: the library has {text!r} {spans}, karat has {read[name]['text']!r} {found}")
        # What karat writes, the library reads: texts, and entities whose edges are edges of words.
        again = {}
        for sentence in conllu.parse(karat_says(given.karat, folder / "out.karat", "conllu", folder)):
            current = sentence.metadata.get("newdoc id", current)
            again.setdefault(current, []).append(sentence)
        for name in documents:
            text, spans = reading(again[name])
            found = sorted((e["start"], e["end"], e["label"]) for e in read[name]["entities"])
            words += sum(len(sentence) for sentence in again[name])
            if (text, spans) != (read[name]["text"], found):
                wrong += 1
                print(f"{name} written by karat: the library has {text!r} {spans}, karat has {read[name]['text']!r} {found}")
    counted = f"{len(documents)} documents, {entities} entities read, {words} words written"
    print(f"conllu {version('conllu')}: {counted}, {wrong} differences")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
