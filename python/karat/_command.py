"""Calls commands of karat in this process, and turns what they print into objects and exceptions."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from types import FrameType
from typing import Any

from . import _karat
from ._data import Files
from .errors import Diagnostic, KaratError

#: Exit codes with which a gate has a verdict.
WITH_VERDICT = (0, 3, 100)
#: The name of options that are no file.
OPTIONS = "<options>"


def call(words: Sequence[str], files: Files, accepted: Sequence[int] = (0,), is_quiet: bool = False) -> tuple[int, bytes]:
    """Calls a command and returns its exit code and output.

    ``files`` has the names of data in memory. Notes become warnings unless ``is_quiet``, and exit codes other than
    ``accepted`` a :class:`KaratError`.
    """
    files.check_ids()
    code, output, notes, diagnostics = _karat.call(["karat", *map(str, words)])
    notes = files.named(notes)
    if code not in accepted:
        found = tuple(_diagnostic(diagnostic, files) for diagnostic in diagnostics)
        message = "\n".join(map(str, found)) or notes.strip() or f"karat ended with exit code {code}"
        raise KaratError(message, code, found, notes)
    for line in () if is_quiet else notes.splitlines():
        if line.startswith(("note: ", "warning: ", "not answered: ")):
            warnings.warn(line, stacklevel=_level())
    return code, output


def call_json(words: Sequence[str], files: Files, accepted: Sequence[int] = (0,)) -> dict[str, Any]:
    """Calls a command with ``--format json`` and returns the object that it prints."""
    _, output = call([*words, "--format", "json"], files, accepted)
    text = output.decode("utf-8")
    try:
        return _named(json.loads(text), files)
    except json.JSONDecodeError:
        # What `help` as a value prints.
        raise KaratError(text.strip()) from None


def _named(found: Any, files: Files) -> Any:
    """Returns JSON in which data in memory has its name in place of the path of its file; what has
    such a name and a line also has the number of the row."""
    if isinstance(found, str):
        return files.named(found)
    if isinstance(found, list):
        return [_named(one, files) for one in found]
    if not isinstance(found, dict):
        return found
    named = {key: _named(value, files) for key, value in found.items()}
    if found.get("file") in files.sides and found.get("line"):
        named["row"] = files.row(found["file"], found["line"])
    return named


def _diagnostic(found: dict[str, Any], files: Files) -> Diagnostic:
    message = files.named(found["message"])
    help = files.named(found["help"]) if found["help"] else None
    path = found["file"]
    side = files.sides.get(path or "")
    if side is None or side == OPTIONS:
        return Diagnostic(message, side or path, None, found["line"], found["column"], found["document"], help)
    return Diagnostic(message, side, files.row(path, found["line"]), None, None, found["document"], help)


def _level() -> int:
    """The number of frames up to the first one outside this package."""
    level = 1
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("karat"):
        frame = frame.f_back
        level += 1
    return level
