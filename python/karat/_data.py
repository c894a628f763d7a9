"""Data in memory as files that karat reads: what a program holds is written to a file of JSON lines,
a row a line, so that it is read and checked like every file. Tables are written batch by batch."""

from __future__ import annotations

import bisect
import json
import math
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import of_input

#: The side of documents without annotations.
TEXTS = "<texts>"


class Files:
    """A folder with the files of one call, which is removed at its end."""

    def __init__(self) -> None:
        # After Ctrl-C, what karat still does may have a file open, which Windows does not remove.
        self._folder = tempfile.TemporaryDirectory(prefix="karat-", ignore_cleanup_errors=True)
        #: The names of data in memory by the paths of their files.
        self.sides: dict[str, str] = {}
        #: The first lines of the elements of a file, unless each has a line.
        self._starts: dict[str, list[int]] = {}
        #: Whether the documents of a side in memory have ids of their own.
        self._has_ids: dict[str, bool] = {}

    def __enter__(self) -> Files:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.cleanup()

    def path(self, data: Any, side: str, mapped: Mapping[str, Any] | None = None, by_id: bool = True) -> str:
        """Returns the path of data: its own if it is one, else that of a file with its rows.

        ``mapped`` are the columns from which fields are read, by field. Unless documents are joined
        ``by_id``, those without ids are left without.
        """
        if is_path(data):
            return os.fspath(data)
        path = self._file(f"{_name(side)}.jsonl", side)
        self._has_ids[side] = True
        count = 0
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            found = rows(data, side, _columns(mapped or {}))
            for row, is_numbered in with_ids(found, not by_id or "id" in (mapped or {}), side):
                if is_numbered:
                    self._has_ids[side] = False
                try:
                    file.write(line(row, side, count) + "\n")
                except UnicodeEncodeError as error:
                    raise of_input(f"a text has the lone surrogate {error.object[error.start]!r}", side, count) from error
                count += 1
        if count == 0:
            raise of_input("there are no documents", side)
        return path

    def tags(self, data: Sequence[Sequence[str]], side: str) -> str:
        """Returns the path of a token file of tags."""
        path = self._file(f"{_name(side)}.conll", side)
        starts: list[int] = []
        lines: list[str] = []
        for number, sentence in enumerate(data):
            starts.append(len(lines) + 1)
            lines += [f"t{at} {_tag(tag, side, number)}" for at, tag in enumerate(sentence)]
            if not sentence:
                raise of_input("a sentence has no tags", side, number)
            lines.append("")
        self._starts[path] = starts
        return self._write(path, "\n".join(lines))

    def text(self, content: str, name: str, side: str) -> str:
        """Returns the path of a file with this content."""
        return self._write(self._file(name, side), content)

    def _write(self, path: str, content: str) -> str:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        return path

    def _file(self, name: str, side: str) -> str:
        path = str(Path(self._folder.name) / name)
        self.sides[path] = side
        return path

    def folder(self, name: str) -> str:
        """Returns the path of a file or folder that does not exist yet."""
        return str(Path(self._folder.name) / name)

    def row(self, path: str, line: int | None) -> int | None:
        """Returns the number of the element in a line of a file."""
        if line is None:
            return None
        starts = self._starts.get(path)
        return line - 1 if starts is None else bisect.bisect_right(starts, line) - 1

    def named(self, text: str) -> str:
        """Returns a text in which data in memory has its name in place of the path of its file."""
        for path, side in self.sides.items():

            def shown(found: re.Match[str], path: str = path, side: str = side) -> str:
                row = self.row(path, int(found[1])) if found[1] else None
                return side if row is None or not path.endswith((".jsonl", ".conll")) else f"{side}[{row}]"

            if path in text:
                text = re.sub(re.escape(path) + r"(?::(\d+)(?::\d+)?)?", shown, text)
        return text

    def check_ids(self) -> None:
        """Refuses documents without ids beside documents with ids."""
        have = [side for side, has_ids in self._has_ids.items() if has_ids]
        lack = [side for side, has_ids in self._has_ids.items() if not has_ids]
        if have and lack:
            raise of_input(
                f"the documents have no ids, but those of {have[0]} have",
                lack[0],
                help="give all sides ids, or none: element i of each is then document i",
            )


