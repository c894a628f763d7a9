"""What the scripts of this folder share: a service on a free port, a project, a run of karat, and its figures.

`KARAT_BIN` names the binary. Every script computes the figures that it expects from what its service answered.
"""

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

NAMES = {"PERSON": ["Ada Byron", "Charles Babbage", "Mary Somerville", "José Rizal", "王安石"],
         "PLACE": ["London", "Turin", "Zürich", "São Paulo"],
         "ORG": ["Royal Society", "Analytical Engine Works"]}
FILLERS = ["met", "wrote to", "left for", "spoke of", "🙂 and", "thanked", "never saw", "–"]


def corpus(count, seed=7):
    """Documents by id, each with its golden entities: (start, end, label) in code points."""
    chance = random.Random(seed)
    documents, golden = {}, {}
    for number in range(count):
        text, entities = "", []
        for position in range(chance.randint(1, 5)):
            if position:
                text += f" {chance.choice(FILLERS)} "
            label = chance.choice(sorted(NAMES))
            name = chance.choice(NAMES[label])
            entities.append((len(text), len(text) + len(name), label))
            text += name
        # The number tells equal texts apart, by which services know their documents.
        documents[f"d{number:02}"] = f"{text} ({number})."
        golden[f"d{number:02}"] = entities
    return documents, golden


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, seconds=60):
    """Waits until something listens on a port."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    sys.exit(f"nothing listens on port {port} after {seconds} s")


@contextlib.contextmanager
def served(app):
    """An ASGI application behind uvicorn; yields its URL."""
    import uvicorn

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


class Outcome:
    """What a run left behind."""

    def __init__(self, code, errors, figures, predictions, manifest):
        self.code, self.errors, self.figures = code, errors, figures
        self.predictions, self.manifest = predictions, manifest

    def messages(self):
        return [line.get("error", "") for line in self.predictions]

    def spans(self):
        """The predicted entities by document."""
        return {
            line["id"]: [(found["start"], found["end"], found["label"]) for found in line.get("entities", [])]
            for line in self.predictions
        }


def run(table, documents, golden, environment=None):
    """Runs karat on documents with a table of an extractor, which follows `[extractors.mine]`."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        lines = [json.dumps({"id": id, "text": text}) for id, text in documents.items()]
        (home / "documents.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (home / "golden").mkdir()
        for id, entities in golden.items():
            layer = [{"start": start, "end": end, "label": label} for start, end, label in entities]
            (home / "golden" / f"{id}.json").write_text(json.dumps({"id": id, "entities": layer}))
        dataset = '[datasets.d]\ndocuments = "documents.jsonl"\ngolden = "golden"\n'
        (home / "karat.toml").write_text(f"{dataset}\n[extractors.mine]\nbackoff = \"10ms\"\n{table}\n", encoding="utf-8")
        karat = Path(os.environ["KARAT_BIN"]).resolve()
        command = [karat, "run", "--quiet", "--out", "r", "--format", "json"]
        ended = subprocess.run(
            command, cwd=home, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **(environment or {})}
        )
        predictions = home / "r/predictions/d/mine.jsonl"
        if not predictions.exists():
            sys.exit(f"karat wrote no predictions: {ended.stderr}")
        return Outcome(
            ended.returncode,
            ended.stderr,
            json.loads(ended.stdout)["datasets"]["d"]["mine"]["metrics"] if ended.returncode == 0 else {},
            [json.loads(line) for line in predictions.read_text(encoding="utf-8").splitlines()],
            json.loads((home / "r/run.json").read_text())["extractors"]["mine"],
        )


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def agrees(what, outcome, answered, golden):
    """Compares a run with the entities that the service answered: the predictions, and precision, recall and F1."""
    check(outcome.code == 0, f"{what}: exit code {outcome.code}: {outcome.messages()} {outcome.errors}")
    predicted = outcome.spans()
    for id, entities in answered.items():
        check(sorted(predicted[id]) == sorted(entities), f"{what}: {id}: {predicted[id]} instead of {entities}")
    correct = sum(len(set(answered[id]) & set(golden[id])) for id in golden)
    found, wanted = sum(map(len, answered.values())), sum(map(len, golden.values()))
    precision, recall = correct / found, correct / wanted
    expected = {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}
    for name, value in expected.items():
        karat = outcome.figures[f"entities.strict.{name}"]["value"]
        check(abs(karat - value) < 1e-12, f"{what}: {name} is {karat} instead of {value}")
    check(0 < precision < 1 and 0 < recall < 1, f"{what}: the service must be right and wrong")
    print(f"{what}: {found} entities in {len(golden)} documents, F1 {expected['f1']:.4f}")


def imperfect(golden, labels=None, seed=11):
    """Entities as a model finds them: some are missed, and some get another label."""
    chance = random.Random(seed)
    answered = {}
    for id, entities in golden.items():
        answered[id] = []
        for start, end, label in entities:
            if chance.random() < 0.15:
                continue
            label = chance.choice(sorted(NAMES)) if chance.random() < 0.2 else label
            answered[id].append((start, end, (labels or {}).get(label, label)))
    return answered
