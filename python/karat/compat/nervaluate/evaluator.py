"""``Evaluator``, as in ``nervaluate.evaluator`` 1.2.1."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from ..._karat import Documents, nervaluate_outcomes
from .entities import Entity, EvaluationIndices, EvaluationResult
from .loaders import ConllLoader, DataLoader, DictLoader, ListLoader
from .strategies import SCHEMES

LOADERS: dict[str, DataLoader] = {"conll": ConllLoader(), "list": ListLoader(), "dict": DictLoader()}
_OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")
_COLORS = {"reset": 0, "bold": 1, "red": 91, "green": 92, "yellow": 93, "blue": 94, "magenta": 95, "cyan": 96, "white": 97}
_COLOR_OF = {"Correct": "green", "Incorrect": "red", "Partial": "yellow", "Missed": "magenta", "Spurious": "blue"}


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
        if loader not in LOADERS:
            raise ValueError(f"Unknown loader: {loader}")
        if loader == "list":
            _check_lengths(true, pred)
        load = LOADERS[loader].documents
        self._true: Documents = load(true)
        self._pred: Documents = load(pred)
        if len(self._true) != len(self._pred):
            raise ValueError("Number of predicted documents does not equal true")
        if not 1.0 <= min_overlap_percentage <= 100.0:
            raise ValueError("min_overlap_percentage must be between 1.0 and 100.0")

    @property
    def true(self) -> list[list[Entity]]:
        """The golden entities of each document."""
        return self._true.entities(Entity)

    @property
    def pred(self) -> list[list[Entity]]:
        """The predicted entities of each document."""
        return self._pred.entities(Entity)

    def evaluate(self) -> dict[str, Any]:
        """Returns the results and the indices, over all labels and by label. Labels are sorted."""
        found = nervaluate_outcomes(self._true, self._pred, set(self.tags), float(self.min_overlap_percentage))
        results: dict[str | None, dict[str, EvaluationResult]] = {}
        indices: dict[str | None, dict[str, EvaluationIndices]] = {}
        # Without documents there are no results of any scheme.
        schemes = SCHEMES if len(self._true) > 0 else ()
        for label, outcomes in found:
            results[label], indices[label] = {}, {}
            for scheme, of_scheme in zip(schemes, outcomes):
                result = EvaluationResult(*of_scheme.counts())
                result.compute_metrics(scheme in ("partial", "ent_type"))
                results[label][scheme] = result
                indices[label][scheme] = EvaluationIndices._of(of_scheme)
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

        predicted = self.pred

        def table(indices: EvaluationIndices) -> str:
            lines = []
            for outcome in _OUTCOMES:
                name = outcome.capitalize()
                shown = colored(name, _COLOR_OF[name])
                places = getattr(indices, f"{outcome}_indices")
                for document, number in places:
                    details = "No prediction info"
                    if predicted != [[]]:
                        entity = predicted[document][number]
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
    if mode == "entities" and scenario not in SCHEMES:
        raise ValueError(f"Invalid scenario: must be one of {set(SCHEMES)}")


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
