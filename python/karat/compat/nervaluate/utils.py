"""Entities of tags, as in ``nervaluate.utils`` 1.2.1."""

from __future__ import annotations

from typing import Any

from ..._karat import Documents
from .entities import Entity


def split_list(token: list[str], split_chars: list[str] | None = None) -> list[list[str]]:
    """Splits a list at elements, by default at empty texts."""
    breaks = [""] if split_chars is None else split_chars
    parts: list[list[str]] = []
    part: list[str] = []
    for at, item in enumerate(token):
        if item in breaks:
            parts.append(part)
            part = []
        else:
            part.append(item)
            if at + 1 == len(token):
                parts.append(part)
    return parts


def collect_named_entities(tokens: list[str]) -> list[dict[str, Any]]:
    """Returns the entities of tags as dicts with ``label``, ``start`` and ``end``, both inclusive."""
    # Any prefix begins an entity here, as in the package.
    plain = [tag if tag == "O" else f"{'B' if tag[:1] == 'B' else 'I'}-{tag[2:]}" for tag in tokens]
    [entities] = Documents.of_tags([(list(enumerate(plain)), len(plain))]).entities(Entity)
    return [{"label": entity.label, "start": entity.start, "end": entity.end} for entity in entities]


def list_to_spans(doc: list[list[str]]) -> list[list[dict[str, Any]]]:
    """Returns the entities of each list of tags."""
    return [collect_named_entities(tokens) for tokens in doc]


def conll_to_spans(doc: str) -> list[list[dict[str, Any]]]:
    """Returns the entities of each sentence of a text in CoNLL format."""
    return list_to_spans([[line.split("\t")[1] for line in lines] for lines in split_list(doc.split("\n"))])
