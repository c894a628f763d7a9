#!/usr/bin/env python3
"""Runs karat against the interface of Azure AI Language (entity recognition), checked by Azure's own client.

    pip install -r tests/services/requirements-shapes.txt
    KARAT_BIN=target/release/karat python tests/services/azure_service.py

Offsets count UTF-16 units or code points, as the request asks (`stringIndexType`).
"""

from azure.ai.textanalytics import TextAnalyticsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.pipeline.policies import SansIOHTTPPolicy
from fastapi import FastAPI, Request

from shape_service import agrees, check, corpus, imperfect, run, served

CATEGORIES = {"PERSON": "Person", "PLACE": "Location", "ORG": "Organization"}
documents, golden = corpus(40)
answers = imperfect(golden)
by_text = {text: id for id, text in documents.items()}


def units(text, kind):
    return len(text.encode("utf-16-le")) // 2 if kind == "Utf16CodeUnit" else len(text)


app = FastAPI()


@app.post("/language/:analyze-text")
async def analyze(request: Request) -> dict:
    body = await request.json()
    kind = body["parameters"].get("stringIndexType", "TextElements_v8")
    results = []
    for document in body["analysisInput"]["documents"]:
        text = document["text"]
        entities = [
            {
                "text": text[start:end],
                "category": CATEGORIES[label],
                "offset": units(text[:start], kind),
                "length": units(text[start:end], kind),
                "confidenceScore": 0.98,
            }
            for start, end, label in answers[by_text[text]]
        ]
        results.append({"id": document["id"], "entities": entities, "warnings": []})
    return {
        "kind": "EntityRecognitionResults",
        "results": {"documents": results, "errors": [], "modelVersion": "2023-09-01"},
    }


class PlainHttp(SansIOHTTPPolicy):
    """Lets the client send its key without TLS, to this machine."""

    def on_request(self, request):
        request.http_request.headers.pop("Ocp-Apim-Subscription-Key", None)


def main():
    with served(app) as url:
        client = TextAnalyticsClient(
            url, AzureKeyCredential("none"), api_version="2023-04-01", authentication_policy=PlainHttp()
        )
        [result] = client.recognize_entities([documents["d00"]], string_index_type="UnicodeCodePoint")
        own = [(entity.offset, entity.offset + entity.length, entity.category) for entity in result.entities]
        expected = [(start, end, CATEGORIES[label]) for start, end, label in answers["d00"]]
        check(own == expected, f"azure-ai-textanalytics: {own} instead of {expected}")

        for kind, unit in [("UnicodeCodePoint", "code_point"), ("Utf16CodeUnit", "utf16")]:
            table = f"""kind = "http"
layers = ["entities"]
url = "{url}/language/:analyze-text?api-version=2023-04-01"
offset_unit = "{unit}"
[extractors.mine.request]
kind = "EntityRecognition"
parameters = {{modelVersion = "latest", stringIndexType = "{kind}"}}
analysisInput = {{documents = [{{id = "1", language = "en", text = "{{text}}"}}]}}
"""
            fields = 'label = "/category", start = "/offset", length = "/length", confidence = "/confidenceScore"'
            message = run(table, documents, golden).messages()[0]
            line = f'write `response = {{entities = "/results/documents/*/entities", {fields}}}`'
            check(line in message, f"{line}: {message}")
            renamed = "\n".join(f'{other} = "{label}"' for label, other in CATEGORIES.items())
            response = (
                '[extractors.mine.response]\nentities = "/results/documents/*/entities"\n'
                + fields.replace(", ", "\n")
                + f"\n[extractors.mine.response.labels]\n{renamed}"
            )
            agrees(f"Azure AI Language, {kind}", run(table + response, documents, golden), answers, golden)


if __name__ == "__main__":
    main()
