"""Options of scoring as the file that ``--options`` reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any


def to_toml(options: Mapping[str, Any]) -> str:
    """Returns options as TOML: tables within tables are inline ones."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in options.items())


def _key(key: Any) -> str:
    return json.dumps(str(key), ensure_ascii=True)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return repr(int(value))
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    raise TypeError(f"an option is {type(value).__name__}: options are texts, numbers, booleans, lists and dicts")
