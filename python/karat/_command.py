"""Calls commands of karat in this process, and turns what they print into objects and exceptions."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

from . import _karat
from .errors import Diagnostic, KaratError

#: Exit codes with which a command has a result: passed, and findings or a failed gate.
WITH_RESULT = (0, 1, 3, 100)


def call(words: Sequence[str], sides: Mapping[str, str] | None = None, accepted: Sequence[int] = (0,)) -> tuple[int, bytes]:
    """Calls a command and returns its exit code and output.

    ``sides`` has the names of data in memory by the paths of their files. Notes become warnings, and
    exit codes other than ``accepted`` a :class:`KaratError`.
    """
    sides = sides or {}
    code, output, notes, diagnostics = _karat.call(["karat", *map(str, words)])
    for path, side in sides.items():
        notes = notes.replace(path, side)
    if code not in accepted:
        found = tuple(_diagnostic(diagnostic, sides) for diagnostic in diagnostics)
        message = "\n".join(map(str, found)) or notes.strip() or f"karat ended with exit code {code}"
        raise KaratError(message, code, found, notes)
    for line in notes.splitlines():
        if line.startswith(("note: ", "warning: ")):
            warnings.warn(line, stacklevel=_level())
    return code, output


def call_json(words: Sequence[str], sides: Mapping[str, str] | None = None, accepted: Sequence[int] = (0,)) -> dict[str, Any]:
    """Calls a command with ``--format json`` and returns the object that it prints."""
    _, output = call([*words, "--format", "json"], sides, accepted)
    return json.loads(output)


def _diagnostic(found: dict[str, Any], sides: Mapping[str, str]) -> Diagnostic:
    message = _without_paths(found["message"], sides)
    help = _without_paths(found["help"], sides) if found["help"] else None
    side = sides.get(found["file"] or "")
    if side is None:
        return Diagnostic(message, found["file"], None, found["line"], found["column"], found["document"], help)
    row = found["line"] - 1 if found["line"] else None
    return Diagnostic(message, side, row, None, None, found["document"], help)


def _without_paths(text: str, sides: Mapping[str, str]) -> str:
    for path, side in sides.items():
        text = text.replace(path, side)
    return text


def _level() -> int:
    """The number of frames up to the first one outside this package."""
    level = 1
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("karat"):
        frame = frame.f_back
        level += 1
    return level
