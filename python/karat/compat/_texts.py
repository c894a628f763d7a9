"""Texts of models, which may be broken."""

from __future__ import annotations

#: Where lone surrogates stand: in the supplementary private use area, which tokenizers treat alike.
_FIRST, _LAST, _PLACE = 0xD800, 0xDFFF, 0xF0000
_PLACES = {code: _PLACE + code - _FIRST for code in range(_FIRST, _LAST + 1)}


def clean(text: str) -> str:
    """Returns a text in which each lone surrogate, which UTF-8 does not have, is another character."""
    try:
        text.encode("utf-8")
        return text
    except UnicodeEncodeError:
        return text.translate(_PLACES)
