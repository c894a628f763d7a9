"""Extractors that are Python functions.

>>> import re, karat
>>> @karat.extractor(layers=["entities"])
... def capitals(text):
...     return [(word.start(), word.end(), "NAME") for word in re.finditer(r"[A-Z]\\w+", text)]
>>> karat.run((documents, golden), extractors=[capitals])
>>> # and for `karat run`: command = ["python3", "-m", "karat", "serve", "my_module:capitals"]
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import json
import operator
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ._data import line

Function = TypeVar("Function", bound=Callable[..., Any])


def extractor(
    layers: Sequence[str], *, name: str | None = None, version: str | None = None, fingerprint: str | None = None
) -> Callable[[Function], Function]:
    """Declares a function as an extractor of these layers.

    The function takes the text of a document and, if it has a second parameter, its metadata. It
    returns a dict of layers as in ``karat.document/1``; with a single layer, also what that layer
    contains: a list of spans ``(start, end, label)`` or dicts for ``entities``, a text for
    ``summaries``, a list of texts for ``keyphrases``. Offsets count code points. ``fingerprint`` names
    what the output depends on besides the code, such as the version of a model.
    """
    if isinstance(layers, str) or not layers:
        raise TypeError('layers is a list of names, such as ["entities"]')

    def declare(function: Function) -> Function:
        function.__karat__ = {  # type: ignore[attr-defined]
            "layers": list(layers),
            "name": name or function.__name__,
            "version": version or "0",
            "fingerprint": fingerprint or "",
        }
        return function

    return declare


def declared(function: Callable[..., Any]) -> dict[str, Any]:
    """Returns what :func:`extractor` has declared of a function."""
    found = getattr(function, "__karat__", None)
    if found is None:
        name = getattr(function, "__name__", repr(function))
        raise TypeError(f"{name} is no extractor: decorate it with @karat.extractor(layers=[...])")
    return found


def layers_of(function: Callable[..., Any], text: str, meta: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Calls an extractor and returns what it returned as a dict of layers."""
    layers = declared(function)["layers"]
    name = declared(function)["name"]
    found = function(text, dict(meta or {})) if _takes_meta(function) else function(text)
    if isinstance(found, Mapping):
        if any(layer in found for layer in layers):
            return dict(found)
        if layers != ["records"]:
            raise TypeError(f"{name} returned a dict without any of the layers {', '.join(layers)}")
    if len(layers) != 1:
        raise TypeError(f"{name} returned {type(found).__name__}, but an extractor of several layers returns a dict of them")
    [layer] = layers
    if layer == "records":
        return {layer: found}
    if isinstance(found, str):
        if layer != "summaries":
            raise TypeError(f"{name} returned a text, but {layer} are a list")
        return {layer: [found]}
    items = [] if found is None else list(found)
    return {layer: [_entity(one) for one in items] if layer == "entities" else items}


def _entity(span: Any) -> dict[str, Any]:
    if isinstance(span, Mapping):
        return dict(span)
    start, end, label = span
    return {"start": operator.index(start), "end": operator.index(end), "label": label}


def _takes_meta(function: Callable[..., Any]) -> bool:
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return sum(parameter.kind in places for parameter in parameters) > 1


def of_function(function: Callable[..., Any]) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    """Returns a function of the id of a document and the document that returns its annotations, in
    which an exception stands as its error."""
    declared(function)
    return functools.partial(_answer, function)


def _answer(function: Callable[..., Any], id: str, document: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"id": id, **layers_of(function, document["text"], document["meta"])}
    except Exception as problem:  # one bad document must not end the others
        return {"id": id, "status": "failed", "error": f"{type(problem).__name__}: {problem}"}


def serve(function: Callable[..., Any]) -> None:
    """Answers karat's requests on standard input (``karat.extractor/1``) until it is closed."""
    # Only protocol lines may reach standard output; what else is printed goes to standard error.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    for request in sys.stdin.buffer:
        replies.write(reply(function, request) + "\n")
        replies.flush()


def reply(function: Callable[..., Any], request_line: bytes) -> str:
    """Returns the reply to a line of the protocol."""
    try:
        request = json.loads(request_line)
    except (ValueError, RecursionError) as problem:
        return _failure(None, None, f"this is not a line of JSON: {problem}")
    if not isinstance(request, dict):
        return _failure(None, None, "a request is a JSON object")
    seq, id = request.get("seq"), request.get("id")
    if request.get("type") == "hello":
        return json.dumps({"type": "hello", "protocol": "karat.extractor/1", **_hello(function)})
    if request.get("type") != "extract":
        return _failure(seq, id, f"unknown type of request: {request.get('type')!r}")
    if not isinstance(request.get("text"), str):
        return _failure(seq, id, "an extract request needs a text")
    try:
        found = layers_of(function, request["text"], request.get("meta"))
        return line({"type": "result", "seq": seq, "id": id, **found}, "the result", 0)
    except Exception as problem:  # one bad document must not end the others
        return _failure(seq, id, f"{type(problem).__name__}: {problem}")


def _failure(seq: Any, id: Any, message: str) -> str:
    return json.dumps({"type": "error", "seq": seq, "id": id, "message": message})


def _hello(function: Callable[..., Any]) -> dict[str, Any]:
    found = dict(declared(function))
    # A changed module is another extractor, so that its answers are not taken from the cache.
    source = inspect.getsourcefile(inspect.unwrap(function))
    if source and os.path.exists(source):
        with open(source, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()[:16]
        found["fingerprint"] = f"{found['fingerprint']} source {digest}".strip()
    return found


def load(name: str) -> Callable[..., Any]:
    """Imports ``module:function``; the current folder is searched, too."""
    module, _, attribute = name.partition(":")
    if not attribute:
        raise ValueError(f"{name!r} does not name a function: write module:function")
    if "" not in sys.path:
        sys.path.insert(0, "")
    found = importlib.import_module(module)
    for part in attribute.split("."):
        found = getattr(found, part)
    return found  # type: ignore[return-value]


def serve_command(words: Sequence[str]) -> int:
    """``python -m karat serve MODULE:FUNCTION``."""
    if len(words) != 1 or words[0] in ("-h", "--help"):
        print("usage: python -m karat serve MODULE:FUNCTION", file=sys.stderr)
        return 0 if words and words[0] in ("-h", "--help") else 2
    try:
        function = load(words[0])
        declared(function)
    except Exception as problem:
        print(f"error: {type(problem).__name__}: {problem}", file=sys.stderr)
        return 2
    serve(function)
    return 0
