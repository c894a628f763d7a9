"""Scoring and extraction on Spark.

>>> import karat.spark
>>> scores = karat.spark.score(spark.read.json("gold/"), spark.read.json("pred/"), layers=["entities"])

Data frames are joined by the ids of documents and counted where they lie by ``mapInArrow``; only the
counts are brought together: the figures are those of one process, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ._counts import count_lines, in_part, summarize
from ._extraction import COLUMNS, Extractor, answering, answers
from .errors import KaratError
from .results import Scores

#: The columns of counts as Spark declares them.
SCHEMA = (
    "header string, document string, status string, answered boolean, answer string, golden string, cluster string, "
    "layer string, has_layer boolean, gold long, metric string, cutoff int, label string, kind string, correct long, "
    "incorrect long, partial long, missed long, spurious long, sums array<double>"
)


def score(gold: Any, pred: Any, *, bootstrap: int | None = None, seed: int | None = None, **how: Any) -> Scores:
    """Scores a data frame of predictions against one of golden documents, with the options of
    :func:`counts`. The counts are brought to the driver."""
    return summarize(counts(gold, pred, **how).toArrow(), bootstrap=bootstrap, seed=seed)


def counts(gold: Any, pred: Any, *, on: str = "id", **how: Any) -> Any:
    """Returns the counts of predictions as a data frame, see :func:`karat.counts`.

    Both data frames have a row for each document, with the columns of ``karat.document/1``; ``on``
    names that of the ids. ``how`` are the options of :func:`karat.counts`.
    """
    from pyspark.sql import functions

    def of(frame: Any, side: str) -> Any:
        id = functions.col(on).cast("string")
        others = [functions.col(name) for name in frame.columns if name != on]
        return frame.select(id.alias("id"), functions.to_json(functions.struct(id.alias("id"), *others)).alias(side))

    joined = of(gold, "gold").join(of(pred, "pred"), "id", "full_outer")
    return joined.mapInArrow(_counting(how), SCHEMA)


def totals(counts: Any) -> Any:
    """Adds up the counts of items in Spark itself: a data frame with a row for each layer, metric and
    label, for corpora whose counts are too many for one machine. Figures with intervals need the
    counts of documents."""
    from pyspark.sql import functions

    sums = [functions.sum(name).alias(name) for name in ("correct", "incorrect", "partial", "missed", "spurious")]
    documents = functions.count("document").alias("documents")
    return counts.where("layer is not null").groupBy("layer", "metric", "cutoff", "label", "kind").agg(*sums, documents)


def extract(documents: Any, extractor: Extractor, *, batch_size: int = 64) -> Any:
    """Runs an extractor, as :func:`karat.ray.extract` does, on a data frame with the columns ``id`` and
    ``text``, and returns a data frame of predictions: ``id``, ``status``, ``error``, and ``pred`` with the
    layers as JSON. Spark repeats the partitions of a worker that is lost.
    """
    answering(extractor)
    columns = [name for name in ("id", "text", "meta") if name in documents.columns]
    schema = ", ".join(f"{name} string" for name in COLUMNS)
    return documents.select(*columns).mapInArrow(_extracting(extractor, batch_size), schema)


def _counting(how: Mapping[str, Any]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def count(batches: Iterator[Any]) -> Iterator[Any]:
        from pyspark import TaskContext

        context = TaskContext.get()
        part = f"partition {context.partitionId()}" if context else "a partition"
        for batch in batches:
            gold, pred = ([line for line in batch.column(side).to_pylist() if line is not None] for side in ("gold", "pred"))
            try:
                yield count_lines(gold, pred, how)
            except KaratError as problem:
                raise in_part(problem, part, sorted(batch.column("id").to_pylist())) from None

    return count


def _extracting(extractor: Extractor, batch_size: int) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def extract(batches: Iterator[Any]) -> Iterator[Any]:
        answer = answering(extractor)
        for batch in batches:
            for first in range(0, batch.num_rows, batch_size):
                yield from answers(answer, batch.slice(first, batch_size).to_pylist()).to_batches()

    return extract


__all__ = ["SCHEMA", "counts", "extract", "score", "totals"]
