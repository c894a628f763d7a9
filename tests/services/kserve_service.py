#!/usr/bin/env python3
"""Runs karat against a model server of KServe with the protocol v2 (Open Inference Protocol).

    pip install -r tests/services/requirements-kserve.txt
    KARAT_BIN=target/release/karat python tests/services/kserve_service.py

The model answers JSON in a tensor of bytes, as models without numbers do.
"""

import json
import subprocess
import sys

from shape_service import agrees, check, corpus, free_port, imperfect, run, wait_for

LABELS = {"PERSON": "PER", "PLACE": "LOC", "ORG": "ORG"}
documents, golden = corpus(40)
answers = imperfect(golden)


def serve(port):
    from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer

    by_text = {text: id for id, text in documents.items()}

    class Recogniser(Model):
        def __init__(self):
            super().__init__("ner")
            self.ready = True

        def predict(self, payload: InferRequest, headers=None, response_headers=None) -> InferResponse:
            texts = payload.inputs[0].data
            data = []
            for text in texts:
                text = text.decode() if isinstance(text, bytes) else text
                found = [
                    {"type": LABELS[label], "begin": start, "end": end, "score": 0.5}
                    for start, end, label in answers[by_text[text]]
                ]
                data.append(json.dumps({"entities": found}))
            output = InferOutput(name="entities", shape=[len(data)], datatype="BYTES", data=data)
            return InferResponse(response_id=payload.id or "1", model_name=self.name, infer_outputs=[output])

    ModelServer(http_port=port, enable_grpc=False, workers=1).start([Recogniser()])


def main():
    if len(sys.argv) > 1:
        return serve(int(sys.argv[1]))
    port = free_port()
    server = subprocess.Popen([sys.executable, __file__, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        table = f"""kind = "http"
layers = ["entities"]
url = "http://127.0.0.1:{port}/v2/models/ner/infer"
request = {{inputs = [{{name = "text", shape = [1], datatype = "BYTES", data = ["{{text}}"]}}]}}
"""
        fields = 'entities = "/entities", json = "/outputs/0/data/0", label = "/type", start = "/begin", confidence = "/score"'
        message = run(table, documents, golden).messages()[0]
        check(f"write `response = {{{fields}}}`" in message, message)
        renamed = ", ".join(f'{other} = "{label}"' for label, other in LABELS.items())
        outcome = run(table + f"response = {{{fields}, labels = {{{renamed}}}}}", documents, golden)
        agrees("KServe, protocol v2", outcome, answers, golden)
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
