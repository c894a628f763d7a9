"""The functions of ``seqeval.metrics`` 1.2.2."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Sequence
from typing import Any

import numpy

from ...._karat import tag_counts
from ..reporters import DictReporter, StringReporter
from ..scheme import Token, auto_detect

try:
    from sklearn.exceptions import UndefinedMetricWarning
except ImportError:

    class UndefinedMetricWarning(UserWarning):  # type: ignore[no-redef]
        """A figure is undefined."""


Tags = Sequence[Sequence[str]]

_AVERAGES = (None, "micro", "macro", "weighted")
_PREFIXES = tuple("BIES")
#: The prefixes of each scheme, in the order in which messages list them.
_ALLOWED = {"IOB1": "IOB", "IOB2": "IOB", "IOE1": "IOE", "IOE2": "IOE", "IOBES": "IOBES", "BILOU": "IOBUL"}


class _Counts:
    """The numbers of right, predicted and golden entities by label, in order of the labels."""

    def __init__(self, y_true: Tags, y_pred: Tags, mode: str | None, scheme: type[Token] | None, suffix: bool) -> None:
        _check(y_true, y_pred)
        name = None
        if mode == "strict" and scheme is not None:
            name = scheme.__name__
        else:
            _warn_of_other_tags((*y_true, *y_pred), suffix)
        if suffix:
            y_true, y_pred = _as_prefixes(y_true), _as_prefixes(y_pred)
        try:
            found: dict[str, tuple[int, int, int]] = tag_counts(name, y_true, y_pred)
        except ValueError:
            if scheme is not None:
                _refuse((*y_true, *y_pred), scheme)
            raise
        self.labels = sorted(found)
        counts = numpy.array([found[label] for label in self.labels], dtype=numpy.int64).reshape(-1, 3)
        self.right, self.predicted, self.gold = counts.T

    def figures(
        self, average: str | None, warn_for: tuple[str, ...], beta: float, zero_division: Any
    ) -> tuple[Any, Any, Any, Any]:
        """Returns precision, recall, F and support, by label or averaged."""
        if beta < 0:
            raise ValueError("beta should be >=0 in the F-beta score")
        if average not in _AVERAGES:
            raise ValueError(f"average has to be one of {_AVERAGES}")
        right, predicted, gold = self.right, self.predicted, self.gold
        if average == "micro":
            right, predicted, gold = (numpy.array([counts.sum()]) for counts in (right, predicted, gold))
        precision = _ratio(right, predicted, "precision", "predicted", warn_for, zero_division)
        recall = _ratio(right, gold, "recall", "true", warn_for, zero_division)
        if zero_division == "warn" and warn_for == ("f-score",) and (predicted[gold == 0] == 0).any():
            _warn_of_undefined("F-score is", "true nor predicted", len(gold))
        if numpy.isposinf(beta):
            f = recall
        else:
            whole = beta**2 * precision + recall
            whole[whole == 0.0] = 1
            f = (1 + beta**2) * precision * recall / whole
        if average is None:
            return precision, recall, f, gold
        weights = None
        if average == "weighted":
            if gold.sum() == 0:
                value = 0.0 if zero_division in ("warn", 0) else 1.0
                if_nothing = value if predicted.sum() == 0 else 0.0
                return if_nothing, value, if_nothing, sum(gold)
            weights = gold
        return (*(numpy.average(values, weights=weights) for values in (precision, recall, f)), sum(gold))


def _ratio(right: Any, of: Any, metric: str, modifier: str, warn_for: tuple[str, ...], zero_division: Any) -> Any:
    is_undefined = of == 0
    values = right / numpy.where(is_undefined, 1, of)
    if not is_undefined.any():
        return values
    values[is_undefined] = 0.0 if zero_division in ("warn", 0) else 1.0
    if zero_division == "warn" and metric in warn_for:
        what = f"{metric.title()} and F-score are" if "f-score" in warn_for else f"{metric.title()} is"
        _warn_of_undefined(what, modifier, len(values))
    return values


def _warn_of_undefined(what: str, modifier: str, count: int) -> None:
    where = "due to" if count == 1 else "in labels with"
    warnings.warn(
        f"{what} ill-defined and being set to 0.0 {where} no {modifier} samples. "
        "Use `zero_division` parameter to control this behavior.",
        UndefinedMetricWarning,
        stacklevel=4,
    )


def _check(y_true: Tags, y_pred: Tags) -> None:
    lengths = [len(tags) for tags in y_true], [len(tags) for tags in y_pred]
    if {type(tags) for tags in (*y_true, *y_pred)} != {list}:
        raise TypeError("Found input variables without list of list.")
    if lengths[0] != lengths[1]:
        raise ValueError(f"Found input variables with inconsistent numbers of samples:\n{lengths[0]}\n{lengths[1]}")


def _refuse(sequences: Sequence[Sequence[str]], scheme: type[Token]) -> None:
    """Raises what the package raises for the first tag that is none of the scheme's."""
    prefixes = _ALLOWED[scheme.__name__.upper()]
    for tag in (tag for tags in sequences for tag in tags):
        if not tag:
            raise IndexError("string index out of range")
        if tag[0] not in "IOBESUL":
            raise KeyError(tag[0])
        if tag[0] not in prefixes:
            raise ValueError(f"Invalid token is found: {tag}. Allowed prefixes are: {'|'.join(prefixes)}.")


