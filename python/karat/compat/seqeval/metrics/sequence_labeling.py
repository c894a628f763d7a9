"""``seqeval.metrics.sequence_labeling``: the functions of :mod:`karat.compat.seqeval.metrics`, and the
entities of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import (
    _warn_of_other_tags,
    accuracy_score,
    classification_report,
    f1_score,
    performance_measure,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)


def get_entities(seq: Sequence[Any], suffix: bool = False) -> list[tuple[str, int, int]]:
    """Returns the entities of a sequence of tags as label, first and last index. Of a list of
    sequences, the indices count all tags, and one between two sequences."""
    sequences = [list(tags) for tags in seq] if any(isinstance(tags, list) for tags in seq) else [list(seq)]
    tags = [tag for one in sequences for tag in [*one, "O"]]
    _warn_of_other_tags([tags], suffix)
    entities = []
    before, label_before, start = "O", "", 0
    for at, tag in enumerate(tags if len(sequences) == 1 else [*tags, "O"]):
        prefix = tag[-1] if suffix else tag[0]
        label = (tag[:-1].rsplit("-", maxsplit=1)[0] if suffix else tag[1:].split("-", maxsplit=1)[-1]) or "_"
        is_other = label_before != label
        ends = before in "ES" or (before in "BI" and prefix in "BSO") or (before not in "O." and is_other)
        begins = prefix in "BS" or (before in "ESO" and prefix in "EI") or (prefix not in "O." and is_other)
        if ends:
            entities.append((label_before, start, at - 1))
        if begins:
            start = at
        before, label_before = prefix, label
    return entities


__all__ = [
    "accuracy_score",
    "classification_report",
    "f1_score",
    "get_entities",
    "performance_measure",
    "precision_recall_fscore_support",
    "precision_score",
    "recall_score",
]
