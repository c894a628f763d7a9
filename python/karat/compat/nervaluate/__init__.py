"""Named entities as nervaluate 1.2.1 scores them, with the same classes and figures."""

from .entities import Entity, EvaluationIndices, EvaluationResult
from .evaluator import Evaluator
from .utils import collect_named_entities, conll_to_spans, list_to_spans, split_list

__all__ = [
    "Entity",
    "EvaluationIndices",
    "EvaluationResult",
    "Evaluator",
    "collect_named_entities",
    "conll_to_spans",
    "list_to_spans",
    "split_list",
]
