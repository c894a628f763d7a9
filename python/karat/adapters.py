"""Extractors from pipelines of other libraries, which are only imported by those who pass them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .extractors import extractor


def spacy(pipeline: Any, *, name: str | None = None) -> Callable[[str], Any]:
    """Returns an extractor of the entities of a spaCy pipeline."""
    meta = getattr(pipeline, "meta", {})

    def entities(text: str) -> list[dict[str, Any]]:
        return [
            {"start": entity.start_char, "end": entity.end_char, "label": entity.label_, "text": entity.text}
            for entity in pipeline(text).ents
        ]

    title = name or f"spacy-{meta.get('lang', '')}-{meta.get('name', 'pipeline')}"
    fingerprint = f"spacy {meta.get('spacy_version', '')} {meta.get('name', '')} {meta.get('version', '')}"
    return extractor(["entities"], name=title, version=meta.get("version") or "0", fingerprint=fingerprint)(
        _named(entities, title)
    )


def transformers(pipeline: Any, *, name: str | None = None) -> Callable[[str], Any]:
    """Returns an extractor of a token-classification or summarization pipeline of transformers. A
    pipeline of tokens must group entities (``aggregation_strategy="simple"``)."""
    task = getattr(pipeline, "task", "token-classification")
    title = name or f"transformers-{task}"

    def entities(text: str) -> list[dict[str, Any]]:
        found = []
        for entity in pipeline(text):
            if "entity_group" not in entity:
                raise ValueError('the pipeline returns tokens: create it with aggregation_strategy="simple"')
            found.append({
                "start": int(entity["start"]), "end": int(entity["end"]), "label": entity["entity_group"],
                "confidence": float(entity["score"]),
            })  # fmt: skip
        return found

    def summary(text: str) -> str:
        first = pipeline(text)[0]
        return first.get("summary_text") or first["generated_text"]

    if task in ("summarization", "text2text-generation", "text-generation"):
        return extractor(["summaries"], name=title)(_named(summary, title))
    return extractor(["entities"], name=title)(_named(entities, title))


def langextract(extract: Callable[[str], Any], *, name: str = "langextract") -> Callable[[str], Any]:
    """Returns an extractor of a function from a text to a LangExtract ``AnnotatedDocument``. Extractions
    that LangExtract did not find in the text have no offsets and are left out with an error."""

    def entities(text: str) -> list[dict[str, Any]]:
        found = []
        for extraction in extract(text).extractions or []:
            interval = extraction.char_interval
            if interval is None or interval.start_pos is None:
                raise ValueError(f"{extraction.extraction_text!r} was not found in the text")
            found.append({
                "start": interval.start_pos, "end": interval.end_pos, "label": extraction.extraction_class,
                "text": text[interval.start_pos : interval.end_pos],
            })  # fmt: skip
        return found

    return extractor(["entities"], name=name)(_named(entities, name))


def _named(function: Callable[[str], Any], name: str) -> Callable[[str], Any]:
    function.__name__ = name
    return function


def document(result: Any) -> Mapping[str, Any]:
    """Returns a spaCy document as a document of ``karat.document/1``."""
    from ._data import _of_spacy

    return _of_spacy(result)
