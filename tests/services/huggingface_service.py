#!/usr/bin/env python3
"""Runs karat against the interface of token classification at Hugging Face, in the types of `huggingface_hub`.

    pip install -r tests/services/requirements-shapes.txt
    KARAT_BIN=target/release/karat python tests/services/huggingface_service.py

The models themselves would have to be downloaded; the entities are the script's, as an uncased model finds them.
"""

from dataclasses import asdict

from fastapi import FastAPI
from huggingface_hub import InferenceClient, TokenClassificationOutputElement
from pydantic import BaseModel

from shape_service import agrees, check, corpus, imperfect, run, served

LABELS = {"PERSON": "PER", "PLACE": "LOC", "ORG": "ORG"}
documents, golden = corpus(40)
answers = imperfect(golden)
by_text = {text: id for id, text in documents.items()}


class Query(BaseModel):
    inputs: str | list[str]


def elements(text):
    return [
        asdict(
            TokenClassificationOutputElement(
                entity_group=LABELS[label], score=0.875, word=text[start:end].lower(), start=start, end=end
            )
        )
        for start, end, label in answers[by_text[text]]
    ]


app = FastAPI()


@app.post("/models/ner")
def classify(query: Query) -> list:
    """One list for a text, and a list of lists for several."""
    if isinstance(query.inputs, str):
        return elements(query.inputs)
    return [elements(text) for text in query.inputs]


def main():
    with served(app) as url:
        # The service speaks as the library of its owner expects.
        text = documents["d00"]
        found = InferenceClient(model=f"{url}/models/ner").token_classification(text)
        own = [(element.start, element.end, element.entity_group) for element in found]
        check(own == [(start, end, LABELS[label]) for start, end, label in answers["d00"]], f"huggingface_hub: {own}")

        table = f'kind = "http"\nlayers = ["entities"]\nurl = "{url}/models/ner"\n'
        renamed = ", ".join(f'{other} = "{label}"' for label, other in LABELS.items())
        fields = 'label = "/entity_group", text = "/word", confidence = "/score"'
        settings = f"ignore_case = true, labels = {{{renamed}}}"
        one = f'request = {{inputs = "{{text}}"}}\nresponse = {{entities = "", {fields}, {settings}}}'
        agrees("Hugging Face, a list", run(table + one, documents, golden), answers, golden)
        several = f'request = {{inputs = ["{{text}}"]}}\nresponse = {{entities = "/*", {fields}, {settings}}}'
        agrees("Hugging Face, a list of lists", run(table + several, documents, golden), answers, golden)
        message = run(table + 'request = {inputs = "{text}"}', documents, golden).messages()[0]
        check(f'write `response = {{entities = "", {fields}}}`' in message, message)


if __name__ == "__main__":
    main()
