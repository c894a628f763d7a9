"""Named entities by spaCy, for karat: a ruler with patterns, or any installed model. See README.md."""

import importlib.metadata
import json
import os
import pathlib
import sys

# Only protocol lines may reach stdout. The replies take it over, and what is printed, by libraries too, goes to
# stderr; so this stands before any other import.
REPLIES = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)

# One thread, so that models of numbers add them up in one order.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import spacy  # noqa: E402

NAME = "spacy"
VERSION = importlib.metadata.version("spacy")
LAYERS = ["entities"]
MODEL = os.environ.get("KARAT_SPACY_MODEL", "blank:en")
PATTERNS = pathlib.Path(__file__).with_name("patterns.jsonl")

# A longer text is read piece by piece: spaCy refuses more than a million characters, and models take much memory.
LONGEST_PIECE = 100_000


# ======== The extraction ========


def load(name):
    if not name.startswith("blank:"):
        return spacy.load(name)
    pipeline = spacy.blank(name.removeprefix("blank:"))
    pipeline.add_pipe("sentencizer")
    with open(PATTERNS, encoding="utf-8") as lines:
        pipeline.add_pipe("entity_ruler").add_patterns([json.loads(line) for line in lines if line.strip()])
    return pipeline


PIPELINE = load(MODEL)
FINGERPRINT = f"spacy {VERSION}, model {MODEL} {PIPELINE.meta.get('version', '')}"


def extract(text, meta):
    entities = []
    for start, end in pieces(text):
        for entity in PIPELINE(text[start:end]).ents:
            first, last = start + entity.start_char, start + entity.end_char
            entities.append({"start": first, "end": last, "label": entity.label_, "text": text[first:last]})
    return {"entities": entities}


def pieces(text):
    """Cuts at the end of a line, else at a space, else where it must."""
    start = 0
    while start < len(text):
        end = min(start + LONGEST_PIECE, len(text))
        if end < len(text):
            end = text.rfind("\n", start + 1, end)
            if end < 0:
                end = text.rfind(" ", start + 1, start + LONGEST_PIECE)
            if end < 0:
                end = start + LONGEST_PIECE
        yield start, end
        start = end


# ======== The protocol, karat.extractor/1 ========


def hello():
    return {
        "type": "hello",
        "protocol": "karat.extractor/1",
        "name": NAME,
        "version": VERSION,
        "layers": LAYERS,
        "fingerprint": FINGERPRINT,
    }


def failure(seq, message):
    return json.dumps({"type": "error", "seq": seq, "message": message})


def answer(line):
    try:
        request = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        return failure(None, f"this is not a line of JSON: {problem}")
    if not isinstance(request, dict):
        return failure(None, "a request is a JSON object")
    kind, seq, document = request.get("type"), request.get("seq"), request.get("id")
    if kind == "hello":
        return json.dumps(hello())
    if kind != "extract":
        return failure(seq, f"unknown type of request: {kind!r}")
    if not isinstance(request.get("text"), str):
        return failure(seq, "an extract request needs a text")
    try:
        layers = extract(request["text"], request.get("meta") or {})
        reply = {"type": "result", "seq": seq, "id": document, **layers}
        return json.dumps(reply, allow_nan=False)
    except Exception as problem:  # one bad document must not end the others
        message = f"{type(problem).__name__}: {problem}"
        return json.dumps({"type": "error", "seq": seq, "id": document, "message": message})


if __name__ == "__main__":
    # The loop ends when karat closes stdin.
    for line in sys.stdin.buffer:
        REPLIES.write(answer(line) + "\n")
        REPLIES.flush()