def _name(side: str) -> str:
    return side.strip("<>").replace(" ", "-")


def kept(data: Any) -> Any:
    """Returns data that can be read more than once: an iterator as a list."""
    return list(data) if isinstance(data, Iterator) else data


def _columns(mapped: Mapping[str, Any]) -> set[str]:
    """Returns the names of the columns that a map names, as itself or at the start of a pointer."""
    sources = [one for source in mapped.values() for one in ([source] if isinstance(source, str) else source)]
    return {source.split("/")[1] if source.startswith("/") else source for source in sources}


def rows(data: Any, side: str, columns: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Returns the documents of data in memory, one mapping each. ``columns`` are those of a table
    that a map names."""
    data = _column(data, side)
    table = _table(data, side, columns)
    if table is not None:
        for number, row in enumerate(table):
            yield _with_spans(dict(row), side, number)
    elif isinstance(data, Mapping):
        for number, (key, value) in enumerate(data.items()):
            if not isinstance(key, str):
                raise of_input(f"ids are texts, but this one is {_kind(key)}", side, number)
            row = _row(value, side, number)
            if row.setdefault("id", key) != key:
                raise of_input(f"the key is {key!r}, but the document has the id {row['id']!r}", side, number, "id")
            yield row
    elif isinstance(data, Iterable) and not isinstance(data, (bytes, bytearray)):
        for number, value in enumerate(data):
            yield _row(value, side, number)
    else:
        raise of_input(
            f"karat reads paths, lists, dicts and tables, but this is {_kind(data)}",
            side,
            help="a list has an element for each document; a dict has them by their ids",
        )


def with_ids(found: Iterator[dict[str, Any]], is_mapped: bool, side: str) -> Iterator[tuple[dict[str, Any], bool]]:
    """Gives documents without ids their numbers. Returns each with whether it was given one."""
    first: bool | None = None
    for number, row in enumerate(found):
        has_id = is_mapped or any(_is_id(key) for key in row)
        if first is None:
            first = has_id
        if has_id != first:
            one, other = ("an id", "none") if has_id else ("no id", "one")
            raise of_input(f"the document has {one}, but the first one has {other}", side, number, "id")
        yield (row, False) if has_id else ({"id": str(number), **row}, True)


def _is_id(key: str) -> bool:
    """Whether a column may have ids: ``id``, ``doc_id``, ``guid``. Of others with such an end, such as
    ``paid``, karat asks whether they are ids, which is better than a wrong join."""
    return key.lower().endswith("id")


def _row(value: Any, side: str, number: int) -> dict[str, Any]:
    """One document: a mapping, a text (a summary), or labelled spans."""
    if isinstance(value, Mapping):
        return _with_spans(dict(value), side, number)
    if isinstance(value, str):
        return {"text": value} if side == TEXTS else {"summaries": [value]}
    if hasattr(value, "ents") and hasattr(value, "text"):
        return _of_spacy(value)
    if isinstance(value, (list, tuple)):
        return {"entities": _spans(value, side, number)}
    raise of_input(
        f"a document is {_kind(value)}",
        side,
        number,
        help="a document is a dict, a text (its summary), or a list of spans (start, end, label)",
    )


def _with_spans(row: dict[str, Any], side: str, number: int) -> dict[str, Any]:
    """Converts the entities of a document that are tuples."""
    entities = row.get("entities")
    if isinstance(entities, (list, tuple)) and not all(isinstance(one, Mapping) for one in entities):
        row["entities"] = _spans(entities, side, number)
    return row


def _spans(items: Sequence[Any], side: str, number: int) -> list[dict[str, Any]]:
    return [_span(item, side, number, at) for at, item in enumerate(items)]


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


def _module(data: Any) -> str:
    return (type(data).__module__ or "").split(".")[0]


def _column(data: Any, side: str) -> Any:
    """Returns a column of pandas, Polars, Arrow or numpy as a list, or as a dict by its own index."""
    kind, module = type(data).__name__, _module(data)
    if module == "pandas" and kind == "Series":
        values = data.tolist()
        if type(data.index).__name__ == "RangeIndex":
            return values
        by_index: dict[str, Any] = {}
        for number, (key, value) in enumerate(zip(map(str, data.index), values)):
            if key in by_index:
                raise of_input(
                    f"the index has {key!r} twice", side, number, help="an index is the ids; reset_index() numbers rows"
                )
            by_index[key] = value
        return by_index
    if module == "polars" and kind == "Series":
        return data.to_list()
    if module == "pyarrow" and (kind == "ChunkedArray" or kind.endswith("Array")):
        return data.to_pylist()
    if module == "numpy" and kind == "ndarray":
        return data.tolist()
    return data


def _table(data: Any, side: str, columns: Collection[str]) -> Iterator[Mapping[str, Any]] | None:
    """The rows of a table; ``None`` if the data is none. Only libraries that are loaded are asked."""
    kind, module = type(data).__name__, _module(data)
    if module == "pandas" and kind == "DataFrame":
        return _of_pandas(data, side, columns)
    if module == "polars":
        frame = data.collect() if kind == "LazyFrame" else data
        if hasattr(frame, "iter_rows"):
            return frame.iter_rows(named=True)
    if module == "datasets" and hasattr(data, "to_list"):
        return iter(data)
    if module == "pyarrow" and hasattr(data, "to_batches"):
        return _of_batches(data.to_batches(max_chunksize=4096))
    if hasattr(data, "__arrow_c_stream__"):
        import pyarrow

        return _of_batches(pyarrow.RecordBatchReader.from_stream(data))
    if module == "pyarrow" and kind == "RecordBatch":
        return _of_batches([data])
    return None


def _of_pandas(frame: Any, side: str, columns: Collection[str]) -> Iterator[Mapping[str, Any]]:
    names = [str(column) for column in frame.columns]
    for name in names:
        if names.count(name) > 1:
            raise of_input(f"two columns have the name {name!r}", side)
    # A column of numbers that no field is read from may have gaps, which pandas writes as NaN.
    kinds = zip(names, frame.dtypes)
    unread = {name for name, kind in kinds if getattr(kind, "kind", "") == "f" and name not in columns and not _is_id(name)}
    for values in frame.itertuples(index=False, name=None):
        yield {name: None if name in unread and value != value else value for name, value in zip(names, values)}


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
    kind = type(value).__name__
    if kind == "NAType":
        return None
    if kind in ("NaTType", "datetime64") and value != value:
        raise of_input("the value is NaT", side, number, column, help="fill or drop rows without a value; None is allowed")
    if kind == "datetime64":
        return str(value)
    if hasattr(value, "tolist"):
        return _plain(value.tolist(), side, number, column)
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [_plain(item, side, number, column) for item in items]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "as_integer_ratio"):
        return _plain(float(value), side, number, column)
    raise of_input(f"the value is {_kind(value)}, which JSON does not have", side, number, column)


def _kind(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def is_path(data: Any) -> bool:
    """Whether data is the path of a file or folder."""
    return isinstance(data, (str, os.PathLike))


def is_tags(data: Any) -> bool:
    """Whether data is a list of lists of tags, as seqeval takes them. Lists without any element are
    documents without spans."""
    if not isinstance(data, (list, tuple)) or not any(isinstance(one, (list, tuple)) and one for one in data):
        return False
    return all(isinstance(one, (list, tuple)) and all(isinstance(tag, str) for tag in one) for one in data)


def _tag(tag: Any, side: str, number: int) -> str:
    if not isinstance(tag, str) or not tag or tag.split() != [tag]:
        raise of_input(f"{tag!r} is no tag", side, number, help="a tag is a text without white space")
    return tag


def references_of_texts(gold: Any, predicted: Any, sides: tuple[str, str]) -> Any:
    """Lists of texts against texts are references: gold[i] may be one text or several."""
    gold, predicted = _column(gold, sides[0]), _column(predicted, sides[1])
    if not isinstance(gold, (list, tuple)) or not isinstance(predicted, (list, tuple)) or not predicted:
        return gold
    if not all(isinstance(one, str) for one in predicted):
        return gold

    def reference(one: Any) -> Any:
        if isinstance(one, (list, tuple)) and all(isinstance(text, str) for text in one):
            return {"summaries": list(one)}
        return one

    return [reference(one) for one in gold]


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
    return bool(data) and isinstance(data[0], Mapping) and any(map(_is_id, data[0]))
