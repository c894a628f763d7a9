"""Tokenizers, as in ``rouge_score.tokenizers`` 0.1.2."""

from __future__ import annotations

import abc

from ..._karat import rouge_tokens


class Tokenizer(abc.ABC):
    """What tokenizers have in common."""

    @abc.abstractmethod
    def tokenize(self, text: str) -> list[str]:
        """Returns the tokens of a text."""


class DefaultTokenizer(Tokenizer):
    """Runs of a to z and 0 to 9 in the lower-cased text, with Porter's stems if ``use_stemmer``."""

    def __init__(self, use_stemmer: bool = False) -> None:
        self._stems = bool(use_stemmer)

    def tokenize(self, text: str) -> list[str]:
        return rouge_tokens(text, self._stems)
