"""Strict mode, as in ``seqeval.metrics.v1`` 1.2.2: by a scheme, and by the one that fits if none is named."""

from __future__ import annotations

from typing import Any

from ..scheme import Entities, Token, auto_detect
from . import Tags, _check, _Counts
from . import classification_report as _classification_report


def check_consistent_length(y_true: Tags, y_pred: Tags) -> None:
    """Raises TypeError for what is no list of lists, ValueError for sequences of different lengths."""
    _check(y_true, y_pred)


def unique_labels(y_true: Tags, y_pred: Tags, scheme: type[Token], suffix: bool = False) -> list[str]:
    """Returns the labels of entities, sorted."""
    sides = (Entities(side, scheme, suffix) for side in (y_true, y_pred))  # type: ignore[arg-type]
    return sorted(set().union(*(side.unique_tags for side in sides)))


def precision_recall_fscore_support(
    y_true: Tags, y_pred: Tags, *, average: str | None = None, warn_for: tuple[str, ...] = ("precision", "recall", "f-score"),
    beta: float = 1.0, sample_weight: Any = None, zero_division: Any = "warn", scheme: type[Token] | None = None,
    suffix: bool = False,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """Returns precision, recall, F and support of well-formed entities, by label or averaged. As in the
    package, ``sample_weight`` has no effect."""
    if scheme is None:
        scheme = auto_detect(y_true, suffix)
    return _Counts(y_true, y_pred, "strict", scheme, suffix).figures(average, warn_for, beta, zero_division)


def classification_report(
    y_true: Tags, y_pred: Tags, *, sample_weight: Any = None, digits: int = 2, output_dict: bool = False,
    zero_division: Any = "warn", suffix: bool = False, scheme: type[Token] | None = None,
) -> Any:  # fmt: skip
    """Returns the figures of well-formed entities by label and averaged, as a text or a dict."""
    return _classification_report(
        y_true, y_pred, digits, suffix, output_dict, "strict", sample_weight, zero_division, scheme
    )  # fmt: skip
