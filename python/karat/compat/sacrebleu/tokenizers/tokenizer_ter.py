"""``TercomTokenizer``, as in ``sacrebleu.tokenizers.tokenizer_ter`` 2.6.0."""

from __future__ import annotations

from ...._karat import ter_tokens


class TercomTokenizer:
    """The words that TER compares."""

    def __init__(
        self, normalized: bool = False, no_punct: bool = False, asian_support: bool = False, case_sensitive: bool = False
    ) -> None:
        self._options = normalized, no_punct, asian_support, case_sensitive

    def __call__(self, sent: str) -> str:
        """Returns the words of a text with a space between them."""
        return " ".join(ter_tokens(sent, *self._options))

    def signature(self) -> str:
        """Returns the name."""
        return "tercom"
