"""``RougeScorer``, as in ``rouge_score.rouge_scorer`` 0.1.2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..._karat import Rouge
from . import scoring
from .scoring import Score


class RougeScorer(scoring.BaseScorer):
    """Scores texts by ROUGE.

    ``rouge_types`` are ``rouge1`` to ``rouge9``, ``rougeL`` and ``rougeLsum``. ``split_summaries`` puts
    each sentence on a line of its own for ``rougeLsum``, by NLTK. ``tokenizer`` is an object with a
    method ``tokenize`` that replaces the tokenizer and the stemmer.
    """

    def __init__(
        self, rouge_types: Sequence[str], use_stemmer: bool = False, split_summaries: bool = False, tokenizer: Any = None
    ) -> None:
        self.rouge_types = rouge_types
        self._stems = bool(use_stemmer) and not tokenizer
        self._split_summaries = split_summaries
        self._tokenizer = tokenizer
        self._native: tuple[list[str], Rouge] | None = None

    def score(self, target: str, prediction: str) -> dict[str, Score]:
        """Scores a prediction against a target. Raises ValueError for an unknown type."""
        return self._score([target], prediction)

    def score_multi(self, targets: Sequence[str], prediction: str) -> dict[str, Score]:
        """Scores a prediction against several targets, of which the one with the best F1 counts for
        each type."""
        if len(targets) == 0:
            raise ValueError("attempt to get argmax of an empty sequence")
        return self._score(list(targets), prediction)

    def score_all(self, targets: Sequence[str], predictions: Sequence[str]) -> list[dict[str, Score]]:
        """Scores predictions against one target each, on all cores. The package has no such method."""
        if len(targets) != len(predictions):
            raise ValueError(f"there are {len(targets)} targets and {len(predictions)} predictions")
        if self._is_plain():
            kinds, native = self._scorer()
            found = native.score_all(targets, predictions)
            return [{kind: Score._make(score) for kind, score in zip(kinds, scores)} for scores in found]
        return [self.score(target, prediction) for target, prediction in zip(targets, predictions)]

    def _is_plain(self) -> bool:
        return not self._tokenizer and not (self._split_summaries and "rougeLsum" in self.rouge_types)

    def _scorer(self) -> tuple[list[str], Rouge]:
        """Returns the types and their scorer. Programs may change the types of the package's scorer."""
        if self._native is None or self._native[0] != self.rouge_types:
            kinds = self._kinds()
            self._native = kinds, Rouge(kinds, self._stems)
        return self._native

    def _kinds(self) -> list[str]:
        kinds = list(self.rouge_types)
        for kind in kinds:
            if kind in ("rougeL", "rougeLsum"):
                continue
            if not re.match(r"rouge[0-9]$", kind):
                raise ValueError(f"Invalid rouge type: {kind}")
            if kind == "rouge0":
                raise ValueError(f"rougen requires positive n: {kind}")
        return kinds

    def _score(self, targets: list[str], prediction: str) -> dict[str, Score]:
        if self._is_plain():
            kinds, native = self._scorer()
            return {kind: Score._make(score) for kind, score in zip(kinds, native.score(targets, prediction))}
        numbers: dict[Any, int] = {}
        result = {}
        for kind in self._kinds():
            texts = [self._prepared(text, kind, numbers) for text in [*targets, prediction]]
            [score] = Rouge([kind], self._stems).score(texts[:-1], texts[-1])
            result[kind] = Score._make(score)
        return result

    def _prepared(self, text: str, kind: str, numbers: dict[Any, int]) -> str:
        """Returns the text as karat's tokenizer reads it: with a line for each sentence, and a word
        for each token of another tokenizer."""
        lines = [text]
        if kind == "rougeLsum":
            lines = _sentences(text) if self._split_summaries else text.split("\n")
        if self._tokenizer:
            word = lambda token: f"w{numbers.setdefault(token, len(numbers))}"  # noqa: E731
            lines = [" ".join(map(word, self._tokenizer.tokenize(line))) for line in lines]
        return "\n".join(lines)


def _sentences(text: str) -> list[str]:
    import nltk

    return nltk.sent_tokenize(text)
