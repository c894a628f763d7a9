"""The functions of karat."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from ._command import OPTIONS, WITH_VERDICT, call, call_json
from ._data import TEXTS, Files, is_path, is_tags, kept, references_of_texts, rows, same_length
from ._options import to_toml
from .errors import KaratError, of_input
from .results import Agreement, Comparison, Findings, Power, Report, Scores, Shown, Verdict

GOLD, PREDICTED = "<gold>", "<predicted>"

#: Data of one side: a path, a list, a dict by ids, or a table.
Data = Any


def _words(**options: Any) -> list[str]:
    """Returns options of the command line; ``None`` and ``False`` are left out, lists are repeated."""
    words: list[str] = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            words.append(option)
        elif isinstance(value, Mapping):
            for key, source in value.items():
                words += [f"{option}={key}={one}" for one in ([source] if isinstance(source, str) else source)]
        elif isinstance(value, Iterable) and not isinstance(value, str):
            words += [f"{option}={one}" for one in value]
        else:
            words.append(f"{option}={value}")
    return words


def _options_file(files: Files, options: Mapping[str, Any] | str | os.PathLike[str] | None) -> str | None:
    if options is None or not isinstance(options, Mapping):
        return None if options is None else os.fspath(options)
    return files.text(to_toml(options), "options.toml", OPTIONS)


def _sides(files: Files, gold: Data, others: Sequence[tuple[Data, str]], asked: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Returns the paths of the golden side and of the others."""
    if is_tags(gold) and all(is_tags(data) for data, _ in others):
        for data, side in others:
            same_length(gold, data, (GOLD, side))
        return files.tags(gold, GOLD), [files.tags(data, side) for data, side in others]
    for data, side in others:
        same_length(gold, data, (GOLD, side))
    in_memory = [(data, side) for data, side in others if not is_path(data)]
    if in_memory:
        data, side = in_memory[0]
        gold = references_of_texts(gold, data, (GOLD, side))
    by_id = asked.get("join") in (None, "id")

    def path(data: Data, side: str, own: str) -> str:
        return files.path(data, side, {**(asked.get("map") or {}), **(asked.get(own) or {})}, by_id)

    return path(gold, GOLD, "gold_map"), [path(data, side, "pred_map") for data, side in others]


def _score_words(files: Files, gold: Data, pred: Data, asked: Mapping[str, Any]) -> list[str]:
    asked = dict(asked)
    options = _options_file(files, asked.pop("options"))
    texts = asked.pop("texts")
    gold_path, (pred_path,) = _sides(files, gold, [(pred, PREDICTED)], asked)
    documents = None if texts is None else files.path(texts, TEXTS)
    return ["score", "--gold", gold_path, "--pred", pred_path, *_words(options=options, documents=documents, **asked)]


def _asked(**options: Any) -> dict[str, Any]:
    """Returns options of :func:`score` by their names on the command line."""
    named = {"layers": "layer", "metrics": "metric", "documents": "per_document", "threads": "jobs"}
    return {named.get(name, name): value for name, value in options.items()}


