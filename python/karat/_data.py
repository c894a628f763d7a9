"""Data in memory as files that karat reads: what a program holds is written to a file of JSON lines,
a row a line, so that it is read and checked like every file. Tables are written batch by batch."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import of_input

#: The keys of a document that are layers of annotations.
LAYERS = (
    "entities",
    "relations",
    "events",
    "coreference",
    "key_points",
    "key_sentences",
    "summaries",
    "keyphrases",
    "records",
)


class Files:
    """A folder with the files of one call, which is removed at its end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="karat-")
        #: The names of data in memory by the paths of their files.
        self.sides: dict[str, str] = {}

    def __enter__(self) -> Files:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.cleanup()

    def path(self, data: Any, side: str) -> str:
        """Returns the path of data: its own if it is one, else that of a file with its rows."""
        if isinstance(data, (str, os.PathLike)):
            return os.fspath(data)
        name = side.strip("<>").replace(" ", "-")
        path = Path(self._folder.name) / f"{name}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            count = 0
            for row in rows(data, side):
                file.write(line(row, side, count))
                file.write("\n")
                count += 1
        if count == 0:
            raise of_input("there are no documents", side)
        self.sides[str(path)] = side
        return str(path)

    def text(self, content: str, name: str) -> str:
        """Returns the path of a file with this content."""
        path = Path(self._folder.name) / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    def folder(self, name: str) -> str:
        """Returns the path of a folder that does not exist yet."""
        return str(Path(self._folder.name) / name)


def rows(data: Any, side: str) -> Iterator[Mapping[str, Any]]:
    """Returns the documents of data in memory, one mapping each."""
    table = _table(data)
    if table is not None:
        yield from table
    elif isinstance(data, Mapping):
        for number, (key, value) in enumerate(data.items()):
            if not isinstance(key, str):
                raise of_input(f"ids are texts, but this one is {_kind(key)}", side, number)
            row = _row(value, side, number)
            if row.setdefault("id", key) != key:
                raise of_input(f"the key is {key!r}, but the document has the id {row['id']!r}", side, number, "id")
            yield row
    elif isinstance(data, Iterable) and not isinstance(data, (bytes, bytearray)):
        has_ids: bool | None = None
        for number, value in enumerate(data):
            row = _row(value, side, number)
            if has_ids is None:
                has_ids = "id" in row or not any(layer in row for layer in LAYERS)
            if not has_ids:
                row.setdefault("id", str(number))
            yield row
    else:
        raise of_input(
            f"karat reads paths, lists, dicts and tables, but this is {_kind(data)}",
            side,
            help="a list has an element for each document; a dict has them by their ids",
        )


