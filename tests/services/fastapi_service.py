#!/usr/bin/env python3
"""Runs karat against a service of FastAPI with pydantic models, in the shapes that teams write themselves.

    pip install -r tests/services/requirements-shapes.txt
    KARAT_BIN=target/release/karat python tests/services/fastapi_service.py

Compares the predictions and the figures of each run with what the service answered. Exits 1 on a difference.
"""

from fastapi import FastAPI
from pydantic import BaseModel, Field

from shape_service import agrees, check, corpus, imperfect, run, served

documents, golden = corpus(40)
answers = imperfect(golden)
by_text = {text: id for id, text in documents.items()}


class Document(BaseModel):
    id: str
    text: str = Field(min_length=1)


class Mention(BaseModel):
    begin: int
    end: int
    kind: str
    surface: str
    confidence: float


class Found(BaseModel):
    mentions: list[Mention]
    took_ms: int = 3


app = FastAPI()


@app.post("/mentions")
def mentions(document: Document) -> Found:
    spans = answers[by_text[document.text]]
    surface = lambda start, end: document.text[start:end].upper()
    return Found(
        mentions=[
            Mention(begin=start, end=end - 1, kind=label.lower(), surface=surface(start, end), confidence=87.5)
            for start, end, label in spans
        ]
    )


@app.post("/by-label")
def by_label(document: Document) -> dict[str, dict[str, list[str]]]:
    found = {}
    for start, end, label in golden[by_text[document.text]]:
        found.setdefault(label, []).append(document.text[start:end])
    return {"found": found}


class Labelled(BaseModel):
    start: int
    end: int
    label: str


class Words(BaseModel):
    tokens: list[str]
    spans: list[Labelled]


@app.post("/tokens")
def tokens(document: Document) -> Words:
    words = document.text.split(" ")
    starts = [sum(len(word) + 1 for word in words[:at]) for at in range(len(words))]
    spans = []
    for start, end, label in answers[by_text[document.text]]:
        first = starts.index(start)
        last = max(at for at, begin in enumerate(starts) if begin < end)
        spans.append(Labelled(start=first, end=last + 1, label=label))
    return Words(tokens=words, spans=spans)


def main():
    with served(app) as url:
        table = f'kind = "http"\nlayers = ["entities"]\nurl = "{url}/%s"\n'
        mapped = """response = {entities = "/mentions", start = "/begin", label = "/kind", text = "/surface", inclusive_ends = true,
            max_confidence = 100, ignore_case = true, labels = {person = "PERSON", place = "PLACE", org = "ORG"}}"""
        mapped = " ".join(mapped.split())
        outcome = run(table % "mentions" + mapped, documents, golden)
        agrees("FastAPI, other names, included ends, percentages", outcome, answers, golden)
        confidences = {found["confidence"] for line in outcome.predictions for found in line["entities"]}
        check(confidences == {0.875}, f"confidences: {confidences}")

        # The message about the unmapped reply contains its keys.
        message = run(table % "mentions", documents, golden).messages()[0]
        check("has no `entities`, but `mentions` and `took_ms`" in message, message)

        quoted = run(table % "by-label" + 'response = {entities = "/found", quotes = true}', documents, golden)
        check(quoted.code == 0, f"texts by label: {quoted.messages()}")
        for id, entities in golden.items():
            check(sorted(quoted.spans()[id]) == sorted(entities), f"texts by label: {id}: {quoted.spans()[id]}")

        outcome = run(table % "tokens" + 'response = {entities = "/spans", tokens = "/tokens"}', documents, golden)
        agrees("FastAPI, offsets of tokens", outcome, answers, golden)


if __name__ == "__main__":
    main()
