"""The four schemes, each for one document, as in ``nervaluate.strategies`` 1.2.1."""

from __future__ import annotations

from ..._karat import Documents, nervaluate_outcomes
from .entities import Entity, EvaluationIndices, EvaluationResult

#: The schemes in the order of their outcomes.
SCHEMES = ("strict", "partial", "ent_type", "exact")


class EvaluationStrategy:
    """A scheme. ``min_overlap_percentage`` is the least overlap, 1 to 100."""

    scheme = ""

    def __init__(self, min_overlap_percentage: float = 1.0) -> None:
        if not 1.0 <= min_overlap_percentage <= 100.0:
            raise ValueError("min_overlap_percentage must be between 1.0 and 100.0")
        self.min_overlap_percentage = min_overlap_percentage

    def evaluate(
        self, true_entities: list[Entity], pred_entities: list[Entity], tags: list[str], instance_index: int = 0
    ) -> tuple[EvaluationResult, EvaluationIndices]:
        """Returns the counts and the places of outcomes; ``instance_index`` is the number of the
        document in them. As in the package, entities of any label count."""
        gold, predicted = (
            Documents.of_dicts([[{"label": one.label, "start": one.start, "end": one.end} for one in entities]])
            for entities in (true_entities, pred_entities)
        )
        labels = {entity.label for entity in (*true_entities, *pred_entities)}
        [(_, outcomes), *_] = nervaluate_outcomes(gold, predicted, labels, float(self.min_overlap_percentage))
        outcome = outcomes[SCHEMES.index(self.scheme)]
        result = EvaluationResult(*outcome.counts())
        result.compute_metrics(self.scheme in ("partial", "ent_type"))
        places = ([(instance_index, at) for _, at in found] for found in outcome.places())
        return result, EvaluationIndices(*places)


class StrictEvaluation(EvaluationStrategy):
    """The label and both ends."""

    scheme = "strict"


class PartialEvaluation(EvaluationStrategy):
    """Any overlap, whatever the label."""

    scheme = "partial"


class EntityTypeEvaluation(EvaluationStrategy):
    """The label, with any overlap."""

    scheme = "ent_type"


class ExactEvaluation(EvaluationStrategy):
    """Both ends, whatever the label."""

    scheme = "exact"
