#!/usr/bin/env python3
"""Runs karat against litellm's proxy: with litellm's own mocked responses, and in front of a model server.

    pip install -r tests/services/requirements-litellm.txt
    KARAT_BIN=target/release/karat python tests/services/litellm_proxy.py

The model server answers with quotes, behind reasoning and prose, and refuses `temperature`.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from shape_service import agrees, check, corpus, free_port, imperfect, run, wait_for

documents, golden = corpus(24)
answers = imperfect(golden)
by_text = {text: id for id, text in documents.items()}


class ModelServer(BaseHTTPRequestHandler):
    """An OpenAI-compatible server."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "temperature" in body:
            error = {"message": "Unsupported value: 'temperature' does not support 0 with this model.", "param": "temperature"}
            return self.send(400, {"error": error})
        text = body["messages"][-1]["content"]
        entities = [{"quote": text[start:end], "label": label} for start, end, label in answers[by_text[text]]]
        content = f"<think>Who {{is}} it?</think>Here it is:\n{json.dumps({'entities': entities}, ensure_ascii=False)}"
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        details = {"cached_tokens": 60}
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110, "prompt_tokens_details": details}
        self.send(200, {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage})

    def send(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def main():
    backend = ThreadingHTTPServer(("127.0.0.1", 0), ModelServer)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    port = free_port()
    mocked = {"entities": [{"quote": "Ada Byron", "label": "PERSON"}]}
    models = [
        {"model_name": "mocked", "litellm_params": {"model": "openai/x", "api_key": "none", "mock_response": json.dumps(mocked)}},
        {
            "model_name": "behind",
            "litellm_params": {
                "model": "openai/m",
                "api_key": "none",
                "api_base": f"http://127.0.0.1:{backend.server_port}/v1",
                "max_retries": 0,
            },
        },
    ]
    with tempfile.TemporaryDirectory() as folder:
        # JSON is YAML.
        config = Path(folder) / "config.yaml"
        config.write_text(json.dumps({"model_list": models, "litellm_settings": {"num_retries": 0}}))
        command = [Path(sys.executable).parent / "litellm", "--config", config, "--host", "127.0.0.1", "--port", str(port)]
        environment = {
            **os.environ,
            "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }
        proxy = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            compare(port)
        finally:
            proxy.terminate()
            proxy.wait(20)
            backend.shutdown()


def compare(port):
    table = f"""kind = "openai"
base_url = "http://127.0.0.1:{port}/v1"
key_env = ""
layers = ["entities"]
prompt = "{{text}}"
model = "%s"
"""
    prices = "prices = {tokens_in = 1.0, tokens_out = 2.0, cached = 0.5}\n"
    outcome = run(table % "behind" + prices, documents, golden)
    # A quote that occurs several times is found in the order of the text.
    agrees("litellm, a model server behind it", outcome, located(answers), golden)
    notes = [note for notes in outcome.manifest["notes"]["d"].values() for note in notes]
    # litellm moves the reasoning to `reasoning_content`.
    for part in ["the server refuses `temperature`", "wrote text around its JSON object"]:
        check(any(part in note for note in notes), f"{part}: {notes[:5]}")
    usage = outcome.manifest["usage"]["d"]
    cost = len(documents) * (40 * 1.0 + 60 * 0.5 + 10 * 2.0) / 1e6
    check(usage["tokens_in"] == 100 * len(documents) and abs(usage["cost"] - cost) < 1e-12, f"{usage} instead of {cost}")

    texts = {id: text for id, text in documents.items() if "Ada Byron" in text}
    known = {id: golden[id] for id in texts}
    outcome = run(table % "mocked", texts, known)
    first = {id: [(text.index("Ada Byron"), text.index("Ada Byron") + 9, "PERSON")] for id, text in texts.items()}
    check(outcome.code == 0 and outcome.spans() == first, f"mocked: {outcome.messages()}: {outcome.spans()}")
    print(f"litellm, mocked responses: {len(first)} documents")

    wrong = run(table % "absent", {"d00": documents["d00"]}, {"d00": golden["d00"]})
    check("Invalid model name" in wrong.messages()[0], wrong.messages()[0])


def located(answers):
    """The spans of quotes: the k-th mention of a quote with a label is its k-th occurrence."""
    spans = {}
    for id, entities in answers.items():
        text, taken = documents[id], {}
        spans[id] = []
        for start, end, label in entities:
            quote = text[start:end]
            at = text.index(quote, taken.get((quote, label), 0))
            taken[quote, label] = at + 1
            spans[id].append((at, at + len(quote), label))
    return spans


if __name__ == "__main__":
    main()
