#!/usr/bin/env python3
"""Compares the results of engines, byte for byte: one process, parts, shards of `karat
run`, Ray Data with 2 workers, and Spark with 2.

    python tests/scale/equality.py [--documents 300] [--engines parts,shards,ray,spark]

Needs karat's wheel and tests/scale/requirements.txt. The corpus has spans with confidences, summaries (ROUGE, and BLEU, chrF
and TER, whose sums are over the corpus), records, failures and missing answers. Compared are scores.csv, report.md and the
JSON of a gate, each with analytic and with bootstrap intervals; in the runs of the engines a worker is killed once. Prints
what was compared; exits 1 on a difference.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow
import pyarrow.parquet

import karat

# The workers of Spark are to be those of this environment.
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

OPTIONS = {"summaries": {"metrics": ["rouge1", "rougeLsum", "bleu", "chrf", "ter"]}, "confidence": {"labels": True}}
LABELS = ["PER", "ORG", "LOC"]
WORDS = "a river rose on Monday after rain in Oslo .".split()


def corpus(count, system):
    """Golden documents and the answers of a system."""
    gold, answers = [], []
    for at in range(count):
        rng = random.Random(f"{at}")
        spans = [{"start": at * 7, "end": at * 7 + rng.randint(1, 6), "label": rng.choice(LABELS)} for at in range(rng.randint(0, 5))]
        texts = [" ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 12))) for _ in range(2)]
        id = f"d{at:05}"
        row = {"id": id, "text": "x" * 60, "entities": spans, "summary": texts[0], "records": {"event": [{"place": rng.choice(WORDS)}]}}
        gold.append(row)
        rng = random.Random(f"{at} {system}")
        if rng.random() < 0.03:
            continue
        if rng.random() < 0.03:
            answers.append({"id": id, "status": "failed", "error": "no"})
            continue
        found = [dict(span, label=rng.choice([span["label"], "PER"]), confidence=rng.randint(0, 20) / 20) for span in spans]
        answers.append({"id": id, "entities": found, "summary": rng.choice(texts), "records": {"event": [{"place": rng.choice(WORDS)}]}})
    return gold, answers


def batch_of(gold, answers):
    """Documents as the table that karat.counts takes."""
    by_id = {answer["id"]: answer for answer in answers}
    side = lambda row: None if row is None else {key: value for key, value in row.items() if key not in ("id", "text")}  # noqa: E731
    return [{"id": row["id"], "text": row["text"], "gold": side(row), "pred": side(by_id.get(row["id"]))} for row in gold]


def of_parts(gold, answers, folder):
    rows = batch_of(gold, answers)
    return [karat.counts(rows[first : first + 37], options=OPTIONS) for first in range(0, len(rows), 37)]


def of_shards(gold, answers, folder):
    """Counts of the predictions of `karat run --shard` on each third of the documents, merged by `karat merge`."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    lines = lambda rows: "".join(json.dumps(row) + "\n" for row in rows)  # noqa: E731
    (folder / "golden.jsonl").write_text(lines(gold))
    (folder / "documents.jsonl").write_text(lines({key: row[key] for key in ("id", "text")} for row in gold))
    (folder / "answers.jsonl").write_text(lines(answers))
    (folder / "karat.toml").write_text(
        '[datasets.gold]\ndocuments = "documents.jsonl"\ngolden = "golden.jsonl"\n'
        '[extractors.predicted]\nkind = "predictions"\npath = "answers.jsonl"\n'
    )
    shards = ["1/3", "2/3", "3/3"]
    # Documents that are not answered end a run with 5.
    run = lambda *words: subprocess.run([sys.executable, "-m", "karat", *words, "--quiet"], cwd=folder, capture_output=True)  # noqa: E731
    ended = [run("run", "--shard", shard, "--out", f"shard-{shard[0]}") for shard in shards]
    ended += [run("merge", *(f"shard-{shard[0]}" for shard in shards), "--out", "merged"), run("run", "--out", "whole")]
    assert all(one.returncode in (0, 5) for one in ended), ended
    for name in ("gold/scores.csv", "gold/report.md", "predictions/gold/predicted.jsonl"):
        assert (folder / "merged" / name).read_bytes() == (folder / "whole" / name).read_bytes(), f"{name} of merged shards differs"
    merged = [json.loads(line) for line in (folder / "merged/predictions/gold/predicted.jsonl").read_text().splitlines()]
    return [karat.counts(batch_of(gold, merged), options=OPTIONS)]


class KillOnce:
    """Kills the process of the worker that meets a document for the first time."""

    def __init__(self, marker):
        self.marker = marker

    def meet(self, ids):
        if "d00017" in ids and not os.path.exists(self.marker):
            Path(self.marker).touch()
            os._exit(1)

    def batch(self, batch):
        self.meet(batch.column("id").to_pylist())
        return batch

    def batches(self, batches):
        for batch in batches:
            self.meet(batch.column("id").to_pylist())
            yield batch