def _warn_of_other_tags(sequences: Sequence[Sequence[str]], suffix: bool) -> None:
    for tag in {tag for tags in sequences for tag in tags}:
        if tag == "O" or tag in _PREFIXES:
            continue
        is_known = (
            tag.endswith(tuple(f"-{one}" for one in _PREFIXES))
            if suffix
            else tag.startswith(tuple(f"{one}-" for one in _PREFIXES))
        )
        if not is_known:
            warnings.warn(f"{tag} seems not to be NE tag.", stacklevel=5)


def _as_prefixes(sequences: Tags) -> list[list[str]]:
    """Returns tags such as ``PER-B`` with what they begin with at the front."""

    def turned(tag: str) -> str:
        return tag[-1] if len(tag) == 1 else f"{tag[-1]}-{tag[:-1].rsplit('-', maxsplit=1)[0]}"

    return [[turned(tag) for tag in tags] for tags in sequences]


def precision_recall_fscore_support(
    y_true: Tags, y_pred: Tags, *, average: str | None = None, warn_for: tuple[str, ...] = ("precision", "recall", "f-score"),
    beta: float = 1.0, sample_weight: Any = None, zero_division: Any = "warn", suffix: bool = False,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """Returns precision, recall, F and support, by label or averaged. As in the package,
    ``sample_weight`` has no effect."""
    return _Counts(y_true, y_pred, None, None, suffix).figures(average, warn_for, beta, zero_division)


def f1_score(
    y_true: Tags, y_pred: Tags, *, average: str | None = "micro", suffix: bool = False, mode: str | None = None,
    sample_weight: Any = None, zero_division: Any = "warn", scheme: type[Token] | None = None,
) -> Any:  # fmt: skip
    """Returns F1, 0 to 1; with ``mode="strict"`` and a ``scheme`` of well-formed entities only."""
    return _Counts(y_true, y_pred, mode, scheme, suffix).figures(average, ("f-score",), 1, zero_division)[2]


def precision_score(
    y_true: Tags, y_pred: Tags, *, average: str | None = "micro", suffix: bool = False, mode: str | None = None,
    sample_weight: Any = None, zero_division: Any = "warn", scheme: type[Token] | None = None,
) -> Any:  # fmt: skip
    """Returns the precision, 0 to 1."""
    return _Counts(y_true, y_pred, mode, scheme, suffix).figures(average, ("precision",), 1, zero_division)[0]


def recall_score(
    y_true: Tags, y_pred: Tags, *, average: str | None = "micro", suffix: bool = False, mode: str | None = None,
    sample_weight: Any = None, zero_division: Any = "warn", scheme: type[Token] | None = None,
) -> Any:  # fmt: skip
    """Returns the recall, 0 to 1."""
    return _Counts(y_true, y_pred, mode, scheme, suffix).figures(average, ("recall",), 1, zero_division)[1]


def _flat(y_true: Any, y_pred: Any) -> tuple[list[str], list[str]]:
    if any(isinstance(tags, list) for tags in y_true):
        return [tag for tags in y_true for tag in tags], [tag for tags in y_pred for tag in tags]
    return list(y_true), list(y_pred)


def accuracy_score(y_true: Any, y_pred: Any) -> float:
    """Returns the share of tokens with the right tag."""
    gold, predicted = _flat(y_true, y_pred)
    return sum(map(operator.eq, gold, predicted)) / len(gold)


def performance_measure(y_true: Any, y_pred: Any) -> dict[str, int]:
    """Returns the numbers of tokens by outcome: ``TP``, ``FP``, ``FN``, ``TN``."""
    pairs = list(zip(*_flat(y_true, y_pred)))
    return {
        "TP": sum(gold == predicted != "O" for gold, predicted in pairs),
        "FP": sum(gold != predicted != "O" for gold, predicted in pairs),
        "FN": sum(gold != "O" == predicted for gold, predicted in pairs),
        "TN": sum(gold == predicted == "O" for gold, predicted in pairs),
    }


def classification_report(
    y_true: Tags, y_pred: Tags, digits: int = 2, suffix: bool = False, output_dict: bool = False, mode: str | None = None,
    sample_weight: Any = None, zero_division: Any = "warn", scheme: type[Token] | None = None,
) -> Any:  # fmt: skip
    """Returns the figures by label and averaged, as a text or a dict."""
    if mode == "strict" and (scheme is None or not _is_scheme(scheme)):
        _check(y_true, y_pred)
        scheme = auto_detect(y_true, suffix)
    counts = _Counts(y_true, y_pred, mode, scheme, suffix)
    # As in the package, there is no text of a report without any entity: ValueError.
    width = 0 if output_dict else max(max(map(len, counts.labels)), len("weighted avg"), digits)
    warn_for = ("precision", "recall", "f-score")
    by_label = counts.figures(None, warn_for, 1.0, zero_division)
    rows: list[tuple[Any, ...] | None] = [*zip(counts.labels, *by_label), None]
    for average in ("micro", "macro", "weighted"):
        rows.append((f"{average} avg", *counts.figures(average, warn_for, 1.0, zero_division)))
    rows.append(None)
    reporter = DictReporter() if output_dict else StringReporter(width=width, digits=digits)
    for row in rows:
        if row is None:
            reporter.write_blank()
        else:
            reporter.write(*row)
    return reporter.report()


def _is_scheme(scheme: type[Any]) -> bool:
    return isinstance(scheme, type) and scheme.__name__.upper() in ("IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU")


__all__ = [
    "accuracy_score",
    "classification_report",
    "f1_score",
    "performance_measure",
    "precision_recall_fscore_support",
    "precision_score",
    "recall_score",
]
