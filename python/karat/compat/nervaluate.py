"""Named entities as nervaluate 1.2.1 scores them, with the same classes and figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._karat import nervaluate_outcomes

_SCHEMES = ("strict", "partial", "ent_type", "exact")
_OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")
_COLORS = {"reset": 0, "bold": 1, "red": 91, "green": 92, "yellow": 93, "blue": 94, "magenta": 95, "cyan": 96, "white": 97}
_COLOR_OF = {"Correct": "green", "Incorrect": "red", "Partial": "yellow", "Missed": "magenta", "Spurious": "blue"}


@dataclass(unsafe_hash=True)
class Entity:
    """A labelled span. Its end is that of the data: inclusive for tags."""

    label: str
    start: int
    end: int


@dataclass
class EvaluationResult:
    """The counts of a scheme, and what follows from them."""

    correct: int = 0
    incorrect: int = 0
    partial: int = 0
    missed: int = 0
    spurious: int = 0
    precision: float = 0.0
    recall: float = 0.0
    f1: float = 0.0
    actual: int = 0
    possible: int = 0

    def compute_metrics(self, partial_or_type: bool = False) -> None:
        """Computes precision, recall and F1; partial matches count half if ``partial_or_type``."""
        self.actual = self.correct + self.incorrect + self.partial + self.spurious
        self.possible = self.correct + self.incorrect + self.partial + self.missed
        right = self.correct + 0.5 * self.partial if partial_or_type else self.correct
        self.precision = right / self.actual if self.actual > 0 else 0
        self.recall = right / self.possible if self.possible > 0 else 0
        total = self.precision + self.recall
        self.f1 = 2 * (self.precision * self.recall) / total if total > 0 else 0


@dataclass
class EvaluationIndices:
    """The places, as document and entity, of each outcome."""

    correct_indices: list[tuple[int, int]] = field(default_factory=list)
    incorrect_indices: list[tuple[int, int]] = field(default_factory=list)
    partial_indices: list[tuple[int, int]] = field(default_factory=list)
    missed_indices: list[tuple[int, int]] = field(default_factory=list)
    spurious_indices: list[tuple[int, int]] = field(default_factory=list)


class Evaluator:
    """Scores predictions under the four schemes of SemEval-2013.

    ``true`` and ``pred`` are lists of documents: lists of dicts with ``label``, ``start`` and ``end``
    (``loader="dict"``), or of tags (``"list"``); or text in CoNLL format (``"conll"``). Only labels in
    ``tags`` count. ``min_overlap_percentage`` is the least overlap, 1 to 100.
    """

    def __init__(
        self, true: Any, pred: Any, tags: list[str], loader: str = "default", min_overlap_percentage: float = 1.0
    ) -> None:
        self.tags = tags
        self.min_overlap_percentage = min_overlap_percentage
        if loader == "default":
            loader = _guessed(true)
        if loader not in _LOADERS:
            raise ValueError(f"Unknown loader: {loader}")
        if loader == "list":
            _check_lengths(true, pred)
        load = _LOADERS[loader]
        self.true: list[list[Entity]] = load(true)
        self.pred: list[list[Entity]] = load(pred)
        if len(self.true) != len(self.pred):
            raise ValueError("Number of predicted documents does not equal true")
        if not 1.0 <= min_overlap_percentage <= 100.0:
            raise ValueError("min_overlap_percentage must be between 1.0 and 100.0")

    def evaluate(self) -> dict[str, Any]:
        """Returns the results and the indices, over all labels and by label. Labels are sorted."""
        wanted = set(self.tags)

        def spans(side: list[list[Entity]]) -> list[list[tuple[str, int, int]]]:
            return [[(one.label, one.start, one.end) for one in document if one.label in wanted] for document in side]

        found = nervaluate_outcomes(spans(self.true), spans(self.pred), float(self.min_overlap_percentage))
        results: dict[str | None, dict[str, EvaluationResult]] = {}
        indices: dict[str | None, dict[str, EvaluationIndices]] = {}
        # Without documents there are no results of any scheme.
        schemes = _SCHEMES if self.true else ()
        for label, outcomes in found:
            results[label], indices[label] = {}, {}
            for scheme, places in zip(schemes, outcomes):
                result = EvaluationResult(*map(len, places))
                result.compute_metrics(scheme in ("partial", "ent_type"))
                results[label][scheme] = result
                indices[label][scheme] = EvaluationIndices(*places)
        overall, overall_indices = results.pop(None), indices.pop(None)
        return {"overall": overall, "entities": results, "overall_indices": overall_indices, "entity_indices": indices}

    def results_to_csv(self, mode: str = "overall", scenario: str = "strict", file_path: str | None = None) -> str | None:
        """Returns the results as CSV, or writes them to a file."""
        _check_mode(mode, scenario)
        rows = [
            [
                "Strategy" if mode == "overall" else "Entity",
                "Correct",
                "Incorrect",
                "Partial",
                "Missed",
                "Spurious",
                "Precision",
                "Recall",
                "F1-Score",
            ]
        ]
        rows += [[name, *_values(result)] for name, result in self._shown(mode, scenario)]
        if file_path:
            with open(file_path, "w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(rows)
            return None
        output = io.StringIO()
        csv.writer(output).writerows(rows)
        return output.getvalue()

    def _shown(self, mode: str, scenario: str) -> list[tuple[str, EvaluationResult]]:
        found = self.evaluate()
        if mode == "overall":
            return list(found["overall"].items())
        return [(label, results[scenario]) for label, results in found["entities"].items() if scenario in results]

    def summary_report(self, mode: str = "overall", scenario: str = "strict", digits: int = 2) -> str:
        """Returns the results as a table in plain text."""
        _check_mode(mode, scenario)
        headers = [*_OUTCOMES, "precision", "recall", "f1-score"]
        rows = sorted(self._shown(mode, scenario), key=lambda row: row[0])
        width = max(digits, *(len(name) for name in [headers[0], *(name for name, _ in rows)]))
        report = f"Scenario: {scenario if mode == 'entities' else 'all'}\n\n"
        report += f"{'':>{width}s} " + "".join(f" {header:>11}" for header in headers) + "\n\n"
        for name, result in rows:
            *counts, precision, recall, f1 = _values(result)
            report += f"{name:>{width}s} " + "".join(f" {count:>11}" for count in counts)
            report += "".join(f" {value:>11.{digits}f}" for value in (precision, recall, f1)) + "\n"
        return report

    def summary_report_indices(self, mode: str = "overall", scenario: str = "strict", colors: bool = False) -> str:
        """Returns the places of each outcome as a table in plain text. As in the package, missed
        entities are shown with the prediction of the same number."""
        _check_mode(mode, scenario)

        def colored(text: str, color: str) -> str:
            return f"\033[{_COLORS[color]}m{text}\033[0m" if colors else text

        def head() -> str:
            titles = f"{'Category':<20} {'Instance':<10} {'Entity':<8} {'Details':<25}"
            return f"{colored(titles, 'bold')}\n{colored('-' * 78, 'white')}\n"

        def table(indices: EvaluationIndices) -> str:
            lines = []
            for outcome in _OUTCOMES:
                name = outcome.capitalize()
                shown = colored(name, _COLOR_OF[name])
                places = getattr(indices, f"{outcome}_indices")
                for document, number in places:
                    details = "No prediction info"
                    if self.pred != [[]]:
                        entity = self.pred[document][number]
                        details = f"Label={entity.label}, Start={entity.start}, End={entity.end}"
                    lines.append(f"{shown:<20} {document!s:<10} {number!s:<8} {details:<10}\n")
                if not places:
                    lines.append(f"{shown:<20} {'-':<10} {'-':<8} {'None':<10}\n")
            return "".join(lines)

        found = self.evaluate()
        if mode == "overall":
            title = f"\n{colored('Indices for error schema', 'bold')} '{colored(scenario, 'cyan')}':\n\n"
            return title + head() + table(found["overall_indices"][scenario])
        report = ""
        for label, indices in found["entity_indices"].items():
            report += f"\n{colored('Entity Type', 'bold')}: {colored(label, 'cyan')}\n"
            report += f"{colored('Error Schema', 'bold')}: '{colored(scenario, 'cyan')}'\n\n"
            report += head() + table(indices[scenario])
        return report


def _values(result: EvaluationResult) -> list[Any]:
    return [
        result.correct,
        result.incorrect,
        result.partial,
        result.missed,
        result.spurious,
        result.precision,
        result.recall,
        result.f1,
    ]


def _check_mode(mode: str, scenario: str) -> None:
    if mode not in ("overall", "entities"):
        raise ValueError(f"Invalid mode: must be one of {set(('overall', 'entities'))}")
    if mode == "entities" and scenario not in _SCHEMES:
        raise ValueError(f"Invalid scenario: must be one of {set(_SCHEMES)}")


def _guessed(true: Any) -> str:
    if isinstance(true, str):
        return "conll"
    if isinstance(true, list) and true and isinstance(true[0], list):
        return "dict" if isinstance(true[0][0], dict) else "list"
    raise ValueError("Could not infer loader from input type")


def _check_lengths(true: Sequence[Sequence[str]], pred: Sequence[Sequence[str]]) -> None:
    if len(true) != len(pred):
        raise ValueError("Number of predicted documents does not equal true")
    for number, (gold, predicted) in enumerate(zip(true, pred)):
        if len(gold) != len(predicted):
            raise ValueError(f"Document {number} has different lengths: true={len(gold)}, pred={len(predicted)}")


def _of_tags(tags: Sequence[tuple[int, str]], length: int) -> list[Entity]:
    """Entities of tags with their positions: an entity goes on while the label is the same and no
    ``B`` begins another."""
    entities: list[Entity] = []
    label: str | None = None
    start = 0
    for at, tag in tags:
        goes_on = label is not None and tag != "O" and tag[2:] == label and tag[:1] != "B"
        if goes_on:
            continue
        if label is not None:
            entities.append(Entity(label, start, at - 1))
            label = None
        if tag != "O":
            if not tag.startswith(("B-", "I-")):
                raise ValueError(f"Invalid tag format: {tag}")
            label, start = tag[2:], at
    if label is not None:
        entities.append(Entity(label, start, length - 1))
    return entities


def _load_conll(data: Any) -> list[list[Entity]]:
    if not isinstance(data, str):
        raise ValueError("ConllLoader expects string input")
    if not data:
        return []
    documents = []
    for text in data.rstrip().split("\n\n"):
        lines = text.split("\n")
        tags = []
        for at, line in enumerate(lines):
            if not line.strip():
                continue
            parts = line.split("\t")
            if len(parts) < 2:
                raise ValueError(f"Invalid CoNLL format: line '{line}' does not contain a tab separator")
            tags.append((at, parts[1]))
        documents.append(_of_tags(tags, len(lines)))
    return documents


def _load_tags(data: Any) -> list[list[Entity]]:
    if not isinstance(data, list):
        raise ValueError("ListLoader expects list input")
    documents = []
    for tags in data:
        if not isinstance(tags, list):
            raise ValueError("Each document must be a list of tags")
        for tag in tags:
            if not isinstance(tag, str):
                raise ValueError(f"Invalid tag type: {type(tag)}")
        documents.append(_of_tags(list(enumerate(tags)), len(tags)))
    return documents


def _load_dicts(data: Any) -> list[list[Entity]]:
    if not isinstance(data, list):
        raise ValueError("DictLoader expects list input")
    documents = []
    for entities in data:
        if not isinstance(entities, list):
            raise ValueError("Each document must be a list of entity dictionaries")
        document = []
        for entity in entities:
            if not isinstance(entity, dict):
                raise ValueError(f"Invalid entity type: {type(entity)}")
            if not all(key in entity for key in ("label", "start", "end")):
                raise ValueError(f"Entity missing required keys: {set(('label', 'start', 'end'))}")
            if not isinstance(entity["label"], str):
                raise ValueError("Entity label must be a string")
            if not isinstance(entity["start"], int) or not isinstance(entity["end"], int):
                raise ValueError("Entity start and end must be integers")
            document.append(Entity(entity["label"], entity["start"], entity["end"]))
        documents.append(document)
    return documents


_LOADERS = {"conll": _load_conll, "list": _load_tags, "dict": _load_dicts}


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
    entities = _of_tags(list(enumerate(plain)), len(plain))
    return [{"label": entity.label, "start": entity.start, "end": entity.end} for entity in entities]


def list_to_spans(doc: list[list[str]]) -> list[list[dict[str, Any]]]:
    """Returns the entities of each list of tags."""
    return [collect_named_entities(tokens) for tokens in doc]


def conll_to_spans(doc: str) -> list[list[dict[str, Any]]]:
    """Returns the entities of each sentence of a text in CoNLL format."""
    return list_to_spans([[line.split("\t")[1] for line in lines] for lines in split_list(doc.split("\n"))])
