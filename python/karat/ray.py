"""Scoring and extraction on Ray Data.

>>> import karat.ray, ray
>>> gold, pred = ray.data.read_json("gold/"), ray.data.read_json("pred/")
>>> scores = karat.ray.score(gold, pred, layers=["entities"])

Documents are joined by their ids, counted where they lie, and only the counts are brought together:
the figures are those of one process, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._counts import count_lines, in_part, lines_of, summarize
from ._extraction import Extractor, answering, answers
from .errors import KaratError
from .results import Scores

#: How many documents are counted at a time.
AT_ONCE = 4096


def score(gold: Any, pred: Any, *, bootstrap: int | None = None, seed: int | None = None, **how: Any) -> Scores:
    """Scores a dataset of predictions against one of golden documents, with the options of
    :func:`counts`."""
    return summarize(_on_driver(counts(gold, pred, **how)), bootstrap=bootstrap, seed=seed)


def counts(gold: Any, pred: Any, *, on: str = "id", partitions: int | None = None, batch_size: int = AT_ONCE, **how: Any) -> Any:
    """Returns the counts of predictions as a dataset, see :func:`karat.counts`.

    Both datasets have a row for each document, with the columns of ``karat.document/1``; ``on`` names
    that of the ids. ``partitions`` is the number of partitions of the join, 8 by default. ``how`` are
    the options of :func:`karat.counts`.
    """

    def of(data: Any, side: str) -> Any:
        return data.map_batches(_lines, fn_args=(on, side), batch_format="pyarrow", batch_size=batch_size)

    joined = of(gold, "gold").join(of(pred, "pred"), join_type="full_outer", num_partitions=partitions or 8, on=("id",))
    return joined.map_batches(_count, fn_args=(how,), batch_format="pyarrow", batch_size=batch_size)


def extract(
    documents: Any,
    extractor: Extractor,
    *,
    concurrency: int = 1,
    batch_size: int = 64,
    **options: Any,
) -> Any:
    """Runs an extractor on a dataset with the columns ``id`` and ``text``, and returns a dataset of
    predictions: ``id``, ``status``, ``error``, and ``pred`` with the layers as JSON.

    ``extractor`` is a function, see :func:`karat.extractor`, or the table of an extractor of karat.toml,
    such as ``{"kind": "process", "command": ["python3", "/path/of/extractor.py"], "timeout": 60}``,
    which ``karat run`` then runs in each batch. Up to ``concurrency`` actors each call it for ``batch_size``
    documents at a time. A document on which it fails has the status ``failed``. Ray repeats the batches
    of a worker that is lost, so that no document is. ``options`` are those of ``Dataset.map_batches``,
    such as ``num_gpus``.
    """
    import ray

    answering(extractor)
    # One actor leaves room for what gives it documents, where there are no more CPUs than actors.
    pool = ray.data.ActorPoolStrategy(min_size=1, max_size=concurrency)
    return documents.map_batches(
        _Actor, fn_constructor_args=(extractor,), batch_format="pyarrow", batch_size=batch_size, compute=pool, **options
    )


class _Actor:
    def __init__(self, extractor: Extractor) -> None:
        self._answer = answering(extractor)

    def __call__(self, batch: Any) -> Any:
        return answers(self._answer, batch.to_pylist())


def _lines(batch: Any, on: str, side: str) -> Any:
    import pyarrow

    found = list(lines_of(batch, on, f"<{side}>"))
    names = pyarrow.array([id for id, _ in found], pyarrow.string())
    return pyarrow.table({"id": names, side: pyarrow.array([line for _, line in found], pyarrow.string())})


def _count(batch: Any, how: Mapping[str, Any]) -> Any:
    import pyarrow

    gold, pred = ([line for line in batch.column(side).to_pylist() if line is not None] for side in ("gold", "pred"))
    try:
        return pyarrow.Table.from_batches([count_lines(gold, pred, how)])
    except KaratError as problem:
        raise in_part(problem, "a block", sorted(batch.column("id").to_pylist())) from None


def _on_driver(counted: Any) -> Any:
    """Brings the counts of a dataset to this process."""
    import pyarrow

    batches = [batch for batch in counted.iter_batches(batch_format="pyarrow", batch_size=None) if batch.num_rows]
    if not batches:
        raise KaratError("there are no documents")
    return pyarrow.concat_tables(batches)


__all__ = ["counts", "extract", "score"]