def of_ray(gold, answers, folder):
    import ray

    import karat.ray

    if not ray.is_initialized():
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
        ray.data.DataContext.get_current().enable_progress_bars = False
    marker = f"{folder}/killed-by-ray-{len(answers)}"
    sides = [ray.data.from_arrow(table(rows)).repartition(5) for rows in (gold, answers)]
    counted = karat.ray.counts(sides[0].map_batches(KillOnce(marker).batch, batch_format="pyarrow"), sides[1], partitions=3, options=OPTIONS)
    found = karat.ray._on_driver(counted)
    assert os.path.exists(marker), "a worker was killed"
    return [found]


def of_spark(gold, answers, folder):
    from pyspark.sql import SparkSession

    import karat.spark

    spark = (
        SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "5")
        .config("spark.log.level", "OFF").getOrCreate()
    )  # fmt: skip
    marker = f"{folder}/killed-by-spark-{len(answers)}"
    for name, rows in (("gold", gold), ("answers", answers)):
        pyarrow.parquet.write_table(table(rows), f"{folder}/{name}.parquet")
    frames = [spark.read.parquet(f"{folder}/{name}.parquet").repartition(4) for name in ("gold", "answers")]
    killing = frames[0].mapInArrow(KillOnce(marker).batches, frames[0].schema)
    found = karat.spark.counts(killing, frames[1], options=OPTIONS).toArrow()
    assert os.path.exists(marker), "a worker was killed"
    return [found]


def extraction(engine, folder):
    """What two extractors find in an engine, sorted by document: a function that kills its worker once, and a program."""
    documents = pyarrow.Table.from_pylist([{"id": f"d{at:05}", "text": f"Ada met Bob in {at}."} for at in range(60)])
    marker = f"{folder}/killed-in-extraction-by-{engine}"

    @karat.extractor(layers=["entities"])
    def words(text):
        if " 17." in text and not os.path.exists(marker):
            Path(marker).touch()
            os._exit(1)
        if " 23." in text:
            raise ValueError("no")
        return [(0, 3, "PER"), (8, 11, "PER")]

    program = Path(folder) / "program.py"
    program.write_text(PROGRAM)
    table = {"kind": "process", "command": [sys.executable, str(program)], "timeout": 20}
    found = []
    for extractor in (words, table):
        if engine == "ray":
            import ray

            from karat.ray import extract

            rows = extract(ray.data.from_arrow(documents).repartition(4), extractor, concurrency=2, batch_size=8).take_all()
        else:
            from pyspark.sql import SparkSession

            from karat.spark import extract

            pyarrow.parquet.write_table(documents, f"{folder}/documents.parquet")
            frame = SparkSession.builder.getOrCreate().read.parquet(f"{folder}/documents.parquet").repartition(4)
            rows = [row.asDict() for row in extract(frame, extractor, batch_size=8).collect()]
        found.append(sorted((row["id"], row["status"], row["error"], row["pred"]) for row in rows))
    assert os.path.exists(marker), "a worker was killed"
    return found


#: An extractor in the protocol karat.extractor/1, which fails on one document.
PROGRAM = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if request["type"] == "hello":
        reply = {"type": "hello", "protocol": "karat.extractor/1", "name": "x", "layers": ["entities"]}
    else:
        reply = {"seq": request["seq"], "id": request["id"]}
        if " 23." in request["text"]:
            reply |= {"type": "error", "message": "no"}
        else:
            reply |= {"type": "result", "entities": [{"start": 0, "end": 3, "label": "PER"}, {"start": 8, "end": 11, "label": "PER"}]}
    print(json.dumps(reply), flush=True)
