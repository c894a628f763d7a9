#!/usr/bin/env python3
"""Measures counting and extraction by engine, for the figures of docs/scale.md.

    python tests/scale/throughput.py [--documents 200000] [--engines one,ray,spark] [--many 10000000]

A document has a text of 120 characters, three golden and three predicted spans. Prints documents per second, the largest
resident memory of a process that counts, the bytes of a document in the join and of its counts, and with --many the seconds
and the memory of counting and summing up so many documents in two processes.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time

import pyarrow
import pyarrow.parquet

import karat

# The workers of Spark are to be those of this environment.
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

LABELS = ["PER", "ORG", "LOC"]


def rows(first, count):
    for at in range(first, first + count):
        gold = [{"start": 30 * one, "end": 30 * one + 5, "label": LABELS[(at + one) % 3]} for one in range(3)]
        pred = [dict(span, label=LABELS[(at * 5 + one) % 3]) for one, span in enumerate(gold)]
        yield {"id": f"d{at:09}", "text": "lorem ipsum " * 10, "gold": {"entities": gold}, "pred": {"entities": pred}}


def side(name, first, count):
    return pyarrow.Table.from_pylist([{"id": row["id"], **row[name]} for row in rows(first, count)])


@karat.extractor(layers=["entities"])
def cheap(text):
    return [(at, at + 5, "WORD") for at in range(0, len(text) - 5, 12)]


def part(task):
    """Counts a part in this process, and returns its seconds and its memory in bytes."""
    first, count, path = task
    began = time.perf_counter()
    for start in range(first, first + count, 4096):
        batch = karat.counts(list(rows(start, min(4096, first + count - start))), layers=["entities"], threads=1)
        pyarrow.parquet.write_table(pyarrow.Table.from_batches([batch]), f"{path}-{start:09}.parquet", compression="zstd")
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def rate(name, documents, seconds):
    print(f"{name:44} {documents / seconds:12,.0f} documents/s {1e6 * seconds / documents:8.1f} us/document", flush=True)


def in_one_process(documents, folder):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        [(seconds, small)] = pool.map(part, [(0, documents // 4, f"{folder}/quarter")])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        [(seconds, large)] = pool.map(part, [(0, documents, f"{folder}/one")])
    rate("counts, one process", documents, seconds)
    print(f"memory of the process: {small / 1e6:.0f} MB for a quarter of the documents, {large / 1e6:.0f} MB for all")
    files = [f"{folder}/{name}" for name in os.listdir(folder) if name.startswith("one")]
    print(f"counts: {sum(map(os.path.getsize, files)) / documents:.0f} bytes a document in Parquet")
    from karat._counts import lines_of

    sizes = [sum(len(line) for _, line in lines_of(side(name, 0, 1000), "id", name)) / 1000 for name in ("gold", "pred")]
    print(f"join: {sum(sizes):.0f} bytes a document")
    began = time.perf_counter()
    scores = karat.summarize(sorted(files))
    rate("summarize, one process", documents, time.perf_counter() - began)
    return scores["entities.strict.f1"].value


def in_ray(documents, cpus):
    import ray

    import karat.ray

    ray.init(num_cpus=cpus, include_dashboard=False, log_to_driver=False, configure_logging=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    gold, pred = (ray.data.from_arrow([side(name, first, 10_000) for first in range(0, documents, 10_000)]).materialize() for name in ("gold", "pred"))
    began = time.perf_counter()
    scores = karat.ray.score(gold, pred, layers=["entities"], partitions=2 * cpus)
    rate(f"Ray, {cpus} CPUs, score", documents, time.perf_counter() - began)
    texts = ray.data.from_arrow(pyarrow.Table.from_pylist([{"id": row["id"], "text": row["text"]} for row in rows(0, documents)])).repartition(8)
    texts = texts.materialize()
    began = time.perf_counter()
    assert karat.ray.extract(texts, cheap, concurrency=cpus, batch_size=1024).count() == documents
    rate(f"Ray, {cpus} CPUs, a cheap extractor", documents, time.perf_counter() - began)
    ray.shutdown()
    return scores["entities.strict.f1"].value


def in_spark(documents, cpus, folder):
    from pyspark.sql import SparkSession

    import karat.spark

    builder = SparkSession.builder.master(f"local[{cpus}]").config("spark.ui.enabled", "false").config("spark.log.level", "OFF")
    spark = builder.config("spark.sql.shuffle.partitions", str(2 * cpus)).config("spark.driver.memory", "4g").getOrCreate()
    for name in ("gold", "pred"):
        pyarrow.parquet.write_table(pyarrow.concat_tables([side(name, first, 10_000) for first in range(0, documents, 10_000)]), f"{folder}/{name}.parquet")
    frames = [spark.read.parquet(f"{folder}/{name}.parquet") for name in ("gold", "pred")]
    began = time.perf_counter()
    scores = karat.spark.score(*frames, layers=["entities"])
    rate(f"Spark, {cpus} CPUs, score", documents, time.perf_counter() - began)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([{"id": row["id"], "text": row["text"]} for row in rows(0, documents)]), f"{folder}/texts.parquet")
    began = time.perf_counter()
    assert karat.spark.extract(spark.read.parquet(f"{folder}/texts.parquet"), cheap, batch_size=1024).count() == documents
    rate(f"Spark, {cpus} CPUs, a cheap extractor", documents, time.perf_counter() - began)
    spark.stop()
    return scores["entities.strict.f1"].value


def many(documents, folder):
    half = documents // 2
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(part, [(0, half, f"{folder}/many-a"), (half, documents - half, f"{folder}/many-b")])
    rate(f"{documents:,} documents, two processes, counts", documents, time.perf_counter() - began)
    print(f"memory of a worker: {max(memory for _, memory in found) / 1e6:.0f} MB")
    files = sorted(f"{folder}/{name}" for name in os.listdir(folder) if name.startswith("many"))
    print(f"{len(files)} files, {sum(map(os.path.getsize, files)) / documents:.0f} bytes a document")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    scores = karat.summarize(files)
    rate(f"{documents:,} documents, summarize", documents, time.perf_counter() - began)
    print(f"memory of summarize: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6:.0f} MB (before: {before * 1024 / 1e6:.0f} MB)")
    print(f"entities.strict.f1 {scores['entities.strict.f1'].value}, documents {scores['entities.strict.f1'].documents:,}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--engines", default="one,ray,spark")
    parser.add_argument("--many", type=int, default=0)
    args = parser.parse_args()
    values = set()
    with tempfile.TemporaryDirectory() as folder:
        if "one" in args.engines.split(","):
            values.add(in_one_process(args.documents, folder))
            answer = karat.extractors.of_function(cheap)
            documents = [{"text": row["text"], "meta": {}} for row in rows(0, args.documents)]
            began = time.perf_counter()
            for at, document in enumerate(documents):
                answer(str(at), document)
            rate("one process, a cheap extractor", args.documents, time.perf_counter() - began)
        for cpus in (1, 2):
            if "ray" in args.engines:
                values.add(in_ray(args.documents, cpus))
            if "spark" in args.engines:
                values.add(in_spark(args.documents, cpus, folder))
        if args.many:
            many(args.many, folder)
    assert len(values) <= 1, f"one figure of all engines: {values}"


if __name__ == "__main__":
    main()