def score(
    gold: Data,
    pred: Data,
    *,
    preset: str | None = None,
    layers: Iterable[str] | None = None,
    metrics: Iterable[str] | None = None,
    options: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    map: Mapping[str, str | Sequence[str]] | None = None,
    gold_map: Mapping[str, str | Sequence[str]] | None = None,
    pred_map: Mapping[str, str | Sequence[str]] | None = None,
    join: str | None = None,
    missing: str | None = None,
    texts: Data = None,
    cluster: str | None = None,
    bootstrap: int | None = None,
    seed: int | None = None,
    zero_division: float | None = None,
    documents: bool = True,
    threads: int | None = None,
) -> Scores:
    """Scores predictions against golden annotations.

    ``gold`` and ``pred`` are each one of

    - a path of a file or folder in any format that ``karat score`` reads;
    - a list with an element for each document: a dict of ``karat.document/1`` (``id``, ``text``,
      ``entities``, ``summaries``, ...), a list of spans ``(start, end, label)`` whose offsets count
      code points and whose end is exclusive, a text (a summary), a list of texts on the golden side
      (several references), a spaCy document, or a list of tags of a sentence;
    - a dict of such elements by document id;
    - a table of pandas, Polars or Arrow, or a dataset of Hugging Face, a row for each document, whose
      columns are read by their names or as ``map`` says: ``{"summary": "highlights"}``.

    :param preset: reproduces another tool; ``karat score --preset help`` lists them.
    :param layers: the layers to score; by default all that both sides have.
    :param metrics: the figures to return; by default all.
    :param options: options of the metrics as in karat.toml: a dict of tables, or a path.
    :param map: where fields are read from; ``gold_map`` and ``pred_map`` are for one side.
    :param join: how documents are joined: ``"id"``, ``"line"`` or ``"text"``.
    :param missing: documents that only one side has: ``"error"`` (the default), ``"count"`` or
        ``"skip"``.
    :param texts: the documents, if the golden side has no texts.
    :param cluster: the unit of intervals, such as ``"meta:author"``; each document by default.
    :param bootstrap: the number of resamples for intervals; analytic ones by default.
    :param seed: the seed of the bootstrap, 0 by default.
    :param zero_division: the value of 0 / 0; such figures are undefined by default.
    :param documents: whether :attr:`Scores.documents` has the figures of single documents. Without
        them, files are read as a stream.
    :param threads: the number of threads; all cores by default. Figures do not depend on it.
    :raises KaratError: names every error of the input, with its row or line.
    """
    asked = _asked(
        preset=preset, layers=layers, metrics=metrics, options=options, map=map, gold_map=gold_map, pred_map=pred_map,
        join=join, missing=missing, texts=texts, cluster=cluster, bootstrap=bootstrap, seed=seed,
        zero_division=zero_division, documents=documents, threads=threads,
    )  # fmt: skip
    with Files() as files:
        return Scores(call_json(_score_words(files, gold, pred, asked), files))


def report(gold: Data, pred: Data, **options: Any) -> Report:
    """Returns a report of predictions, with the options of :func:`score`.

    >>> karat.report("gold.jsonl", "pred.jsonl").save("report.html")
    """
    gold, pred = kept(gold), kept(pred)
    bound = inspect.signature(score).bind(gold, pred, documents=False, **options)
    bound.apply_defaults()
    asked = _asked(**bound.kwargs)

    def render(format: str) -> str:
        with Files() as files:
            _, output = call([*_score_words(files, gold, pred, asked), "--format", format], files)
            return output.decode("utf-8")

    return Report(render)


def _pair(
    command: str, gold: Data, baseline: Data, candidate: Data, accepted: Sequence[int], options: Mapping[str, Any]
) -> dict[str, Any]:
    options = dict(options)
    with Files() as files:
        file = _options_file(files, options.pop("options", None))
        gold_path, (base, other) = _sides(files, gold, [(baseline, "<baseline>"), (candidate, "<candidate>")], options)
        words = [command, "--gold", gold_path, "--baseline", base, "--candidate", other, *_words(options=file, **options)]
        return call_json(words, files, accepted)


