"""Extraction of batches of documents, for engines: by a function, or by any extractor that karat.toml
can declare."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._command import call
from ._data import Files, line
from ._options import to_toml
from .extractors import declared, of_function

#: A function of :func:`karat.extractor`, or the table of an extractor of karat.toml.
Extractor = Callable[..., Any] | Mapping[str, Any]

#: The columns of predictions, all of them texts.
COLUMNS = ("id", "status", "error", "pred")


def answering(extractor: Extractor) -> Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]:
    """Returns a function that answers documents with ``id`` and ``text``, one answer each."""
    if isinstance(extractor, Mapping):
        table = dict(extractor)
        return lambda documents: _of_table(table, documents)
    declared(extractor)
    answer = of_function(extractor)
    return lambda documents: [answer(str(one["id"]), {"text": one["text"], "meta": one.get("meta") or {}}) for one in documents]


def _of_table(table: Mapping[str, Any], documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Runs an extractor by ``karat run``, with its timeouts, retries and limits."""
    if not documents:
        return []
    with Files() as files:
        own = [{"id": str(one["id"]), "text": one["text"], "meta": one.get("meta") or {}} for one in documents]
        lines = [line(one, "<documents>", number) + "\n" for number, one in enumerate(own)]
        # What is extracted does not depend on the golden side, which a run has to have.
        golden = [json.dumps({"id": one["id"], "entities": []}) + "\n" for one in own]
        dataset = {
            "documents": files.text("".join(lines), "documents.jsonl", "<documents>"),
            "golden": files.text("".join(golden), "golden.jsonl", "<golden>"),
        }
        config = to_toml({"datasets": {"documents": dataset}, "extractors": {"extractor": table}})
        path, out = files.text(config, "karat.toml", "<extractor>"), files.folder("run")
        # Its notes are about the golden side; what happened to a document is in its answer.
        call(["run", "--config", path, "--out", out, "--quiet"], files, (0, 5), is_quiet=True)
        with open(os.path.join(out, "predictions", "documents", "extractor.jsonl"), encoding="utf-8") as file:
            return [json.loads(answer) for answer in file]


def answers(answer: Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]], documents: Sequence[Mapping[str, Any]]) -> Any:
    """Returns the answers to documents as a ``pyarrow.Table`` with :data:`COLUMNS`."""
    import pyarrow

    found = []
    for number, row in enumerate(answer(documents)):
        layers = {key: value for key, value in row.items() if key not in ("id", "status", "error")}
        pred = line(layers, "<extracted>", number)
        found.append({"id": row["id"], "status": row.get("status", "ok"), "error": row.get("error"), "pred": pred})
    return pyarrow.Table.from_pylist(found, schema=pyarrow.schema([(name, pyarrow.string()) for name in COLUMNS]))
