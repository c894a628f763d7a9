"""The tagging schemes of seqeval's strict mode."""

from __future__ import annotations

from collections.abc import Iterable


class Token:
    """A scheme of tags."""


class IOB1(Token):
    """``B-`` only where two entities of a type touch."""


class IOB2(Token):
    """``B-`` at each beginning."""


class IOE1(Token):
    """``E-`` only where two entities of a type touch."""


class IOE2(Token):
    """``E-`` at each end."""


class IOBES(Token):
    """``B-``, ``I-``, ``E-``, and ``S-`` for single tokens."""


class BILOU(Token):
    """``B-``, ``I-``, ``L-``, and ``U-`` for single tokens."""


#: The sets of prefixes from which a scheme is recognised.
_DETECTED = (
    (IOB2, ("BIO", "BI", "BO", "B")),
    (IOE2, ("EIO", "EI", "EO", "E")),
    (IOBES, ("BEIOS", "BEIS", "BEIO", "BEOS", "BEI", "BES", "BEO", "BE", "S")),
    (BILOU, ("BILOU", "BILU", "BILO", "BLOU", "BIL", "BLU", "BLO", "BL", "U")),
)


def auto_detect(sequences: Iterable[Iterable[str]], suffix: bool = False, delimiter: str = "-") -> type[Token]:
    """Returns the scheme of tags by their prefixes. Raises ValueError if no scheme has just these."""
    prefixes = {tag[-1] if suffix else tag[0] for tags in sequences for tag in tags}
    for prefix in sorted(prefixes - set("BIOESLU")):
        raise ValueError(f"This scheme is not supported: {prefix}")
    found = "".join(sorted(prefixes))
    for scheme, sets in _DETECTED:
        if found in sets:
            return scheme
    raise ValueError(f"This scheme is not supported: {prefixes}")