def _row(value: Any, side: str, number: int) -> dict[str, Any]:
    """One document: a mapping, a text (a summary), labelled spans, or the tags of a sentence."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):
        return {"summaries": [value]}
    if hasattr(value, "ents") and hasattr(value, "text"):
        return _of_spacy(value)
    if isinstance(value, (list, tuple)):
        return {"entities": [_span(item, side, number, at) for at, item in enumerate(value)]}
    raise of_input(
        f"a document is {_kind(value)}",
        side,
        number,
        help="a document is a dict, a text (its summary), or a list of spans (start, end, label)",
    )


def _span(item: Any, side: str, number: int, at: int) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return dict(item)
    if isinstance(item, (list, tuple)) and len(item) == 3:
        start, end, label = item
        return {"start": start, "end": end, "label": label}
    raise of_input(
        f"span {at} is {_kind(item)}", side, number, "entities", help="a span is (start, end, label), or a dict of these"
    )


def _of_spacy(document: Any) -> dict[str, Any]:
    entities = [{"start": entity.start_char, "end": entity.end_char, "label": entity.label_} for entity in document.ents]
    return {"text": document.text, "entities": entities}


def _table(data: Any) -> Iterator[Mapping[str, Any]] | None:
    """The rows of a table; ``None`` if the data is none. Only libraries that are loaded are asked."""
    kind = type(data)
    module = (kind.__module__ or "").split(".")[0]
    if module == "pandas" and kind.__name__ == "DataFrame":
        columns = [str(column) for column in data.columns]
        return (dict(zip(columns, values)) for values in data.itertuples(index=False, name=None))
    if module == "polars":
        frame = data.collect() if kind.__name__ == "LazyFrame" else data
        if hasattr(frame, "iter_rows"):
            return frame.iter_rows(named=True)
    if module == "datasets" and hasattr(data, "to_list"):
        return iter(data)
    if module == "pyarrow" and hasattr(data, "to_batches"):
        return _of_batches(data.to_batches(max_chunksize=4096))
    if hasattr(data, "__arrow_c_stream__"):
        import pyarrow

        return _of_batches(pyarrow.RecordBatchReader.from_stream(data))
    if hasattr(data, "__arrow_c_array__") and module == "pyarrow":
        return iter(data.to_pylist())
    return None


def _of_batches(batches: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for batch in batches:
        # Parts of a batch, so that never more than these rows exist as Python objects.
        for first in range(0, batch.num_rows, 4096):
            yield from batch.slice(first, 4096).to_pylist()


def line(row: Mapping[str, Any], side: str, number: int) -> str:
    """Returns a row as JSON."""
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        pass
    plain = {str(key): _plain(value, side, number, str(key)) for key, value in row.items()}
    try:
        return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise of_input(str(error), side, number) from error


def _plain(value: Any, side: str, number: int, column: str) -> Any:
    """Returns a value as JSON has it: numbers of numpy, arrays, tuples and dates are converted."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            raise of_input(
                f"the value is {value}", side, number, column, help="fill or drop rows without a value; None is allowed"
            )
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, side, number, column) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist(), side, number, column)
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [_plain(item, side, number, column) for item in items]
    if hasattr(value, "isoformat"):
        try:
            return value.isoformat()
        except ValueError as error:
            raise of_input(f"the value is {value!r}", side, number, column) from error
    if type(value).__name__ == "NAType":
        return None
    if hasattr(value, "as_integer_ratio"):
        return _plain(float(value), side, number, column)
    raise of_input(f"the value is {_kind(value)}, which JSON does not have", side, number, column)


def _kind(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def is_tags(data: Any) -> bool:
    """Whether data is a list of lists of tags, as seqeval takes them."""
    if not isinstance(data, Sequence) or isinstance(data, str) or not data:
        return False
    return all(isinstance(one, (list, tuple)) and all(isinstance(tag, str) for tag in one) for one in data[:20])


def token_file(data: Sequence[Sequence[str]], side: str) -> str:
    """Returns tags as a token file, a sentence each."""
    sentences = []
    for number, tags in enumerate(data):
        if not tags:
            raise of_input("a sentence has no tags", side, number)
        for tag in tags:
            if not isinstance(tag, str) or not tag or tag.split() != [tag]:
                raise of_input(f"{tag!r} is no tag", side, number, help="a tag is a text without white space")
        sentences.append("".join(f"t{at} {tag}\n" for at, tag in enumerate(tags)))
    return "\n".join(sentences)


def references_of_texts(gold: Any, predicted: Any) -> Any:
    """Lists of texts against texts are references: gold[i] may be one text or several."""
    if not isinstance(gold, Sequence) or isinstance(gold, str) or not isinstance(predicted, Sequence) or not predicted:
        return gold
    if not all(isinstance(one, str) for one in predicted):
        return gold
    return [
        {"id": str(number), "summaries": list(one)} if isinstance(one, (list, tuple)) else one for number, one in enumerate(gold)
    ]


def same_length(gold: Any, predicted: Any, sides: tuple[str, str]) -> None:
    """Refuses lists of different length whose elements are joined by their indices."""
    are_lists = all(isinstance(data, (list, tuple)) for data in (gold, predicted))
    if are_lists and len(gold) != len(predicted) and not any(_has_id(data) for data in (gold, predicted)):
        raise of_input(
            f"the list has length {len(predicted)}, but {sides[0]} has length {len(gold)}",
            sides[1],
            help="element i of both lists is document i; give documents ids, or use dicts, if some are missing",
        )


def _has_id(data: Sequence[Any]) -> bool:
    return bool(data) and isinstance(data[0], Mapping) and "id" in data[0]
