#!/usr/bin/env python3
"""Runs karat against Presidio's analyzer behind its interface `/analyze`, with a blank spaCy pipeline and patterns.

    pip install -r tests/services/requirements-shapes.txt
    KARAT_BIN=target/release/karat python tests/services/presidio_service.py

The results are those of Presidio's own `RecognizerResult.to_dict()`, as its server sends them.
"""

import logging

import spacy
from fastapi import FastAPI
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from pydantic import BaseModel

from shape_service import NAMES, agrees, check, corpus, run, served

logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
documents, golden = corpus(40)
LABELS = {"PERSON": "PERSON", "PLACE": "LOCATION", "ORG": "ORGANIZATION"}


class BlankEngine(SpacyNlpEngine):
    """An engine without a model, which would have to be downloaded."""

    def __init__(self):
        super().__init__(ner_model_configuration=NerModelConfiguration(labels_to_ignore=[]))
        self.nlp = {"en": spacy.blank("en")}


def analyzer():
    registry = RecognizerRegistry(recognizers=[])
    for label, names in NAMES.items():
        patterns = [Pattern(name, name, 0.75) for name in names if name not in ("Turin", "Mary Somerville")]
        # A pattern that is wrong for a part of what it finds.
        if label == "PLACE":
            patterns.append(Pattern("society", "Royal Society", 0.5))
        registry.add_recognizer(PatternRecognizer(LABELS[label], patterns=patterns, supported_language="en"))
    return AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=["en"])


engine = analyzer()


class Query(BaseModel):
    text: str
    language: str


app = FastAPI()


@app.post("/analyze")
def analyze(query: Query) -> list[dict]:
    return [result.to_dict() for result in engine.analyze(query.text, query.language)]


def main():
    names = {other: label for label, other in LABELS.items()}
    answered = {
        id: [(found.start, found.end, names[found.entity_type]) for found in engine.analyze(text, "en")]
        for id, text in documents.items()
    }
    with served(app) as url:
        table = f'kind = "http"\nlayers = ["entities"]\nurl = "{url}/analyze"\n'
        table += 'request = {text = "{text}", language = "en"}\n'
        renamed = ", ".join(f'{other} = "{label}"' for other, label in names.items())
        fields = 'entities = "", label = "/entity_type", confidence = "/score"'
        outcome = run(table + f"response = {{{fields}, labels = {{{renamed}}}}}", documents, golden)
        agrees("Presidio, /analyze", outcome, answered, golden)
        scores = {found["confidence"] for line in outcome.predictions for found in line["entities"]}
        check(scores <= {0.75, 0.5} and scores, f"scores: {scores}")
        message = run(table, documents, golden).messages()[0]
        check(f"write `response = {{{fields}}}`" in message, message)


if __name__ == "__main__":
    main()
