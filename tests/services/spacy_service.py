#!/usr/bin/env python3
"""Runs karat against spaCy behind FastAPI: a blank pipeline with an entity ruler, which answers `Doc.to_json()`.

    pip install -r tests/services/requirements-shapes.txt
    KARAT_BIN=target/release/karat python tests/services/spacy_service.py
"""

import spacy
from fastapi import FastAPI
from pydantic import BaseModel

from shape_service import NAMES, agrees, check, corpus, run, served

documents, golden = corpus(40)
pipeline = spacy.blank("xx")
ruler = pipeline.add_pipe("entity_ruler")
# Two names are unknown to the rules, and one has another label.
known = [(label, name) for label, names in NAMES.items() for name in names if name not in ("Turin", "Mary Somerville")]
ruler.add_patterns([{"label": "PLACE" if name == "Ada Byron" else label, "pattern": name} for label, name in known])


class Text(BaseModel):
    text: str


app = FastAPI()


@app.post("/json")
def as_json(body: Text) -> dict:
    return pipeline(body.text).to_json()


@app.post("/tokens")
def as_tokens(body: Text) -> dict:
    doc = pipeline(body.text)
    entities = [{"first": entity.start, "last": entity.end - 1, "label": entity.label_} for entity in doc.ents]
    return {"doc": doc.to_json(), "entities": entities}


def main():
    answered = {
        id: [(entity.start_char, entity.end_char, entity.label_) for entity in pipeline(text).ents]
        for id, text in documents.items()
    }
    with served(app) as url:
        table = f'kind = "http"\nlayers = ["entities"]\nrequest = {{text = "{{text}}"}}\nurl = "{url}/%s"\n'
        outcome = run(table % "json" + 'response = {entities = "/ents"}', documents, golden)
        agrees("spaCy, Doc.to_json()", outcome, answered, golden)
        tokens = 'response = {tokens = "/doc/tokens", start = "/first", end = "/last", inclusive_ends = true}'
        agrees("spaCy, offsets of tokens", run(table % "tokens" + tokens, documents, golden), answered, golden)
        message = run(table % "json", documents, golden).messages()[0]
        check('but `ents` and `tokens`: write `response = {entities = "/ents"}`' in message, message)


if __name__ == "__main__":
    main()
