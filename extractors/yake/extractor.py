"""Keyphrases by YAKE, for karat. See README.md for the limits."""

import importlib.metadata
import json
import os
import sys

# Only protocol lines may reach stdout. The replies take it over, and what is printed, by libraries too, goes to
# stderr; so this stands before any other import.
REPLIES = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)

import yake  # noqa: E402

NAME = "yake"
VERSION = importlib.metadata.version("yake")
LAYERS = ["keyphrases"]
FINGERPRINT = ", ".join(
    f"{package} {importlib.metadata.version(package)}" for package in ("yake", "segtok", "networkx", "jellyfish")
)

# The rest of a longer text is not read: YAKE takes some 13 seconds over a million characters at worst.
MOST_CHARACTERS = 500_000
MOST_PHRASES = 10


# ======== The extraction ========


def extract(text, meta):
    # A new one for each document, so that nothing which it remembers of one can reach the next.
    extractor = yake.KeywordExtractor(lan="en", n=3, top=MOST_PHRASES)
    # Best first: with YAKE the lower score is the better one.
    scored = sorted(extractor.extract_keywords(text[:MOST_CHARACTERS]), key=lambda pair: pair[1])
    return {"keyphrases": [phrase for phrase, _ in scored]}


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
