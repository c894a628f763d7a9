"""Key sentences, a summary and keyphrases by summa (TextRank), for karat. See README.md for the limits."""

import importlib.metadata
import json
import os
import re
import sys

# Only protocol lines may reach stdout. The replies take it over, and what is printed, by libraries too, goes to
# stderr; so this stands before any other import.
REPLIES = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)

# One thread, so that sums are added up in one order.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy  # noqa: E402
from summa import keywords, summarizer  # noqa: E402
from summa.pagerank_weighted import build_adjacency_matrix, build_probability_matrix  # noqa: E402
from summa.preprocessing import textcleaner  # noqa: E402

NAME = "summa"
VERSION = importlib.metadata.version("summa")
LAYERS = ["key_sentences", "summaries", "keyphrases"]
FINGERPRINT = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in ("summa", "numpy", "scipy"))

RATIO = 0.2
MOST_PHRASES = 10
# The rest of a longer text is not read: TextRank takes the square of the number of words and of sentences.
MOST_CHARACTERS = 100_000
MOST_WORDS = 1_500  # different ones
MOST_SENTENCES = 500


# ======== The extraction ========


def pagerank(graph, damping=0.85):
    """The PageRank that summa means. Its own function takes the first eigenvector that the linear algebra library
    returns, which for a good third of the graphs is not the dominant one, and which differs from one processor to
    the next. Rounded, since scores that are equal by rights differ in their last digits, too; equal ones stay in
    the order of the text, as summa's sort is stable."""
    chances = damping * build_adjacency_matrix(graph).toarray() + (1 - damping) * build_probability_matrix(graph)
    scores = numpy.full(len(chances), 1 / len(chances))
    for _ in range(200):  # what is left of the start is below 0.85 ** 200, some 1e-14
        scores = scores @ chances
    return {node: round(float(score), 12) for node, score in zip(graph.nodes(), scores)}


summarizer._pagerank = pagerank
keywords._pagerank = pagerank


def extract(text, meta):
    text = beginning(text)
    spans = best_sentences(text)
    sentences = [text[start:end] for start, end in spans]
    return {
        "key_sentences": [
            {"start": start, "end": end, "text": sentence} for (start, end), sentence in zip(spans, sentences)
        ],
        "summaries": [" ".join(" ".join(sentences).split())] if sentences else [],
        "keyphrases": keywords.keywords(text, ratio=RATIO, split=True)[:MOST_PHRASES],
    }


def sentences_of(text):
    """summa's sentences as (start, end, wording). Its abbreviations are marked by a character for a character, so
    that offsets in the marked text are those in the text."""
    marked = textcleaner.replace_abbreviations(text)
    for match in textcleaner.RE_SENTENCE.finditer(marked):
        yield match.start(), match.end(), textcleaner.undo_replacement(match.group())


def best_sentences(text):
    """The spans of the best fifth of the sentences, at least of one, in the order of the text."""
    places = sentences_of(text)
    scored = []
    # summa names its sentences by their wording alone and leaves some out, those without a word to compare; the
    # order is the text's, so that the next place of a wording is its own.
    for wording, score in summarizer.summarize(text, ratio=1.0, split=True, scores=True):
        start, end = next((start, end) for start, end, candidate in places if candidate == wording)
        scored.append((score, start, end))
    if not scored:
        # A lone sentence has nothing to be ranked against.
        return [(start, end) for start, end, _ in sentences_of(text)][:1]
    scored.sort(key=lambda entry: -entry[0])
    return sorted((start, end) for _, start, end in scored[: max(1, int(len(scored) * RATIO))])


def beginning(text):
    """As much of the text as TextRank can rank in a few seconds."""
    text = text[:MOST_CHARACTERS]
    words = set()
    for match in re.finditer(r"[^\W\d]+", text):
        words.add(match.group().lower())
        if len(words) > MOST_WORDS:
            text = text[: match.start()]
            break
    ends = [end for _, end, _ in sentences_of(text)]
    return text[: ends[MOST_SENTENCES - 1]] if len(ends) > MOST_SENTENCES else text


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
