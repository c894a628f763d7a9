"""What nervaluate's evaluation consists of, as in ``nervaluate.entities`` 1.2.1."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..._karat import Outcomes


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

    @classmethod
    def _of(cls, outcomes: Outcomes) -> EvaluationIndices:
        """Returns places that become lists when they are asked for: most programs read the counts only."""
        indices = cls.__new__(cls)
        object.__setattr__(indices, "_outcomes", outcomes)
        return indices

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).__dataclass_fields__}

    def __getattr__(self, name: str) -> Any:
        outcomes = self.__dict__.pop("_outcomes", None)
        if outcomes is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        self.__init__(*outcomes.places())  # type: ignore[misc]
        return getattr(self, name)
