"""Readers of documents with entities, as in ``nervaluate.loaders`` 1.2.1."""

from __future__ import annotations

import abc
from typing import Any

from ..._karat import Documents
from .entities import Entity


class DataLoader(abc.ABC):
    """What readers have in common."""

    def load(self, data: Any) -> list[list[Entity]]:
        """Returns the entities of each document. Raises ValueError for data of another form."""
        return self.documents(data).entities(Entity)

    @abc.abstractmethod
    def documents(self, data: Any) -> Documents:
        """Reads documents."""


class ConllLoader(DataLoader):
    """A text with a token and its tag a line, separated by a tab, and a blank line between documents."""

    def documents(self, data: Any) -> Documents:
        if not isinstance(data, str):
            raise ValueError("ConllLoader expects string input")
        documents = []
        for text in data.rstrip().split("\n\n") if data else ():
            lines = text.split("\n")
            tags = []
            for at, line in enumerate(lines):
                if not line.strip():
                    continue
                parts = line.split("\t")
                if len(parts) < 2:
                    raise ValueError(f"Invalid CoNLL format: line '{line}' does not contain a tab separator")
                tags.append((at, parts[1]))
            documents.append((tags, len(lines)))
        return Documents.of_tags(documents)


class ListLoader(DataLoader):
    """A list of documents: lists of tags."""

    def documents(self, data: Any) -> Documents:
        if not isinstance(data, list):
            raise ValueError("ListLoader expects list input")
        documents = []
        for tags in data:
            if not isinstance(tags, list):
                raise ValueError("Each document must be a list of tags")
            for tag in tags:
                if not isinstance(tag, str):
                    raise ValueError(f"Invalid tag type: {type(tag)}")
            documents.append((list(enumerate(tags)), len(tags)))
        return Documents.of_tags(documents)


class DictLoader(DataLoader):
    """A list of documents: lists of dicts with ``label``, ``start`` and ``end``."""

    def documents(self, data: Any) -> Documents:
        return Documents.of_dicts(data)
