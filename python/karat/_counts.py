"""Counts as tables: a row for each document, layer, metric and label, from which figures, intervals,
comparisons and gates follow. Needs pyarrow."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ._api import Data, _asked, _options_file, _words
from ._command import WITH_VERDICT, call, call_json
from ._data import Files, _row, is_path, line, rows
from .errors import KaratError, of_input
from .results import Comparison, Scores, Verdict

BATCH = "<batch>"

#: The columns of a document that the golden side and the predicted side share.
_SHARED = ("id", "text", "meta")
#: The options on which counts depend.
_OPTIONS = ("preset", "layers", "metrics", "options", "cluster", "zero_division", "missing", "threads")


def counts(
    batch: Data,
    *,
    preset: str | None = None,
    layers: Iterable[str] | None = None,
    metrics: Iterable[str] | None = None,
    options: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    cluster: str | None = None,
    zero_division: float | None = None,
    missing: str = "count",
    threads: int | None = None,
) -> Any:
    """Counts a batch of documents, and returns the counts as a ``pyarrow.RecordBatch``.

    ``batch`` is a record batch or another table with the columns ``id``, ``gold`` and ``pred``, and
    optionally ``text`` and ``meta``. ``gold`` and ``pred`` have what :func:`karat.score` takes for a
    document: a dict of layers, a list of spans, or a text (a summary); ``pred`` is null without an
    answer. The result depends on nothing but the batch and the options, so that any engine may count
    parts in any order; a document must not be in two of them. docs/scale.md has the columns.

    :raises KaratError: names every error of the batch with its row.
    """
    how = dict(
        preset=preset, layers=layers, metrics=metrics, options=options, cluster=cluster, zero_division=zero_division,
        missing=missing, threads=threads,
    )  # fmt: skip
    gold: list[str] = []
    predicted: list[str] = []
    for number, row in enumerate(rows(batch, BATCH)):
        for column in ("id", "gold", "pred"):
            if column not in row:
                raise of_input("there is no such column", BATCH, number, column, help="an answer that is missing is None")
        if row["id"] is None:
            raise of_input("there is no id", BATCH, number, "id")
        shared = {key: row[key] for key in _SHARED if row.get(key) is not None} | {"id": str(row["id"])}
        if row["gold"] is not None:
            gold.append(line({**shared, **_layers(row["gold"], "gold", number)}, BATCH, number))
        if row["pred"] is not None:
            predicted.append(line({"id": shared["id"], **_layers(row["pred"], "pred", number)}, BATCH, number))
    return count_lines(gold, predicted, how)


def _layers(value: Any, column: str, number: int) -> dict[str, Any]:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return {key: inner for key, inner in _row(value, f"{BATCH}, column {column!r}", number).items() if inner is not None}


def count_lines(gold: Sequence[str], predicted: Sequence[str], how: Mapping[str, Any]) -> Any:
    """Counts documents of ``karat.document/1``, one JSON object a line. A side without documents is a
    part without them."""
    import pyarrow
    import pyarrow.parquet

    unknown = sorted(set(how) - set(_OPTIONS))
    if unknown:
        raise TypeError(f"counts depend on {', '.join(_OPTIONS)}, not on {unknown[0]!r}")
    how = {"missing": "count", **how}
    with Files() as files:
        out = files.folder("counts.parquet")
        paths = [files.text("".join(one + "\n" for one in lines), name, side) for lines, name, side in (
            (gold, "gold.jsonl", "<gold>"), (predicted, "predicted.jsonl", "<predicted>"),
        )]  # fmt: skip
        words = _words(**_asked(**{**how, "options": _options_file(files, how.get("options"))}))
        # What was assumed becomes a warning. What a part lacks is said of all parts together.
        call(["score", "--gold", paths[0], "--pred", paths[1], "--counts-out", out, "--counts-only", *words], files)
        table = pyarrow.parquet.read_table(out).combine_chunks()
        return table.to_batches()[0] if table.num_rows else pyarrow.RecordBatch.from_pylist([], schema=table.schema)


def _files_of(files: Files, counted: Any, side: str) -> list[str]:
    """Returns the paths of files of counts: paths, tables, or lists of these."""
    import pyarrow
    import pyarrow.parquet

    paths = []
    for number, one in enumerate(counted if isinstance(counted, (list, tuple)) else [counted]):
        if is_path(one):
            paths.append(os.fspath(one))
            continue
        if not hasattr(one, "__arrow_c_stream__") and not isinstance(one, pyarrow.RecordBatch):
            kind = type(one).__name__
            raise of_input(f"counts are tables or paths of files, but this is {kind}", side, number)
        table = pyarrow.Table.from_batches([one]) if isinstance(one, pyarrow.RecordBatch) else pyarrow.table(one)
        path = files.folder(f"{side.strip('<>')}-{number}.parquet")
        files.sides[path] = f"{side}[{number}]"
        pyarrow.parquet.write_table(table, path, compression="zstd")
        paths.append(path)
    if not paths:
        raise of_input("there are no counts", side)
    return paths


def summarize(
    counts: Any,
    *,
    metrics: Iterable[str] | None = None,
    bootstrap: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> Scores:
    """Returns the figures of counts: a table, the path of a file, or a list of these, which are the
    parts of one system. They are those of :func:`karat.score` on all documents at once.

    :raises KaratError: for parts that were counted differently, and documents that are in two parts.
    """
    with Files() as files:
        words = _words(metric=metrics, bootstrap=bootstrap, seed=seed, jobs=threads)
        return Scores(call_json(["summarize", *words, *_files_of(files, counts, "<counts>")], files))


def compare_counts(
    baseline: Any,
    candidate: Any,
    *,
    metrics: Iterable[str] | None = None,
    margin: float | None = None,
    test: str | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> Comparison:
    """Compares two systems by their counts, as :func:`karat.compare` does by their predictions."""
    with Files() as files:
        words = _words(metric=metrics, margin=margin, test=test, seed=seed, jobs=threads)
        return Comparison(call_json(["compare", *words, *_both(files, baseline, candidate)], files))


def gate_counts(
    baseline: Any,
    candidate: Any,
    *,
    metric: str,
    margin: float | None = None,
    min: float | None = None,
    max: float | None = None,
    on_inconclusive: str | None = None,
    threads: int | None = None,
) -> Verdict:
    """Judges a candidate by the counts of two systems, as :func:`karat.gate` does by their predictions.
    ``baseline`` may be ``None`` for a floor or a ceiling."""
    with Files() as files:
        words = _words(metric=metric, margin=margin, min=min, max=max, on_inconclusive=on_inconclusive, jobs=threads)
        return Verdict(call_json(["gate", *words, *_both(files, baseline, candidate)], files, WITH_VERDICT))


def _both(files: Files, baseline: Any, candidate: Any) -> list[str]:
    words = [] if baseline is None else ["--baseline-counts", *_files_of(files, baseline, "<baseline>")]
    return [*words, "--candidate-counts", *_files_of(files, candidate, "<candidate>")]


def lines_of(batch: Any, on: str, side: str) -> Iterator[tuple[str, str]]:
    """Returns the id and the line of each document of a record batch of an engine. Columns that are
    null are left out."""
    for number, row in enumerate(rows(batch, side)):
        if row.get(on) is None:
            raise of_input("there is no id", side, number, on)
        id = str(row.pop(on))
        yield id, line({"id": id, **{key: value for key, value in row.items() if value is not None}}, side, number)


def in_part(problem: KaratError, part: str, ids: Sequence[str]) -> KaratError:
    """Returns an error of a part of the documents with its name and its documents."""
    shown = json.dumps(ids[0], ensure_ascii=False) if ids else "none"
    if len(ids) > 1:
        shown += f" to {json.dumps(ids[-1], ensure_ascii=False)}"
    return KaratError(f"{part} (documents {shown}): {problem}", problem.code, problem.diagnostics, problem.notes)