"""


def check_extraction(engine, folder):
    """Returns whether every document was answered by both extractors as it should be."""
    expected = [(f"d{at:05}", "failed" if at == 23 else "ok") for at in range(60)]
    spans = [{"start": 0, "end": 3, "label": "PER"}, {"start": 8, "end": 11, "label": "PER"}]
    right = True
    for name, rows in zip(("function", "program"), extraction(engine, folder)):
        same = [(id, status) for id, status, _, _ in rows] == expected
        for _, status, error, pred in rows:
            entities = [{key: one[key] for key in ("start", "end", "label")} for one in json.loads(pred).get("entities", [])]
            same &= (entities, error) == (spans, None) if status == "ok" else "no" in error
        print(f"{engine}: extraction by a {name}: {len(rows)} documents, {'as expected' if same else 'DIFFERS'}")
        right &= same
    return right


def check_mistakes(engine, folder):
    """Returns whether an engine names the documents of mistakes."""
    gold, answers = corpus(20, "base")
    cases = {"a document twice": ([*gold, gold[3]], answers, "d00003"), "a span that ends before it starts": ([*gold[:5], dict(gold[5], entities=[{"start": 9, "end": 4, "label": "X"}])], answers[:2], "d00005")}
    right = True
    for name, (golden, predicted, document) in cases.items():
        try:
            summarized = karat.summarize({"ray": of_ray_plain, "spark": of_spark_plain}[engine](golden, predicted, folder))
            message = f"no error: {summarized}"
        except Exception as problem:
            message = str(problem)
        named = document in message and (engine == "ray" or "partition" in message or "<counts>" in message)
        print(f"{engine}: {name}: {'named' if named else 'NOT NAMED: ' + message[-600:]}")
        right &= named
    return right


def of_ray_plain(gold, answers, folder):
    import ray

    import karat.ray

    return karat.ray._on_driver(karat.ray.counts(*(ray.data.from_arrow(table(rows)) for rows in (gold, answers)), partitions=3))


def of_spark_plain(gold, answers, folder):
    from pyspark.sql import SparkSession

    import karat.spark

    for name, rows in (("gold", gold), ("answers", answers)):
        pyarrow.parquet.write_table(table(rows), f"{folder}/plain-{name}.parquet")
    spark = SparkSession.builder.getOrCreate()
    return karat.spark.counts(*(spark.read.parquet(f"{folder}/plain-{name}.parquet") for name in ("gold", "answers"))).toArrow()


def check_queries(parts, folder):
    """Returns whether the query of docs/scale.md, in DuckDB, gives the figures of karat."""
    import duckdb

    page = (Path(__file__).resolve().parents[2] / "docs/scale.md").read_text()
    query = page.split("```sql\n")[1].split("```")[0].replace("counts/*.parquet", f"{folder}/query.parquet")
    pyarrow.parquet.write_table(pyarrow.Table.from_batches(parts), f"{folder}/query.parquet")
    scores = karat.summarize(parts)
    rows = [row for row in duckdb.sql(query).fetchall() if row[0] == "entities"]
    name = lambda label: "entities.strict.f1" if label is None else f"entities.strict[{label}].f1"  # noqa: E731
    right = len(rows) == 4 and all(abs(f1 - scores[name(label)].value) < 1e-12 for _, _, label, f1 in rows)
    print(f"DuckDB: {len(rows)} figures, {'equal' if right else 'DIFFERENT'}")
    return right


def table(rows):
    """Rows as a table with one type for each column; columns that a row lacks are null."""
    names = ["id", "text", "status", "error", "entities", "summary", "records"]
    return pyarrow.Table.from_pylist([{name: row.get(name) for name in names if any(name in row for row in rows)} for row in rows])


def printed(*words):
    return subprocess.run([sys.executable, "-m", "karat", *words], check=True, capture_output=True).stdout


def results(parts, folder, name):
    """The bytes of every result, from the counts of two systems."""
    files = []
    for system, tables in parts.items():
        paths = []
        for number, one in enumerate(tables):
            path = f"{folder}/{name}-{system}-{number}.parquet"
            one = pyarrow.Table.from_batches([one]) if isinstance(one, pyarrow.RecordBatch) else one
            pyarrow.parquet.write_table(one, path)
            paths.append(path)
        files.append(paths)
    more = {"analytic": [], "bootstrap": ["--bootstrap", "200", "--seed", "5"]}
    found = {f"scores.csv, {kind}": printed("summarize", *files[1], "--format", "csv", *words) for kind, words in more.items()}
    found |= {f"report.md, {kind}": printed("summarize", *files[1], "--format", "md", *words) for kind, words in more.items()}
    pair = ["--baseline-counts", *files[0], "--candidate-counts", *files[1]]
    for metric in ("entities.strict.f1", "summary.rouge1.f1", "summary.bleu"):
        found[f"gate, {metric}"] = printed("gate", "--metric", metric, "--margin", "0.5", "--format", "json", *pair)
    found["compare"] = printed("compare", "--format", "json", *pair)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--engines", default="parts,shards,ray,spark")
    args = parser.parse_args()
    systems = {system: corpus(args.documents, system) for system in ("base", "candidate")}
    engines = {"parts": of_parts, "shards": of_shards, "ray": of_ray, "spark": of_spark}
    with tempfile.TemporaryDirectory() as folder:
        one = {name: [karat.counts(batch_of(*sides), options=OPTIONS)] for name, sides in systems.items()}
        expected = results(one, folder, "one")
        # What one process scores without counts.
        gold, answers = systems["candidate"]
        for name, rows in (("gold", gold), ("predicted", answers)):
            Path(f"{folder}/{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        Path(f"{folder}/options.toml").write_text('[summaries]\nmetrics = ["rouge1", "rougeLsum", "bleu", "chrf", "ter"]\n[confidence]\nlabels = true\n')
        score = ["score", "--gold", f"{folder}/gold.jsonl", "--pred", f"{folder}/predicted.jsonl", "--options", f"{folder}/options.toml"]
        whole = printed(*score, "--missing", "count", "--format", "csv")
        failed = whole != expected["scores.csv, analytic"]
        print(f"karat score: scores.csv {'DIFFERS' if failed else 'is equal'} ({len(whole)} bytes)")
        for engine in args.engines.split(","):
            parts = {name: engines[engine](*sides, folder) for name, sides in systems.items()}
            found = results(parts, folder, engine)
            different = [name for name, content in expected.items() if found[name] != content]
            failed |= bool(different)
            if engine == "parts":
                failed |= not check_queries(parts["candidate"], folder)
            elif engine != "shards":
                failed |= not check_extraction(engine, folder) or not check_mistakes(engine, folder)
            print(f"{engine}: {len(found)} results, {sum(map(len, found.values()))} bytes, differences: {', '.join(different) or 'none'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