def compare(
    gold: Data,
    baseline: Data,
    candidate: Data,
    *,
    layers: Iterable[str] | None = None,
    metrics: Iterable[str] | None = None,
    options: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    map: Mapping[str, str | Sequence[str]] | None = None,
    join: str | None = None,
    missing: str | None = None,
    margin: float | None = None,
    test: str | None = None,
    cluster: str | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> Comparison:
    """Compares two systems on the same documents, with intervals of the differences and a test.

    The data has the forms that :func:`score` takes. ``test`` is ``"randomisation"`` (the default),
    ``"wilcoxon"`` or ``"sign"``; ``margin`` is the difference that counts as none.
    """
    options_ = dict(
        layer=layers, metric=metrics, options=options, map=map, join=join, missing=missing, margin=margin, test=test,
        cluster=cluster, seed=seed, jobs=threads,
    )  # fmt: skip
    return Comparison(_pair("compare", gold, baseline, candidate, (0,), options_))


def gate(
    gold: Data,
    baseline: Data,
    candidate: Data,
    *,
    metric: str,
    margin: float | None = None,
    min: float | None = None,
    max: float | None = None,
    options: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    map: Mapping[str, str | Sequence[str]] | None = None,
    join: str | None = None,
    missing: str | None = None,
    cluster: str | None = None,
    on_inconclusive: str | None = None,
    threads: int | None = None,
) -> Verdict:
    """Judges whether a candidate is no worse than a baseline by more than ``margin``, or keeps a
    floor (``min``) or ceiling (``max``). ``baseline`` may be ``None`` for these.

    ``on_inconclusive`` is ``"warn"`` (the default: it passes with a warning), ``"fail"`` or
    ``"neutral"``.
    """
    options_: dict[str, Any] = dict(
        metric=metric, margin=margin, min=min, max=max, options=options, map=map, join=join, missing=missing,
        cluster=cluster, on_inconclusive=on_inconclusive, jobs=threads,
    )  # fmt: skip
    if baseline is not None:
        return Verdict(_pair("gate", gold, baseline, candidate, WITH_VERDICT, options_))
    with Files() as files:
        file = _options_file(files, options_.pop("options"))
        gold_path, (other,) = _sides(files, gold, [(candidate, "<candidate>")], options_)
        words = ["gate", "--gold", gold_path, "--candidate", other, *_words(options=file, **options_)]
        return Verdict(call_json(words, files, WITH_VERDICT))


def power(gold: Data, baseline: Data, candidate: Data, *, metric: str, effect: float | None = None, **options: Any) -> Power:
    """Returns what a comparison on these documents can show: the smallest difference that it detects,
    and the number of documents that ``effect`` needs."""
    return Power(_pair("power", gold, baseline, candidate, (0,), dict(metric=metric, effect=effect, **options)))


def agree(*annotators: Data, layers: Iterable[str] | None = None, missing: str | None = None, texts: Data = None) -> Agreement:
    """Returns the agreement of two or more annotators on the same documents."""
    if len(annotators) < 2:
        raise TypeError("agree() takes two or more annotators")
    with Files() as files:
        paths = [files.path(data, f"<annotator {number}>") for number, data in enumerate(annotators, 1)]
        documents = None if texts is None else files.path(texts, TEXTS)
        words = ["agree", *paths, *_words(documents=documents, layer=layers, missing=missing)]
        return Agreement(call_json(words, files))


def check(golden: Data, documents: Data = None) -> Findings:
    """Checks golden annotations: offsets, labels, texts, duplicates, and what annotators often miss."""
    with Files() as files:
        path = files.path(golden, GOLD)
        texts = path if documents is None else files.path(documents, TEXTS)
        return Findings(call_json(["check", "--golden", path, "--documents", texts], files, (0, 2)))


def read(
    path: str | os.PathLike[str], format: str | None = None, *, map: Mapping[str, str] | None = None, predictions: bool = False
) -> list[dict[str, Any]]:
    """Reads a file or folder of any format as documents of ``karat.document/1``."""
    with Files() as files:
        return _read(files, os.fspath(path), {"from": format, "map": map, "predictions": predictions})


def _read(files: Files, path: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    out = files.folder("read.jsonl")
    call(["convert", path, "--to", "karat", "--out", out, *_words(**asked)], files)
    with open(out, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write(documents: Data, path: str | os.PathLike[str], format: str, *, force: bool = False) -> None:
    """Writes documents in a format; ``karat convert --to help`` lists them."""
    convert(documents, format, path, force=force)


def show(gold: Data, pred: Data, id: str, *, texts: Data = None) -> Shown:
    """Returns a document with its gold and predicted spans, which a notebook draws.

    The text comes from the golden side, or from ``texts``.
    """
    of_gold, of_pred = _document(gold, GOLD, id), _document(pred, PREDICTED, id)
    text = of_gold.get("text")
    if text is None and texts is not None:
        text = read_texts(texts).get(id, {}).get("text")
    if text is None:
        raise of_input(f"document {id!r} has no text", GOLD, help="pass the documents as `texts`")
    return Shown(id, text, of_gold.get("entities") or [], of_pred.get("entities") or [])


def _document(data: Data, side: str, id: str) -> dict[str, Any]:
    """Returns one document as ``karat.document/1``."""
    with Files() as files:
        for document in _read(files, files.path(data, side), {}):
            if document["id"] == id:
                return document
    raise of_input(f"there is no document {id!r}", side)


def convert(
    data: Data, to: str, out: str | os.PathLike[str] | None = None, *, map: Mapping[str, str] | None = None, force: bool = False
) -> str | None:
    """Converts data to another format. Returns the converted text, or writes it to ``out``.

    What the format cannot represent is said in warnings.
    """
    with Files() as files:
        words = ["convert", files.path(data, "<documents>", map), "--to", to, *_words(map=map, force=force)]
        path = os.fspath(out) if out is not None else files.folder("converted.jsonl" if to == "karat" else "converted")
        call([*words, "--out", path], files)
        if out is not None:
            return None
        if os.path.isdir(path):
            raise KaratError(f"{to} is a format of several files: pass the path of a folder as `out`")
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()


def run(
    datasets: Mapping[str, tuple[Data, Data]] | tuple[Data, Data],
    extractors: Sequence[Callable[..., Any]] | Mapping[str, Callable[..., Any]],
    *,
    threads: int | None = None,
    processes: int | None = None,
    **options: Any,
) -> dict[tuple[str, str], Scores]:
    """Runs extractors that are Python functions on documents, and scores what they return.

    ``datasets`` are pairs of documents and golden annotations, by name; the golden side may contain
    the texts and stand for both. An extractor takes a text, see :func:`karat.extractor`. Documents on
    which it raises count as failed, with everything missed. Returns the scores by the names of dataset
    and extractor; ``options`` are those of :func:`score`.

    Functions run in ``threads`` threads, or in ``processes`` processes of their own, into which they
    must be importable. The order of documents and results does not depend on either.
    """
    from .extractors import declared, of_function

    if threads and processes:
        raise TypeError("run() takes threads or processes, not both")
    named = datasets if isinstance(datasets, Mapping) else {"documents": datasets}
    functions: dict[str, Callable[..., Any]] = {}
    for name, function in extractors.items() if isinstance(extractors, Mapping) else ((None, one) for one in extractors):
        name = name or declared(function)["name"]
        if name in functions:
            raise ValueError(f"two extractors are named {name!r}: pass a dict of them by names of your own")
        functions[name] = function
    found: dict[tuple[str, str], Scores] = {}
    for dataset, (documents, golden) in named.items():
        documents, golden = kept(documents), kept(golden)
        texts = read_texts(documents)
        has_ids = all(document["has_id"] for document in texts.values())
        own = [{key: document[key] for key in ("id", "text", "meta") if has_ids or key != "id"} for document in texts.values()]
        for name, function in functions.items():
            answer = of_function(function)
            pool: Executor
            pool = ProcessPoolExecutor(processes) if processes else ThreadPoolExecutor(threads or 1)
            with pool:
                answers = list(pool.map(answer, texts, texts.values()))
            # Documents without ids are joined by their numbers, on all sides.
            predicted = answers if has_ids else [without_id(one) for one in answers]
            found[dataset, name] = score(golden, predicted, texts=own, **options)
    return found


def without_id(document: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a document without its id."""
    return {key: value for key, value in document.items() if key != "id"}


def read_texts(documents: Data) -> dict[str, dict[str, Any]]:
    """Returns documents with ``id``, ``text`` and ``meta`` by their ids, or else by their numbers."""
    if is_path(documents):
        documents = read_documents(os.fspath(documents))
    texts: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows(documents, TEXTS)):
        if not isinstance(row.get("text"), str):
            raise of_input("there is no text", TEXTS, number, "text")
        id = str(row.get("id", number))
        if id in texts:
            raise of_input(f"an earlier document has the id {id!r}, too", TEXTS, number, "id")
        texts[id] = {"id": id, "text": row["text"], "meta": row.get("meta") or {}, "has_id": "id" in row}
    return texts


def read_documents(path: str) -> list[dict[str, Any]]:
    """Reads a folder of ``.txt`` files or a file with texts."""
    if not os.path.isdir(path):
        return read(path)
    names = sorted(name for name in os.listdir(path) if name.endswith(".txt"))
    if not names:
        raise KaratError(f"{path} has no .txt files")
    documents = []
    for name in names:
        with open(os.path.join(path, name), encoding="utf-8", newline="") as file:
            documents.append({"id": name[: -len(".txt")], "text": file.read()})
    return documents
