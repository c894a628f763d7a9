#!/usr/bin/env python3
"""{{name}}: an extractor for karat. Replace `extract`; the rest speaks karat's protocol."""

import json
import os
import re
import sys
import unicodedata

# Only protocol lines may reach stdout. The replies take it over, and what is printed, by libraries too, goes to
# stderr; so this stands before any other import.
REPLIES = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)

NAME = "{{name}}"
VERSION = "0.1.0"
LAYERS = ["entities"]
# What the output depends on besides this file: versions of libraries and models, settings.
FINGERPRINT = f"unicode {unicodedata.unidata_version}"


# ======== Yours to replace ========


def extract(text, meta):
    """The layers of one document. Offsets count code points, as Python's strings do."""
    entities = []
    for word in re.finditer(r"[^\W\d_]+", text):
        if word.group()[0].isupper():
            entities.append({"start": word.start(), "end": word.end(), "label": "NAME", "text": word.group()})
    return {"entities": entities}


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
