"""The tagging schemes of seqeval's strict mode."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from ..._karat import tag_entities, tag_relations


class Prefix(enum.Flag):
    """What a tag begins with."""

    I = enum.auto()  # noqa: E741
    O = enum.auto()  # noqa: E741
    B = enum.auto()
    E = enum.auto()
    S = enum.auto()
    U = enum.auto()
    L = enum.auto()
    ANY = I | O | B | E | S | U | L


class Token:
    """A tag of a scheme."""

    #: The prefixes of the scheme.
    allowed_prefix: Prefix | None = None

    def __init__(self, token: str, suffix: bool = False, delimiter: str = "-") -> None:
        self.token = token
        self.prefix = Prefix.__members__[token[-1] if suffix else token[0]]
        self.tag = (token[:-1] if suffix else token[1:]).strip(delimiter) or "_"

    def __repr__(self) -> str:
        return self.token

    def is_valid(self) -> bool:
        """Raises ValueError if the prefix is none of the scheme's."""
        allowed = self.allowed_prefix
        if allowed is None or self.prefix not in allowed:
            shown = str(allowed).replace("Prefix.", "")
            raise ValueError(f"Invalid token is found: {self.token}. Allowed prefixes are: {shown}.")
        return True

    def is_start(self, prev: Token) -> bool:
        """Whether an entity begins here."""
        return self._relations(prev)[0]

    def is_inside(self, prev: Token) -> bool:
        """Whether the entity of the tag before goes on."""
        return self._relations(prev)[1]

    def is_end(self, prev: Token) -> bool:
        """Whether the entity of the tag before has ended."""
        return self._relations(prev)[2]

    def _relations(self, prev: Token) -> list[bool]:
        return tag_relations(type(self).__name__, *(f"{one.prefix.name}-{one.tag}" for one in (prev, self)))


class IOB1(Token):
    """``B-`` only where two entities of a type touch."""

    allowed_prefix = Prefix.I | Prefix.O | Prefix.B


class IOB2(Token):
    """``B-`` at each beginning."""

    allowed_prefix = Prefix.I | Prefix.O | Prefix.B


class IOE1(Token):
    """``E-`` only where two entities of a type touch."""

    allowed_prefix = Prefix.I | Prefix.O | Prefix.E


class IOE2(Token):
    """``E-`` at each end."""

    allowed_prefix = Prefix.I | Prefix.O | Prefix.E


class IOBES(Token):
    """``B-``, ``I-``, ``E-``, and ``S-`` for single tokens."""

    allowed_prefix = Prefix.I | Prefix.O | Prefix.B | Prefix.E | Prefix.S


class BILOU(Token):
    """``B-``, ``I-``, ``L-``, and ``U-`` for single tokens."""

    allowed_prefix = Prefix.B | Prefix.I | Prefix.L | Prefix.O | Prefix.U


class Entity:
    """A labelled range of the tags of a sequence; its end is the tag after the last one."""

    def __init__(self, sent_id: int | None, start: int, end: int, tag: str) -> None:
        self.sent_id = sent_id
        self.start = start
        self.end = end
        self.tag = tag

    def to_tuple(self) -> tuple[int | None, str, int, int]:
        """Returns the parts."""
        return self.sent_id, self.tag, self.start, self.end

    def __repr__(self) -> str:
        return f"({self.sent_id}, {self.tag}, {self.start}, {self.end})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entity) and self.to_tuple() == other.to_tuple()

    def __hash__(self) -> int:
        return hash(self.to_tuple())


class Tokens:
    """The tags of a sequence, read by a scheme."""

    def __init__(
        self, tokens: list[str], scheme: type[Token], suffix: bool = False, delimiter: str = "-", sent_id: int | None = None
    ) -> None:
        self.outside_token = scheme("O", suffix=suffix, delimiter=delimiter)
        self.tokens = [scheme(token, suffix=suffix, delimiter=delimiter) for token in tokens]
        self.extended_tokens = [*self.tokens, self.outside_token]
        self.sent_id = sent_id

    @property
    def entities(self) -> list[Entity]:
        """The entities, in text order. Raises ValueError for a tag that is none of the scheme's."""
        for token in self.tokens:
            token.is_valid()
        if not self.tokens:
            return []
        tags = [f"{token.prefix.name}-{token.tag}" for token in self.tokens]
        found = tag_entities(type(self.tokens[0]).__name__, [tags])
        return [Entity(self.sent_id, start, end, label) for _, start, end, label in found]


class Entities:
    """The entities of sequences, read by a scheme."""

    def __init__(self, sequences: Iterable[list[str]], scheme: type[Token], suffix: bool = False, delimiter: str = "-") -> None:
        self.entities = [
            Tokens(tags, scheme, suffix, delimiter, sent_id=number).entities for number, tags in enumerate(sequences)
        ]

    def filter(self, tag_name: str) -> set[Entity]:
        """Returns the entities with a label."""
        return {entity for entities in self.entities for entity in entities if entity.tag == tag_name}

    @property
    def unique_tags(self) -> set[str]:
        """The labels."""
        return {entity.tag for entities in self.entities for entity in entities}


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
