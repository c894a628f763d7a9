"""``tokenize``, as in ``rouge_score.tokenize`` 0.1.2."""

from __future__ import annotations

import re
from typing import Any

from ..._karat import rouge_tokens

_VALID = re.compile("[a-z0-9]+$")


def tokenize(text: str, stemmer: Any) -> list[str]:
    """Returns the tokens of a text. ``stemmer`` is an object with a method ``stem``, for words of more
    than three characters, or None."""
    tokens = rouge_tokens(text, False)
    if not stemmer:
        return tokens
    stems = [stemmer.stem(token) if len(token) > 3 else token for token in tokens]
    return [stem for stem in stems if _VALID.match(stem)]
