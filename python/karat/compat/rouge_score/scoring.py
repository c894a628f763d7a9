"""Scores and their aggregation by a bootstrap, as in ``rouge_score.scoring`` 0.1.2."""

from __future__ import annotations

import abc
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple


class Score(NamedTuple):
    """Precision, recall and F1, each 0 to 1."""

    precision: float
    recall: float
    fmeasure: float


class AggregateScore(NamedTuple):
    """A mean with its confidence interval."""

    low: Score
    mid: Score
    high: Score


class BaseScorer(abc.ABC):
    """What scorers have in common."""

    @abc.abstractmethod
    def score(self, target: str, prediction: str) -> dict[str, Score]:
        """Scores a prediction against a target."""


class BootstrapAggregator:
    """Means over texts, with percentile intervals from resamples by the global generator of numpy."""

    def __init__(self, confidence_interval: float = 0.95, n_samples: int = 1000) -> None:
        if not 0 <= confidence_interval <= 1:
            raise ValueError("confidence_interval must be in range [0, 1]")
        if n_samples <= 0:
            raise ValueError("n_samples must be positive")
        self._n_samples = n_samples
        self._confidence_interval = confidence_interval
        self._scores: dict[str, list[tuple[float, ...]]] = defaultdict(list)

    def add_scores(self, scores: Mapping[str, tuple[float, ...]]) -> None:
        """Adds the scores of a text."""
        for kind, score in scores.items():
            self._scores[kind].append(score)

    def aggregate(self) -> dict[str, AggregateScore]:
        """Returns the interval and the median of the resampled means, by kind of score."""
        return {kind: self._aggregated(scores) for kind, scores in self._scores.items()}

    def _aggregated(self, scores: list[tuple[float, ...]]) -> AggregateScore:
        import numpy

        values = numpy.vstack(scores)
        count = len(values)
        means = numpy.empty((self._n_samples, values.shape[1]))
        for sample in range(self._n_samples):
            # The same draws as those of the package, so that equal seeds give equal intervals.
            drawn = numpy.random.choice(numpy.arange(count), size=count)
            means[sample] = values[drawn].mean(axis=0)
        tail = (1 - self._confidence_interval) / 2
        bounds = numpy.percentile(means, 100 * numpy.array([tail, 0.5, 1 - tail]), axis=0)
        kind: type[Any] = type(scores[0])
        low, mid, high = (kind(*row) for row in bounds)
        return AggregateScore(low, mid, high)


def fmeasure(precision: float, recall: float) -> float:
    """Returns the harmonic mean; 0 if both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
