#!/usr/bin/env python3
"""Compares karat's reading of Parquet files with that of pyarrow, and its figures with those of the same rows in JSON lines.

    pip install -r tests/parity/requirements-formats.txt
    python tests/parity/parquet_files.py --karat target/debug/karat --rows 300

karat must be built with the feature `parquet`. A separate process writes random tables with pyarrow, in every compression, page
version and nesting that karat reads, and prints pyarrow's own reading; karat reads each column as metadata, and the values must
be equal. Then it writes summaries and tokens with `datasets`, as Parquet and as JSON lines: the figures must be equal in every
digit. Prints how many values were compared; exits 1 on a difference.
"""

import argparse
import json
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = ["Ada", "met", "Bo", "in", "Oslo", "é𝄞", "naïve", "🎻", "New", "York", "x2", "co-op", "\n", "\"", "\\", "\u2028"]
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TABLES = [
    {"compression": compression, "data_page_version": pages, "use_dictionary": dictionary, "row_group_size": group,
     "data_page_size": size}
    for compression in ["none", "snappy", "gzip", "zstd", "lz4"]
    for pages, dictionary, group, size in [("1.0", True, 1000, 1 << 20), ("2.0", False, 70, 200)]
]


def write_tables(folder, count, seed):
    """Writes tables of random values, and returns their rows: without nulls but in lists and the values of maps."""
    import numpy
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = random.Random(seed)

    def text():
        return " ".join(rng.choice(WORDS) for _ in range(rng.randrange(4)))

    def some(value):
        return [None if rng.random() < 0.2 else value() for _ in range(count)]

    def list_of(value):
        return [None if rng.random() < 0.2 else value() for _ in range(rng.randrange(4))]

    def single():
        return rng.choice([0.1, 3, -2.5e-7, rng.random() * 10 ** rng.randrange(-9, 12)])

    inner = pa.struct([("name", pa.string()), ("pages", pa.list_(pa.int16()))])
    fields = {
        "text": (pa.string(), text),
        "large": (pa.large_string(), text),
        "binary": (pa.binary(), lambda: text().encode()),
        "category": (pa.dictionary(pa.int8(), pa.string()), lambda: rng.choice(WORDS)),
        "nothing": (pa.null(), lambda: None),
        "flag": (pa.bool_(), lambda: rng.random() < 0.5),
        "double": (pa.float64(), lambda: rng.choice([0.0, -0.0, 1e300, 5e-324, rng.random() * 10 ** rng.randrange(-20, 20)])),
        "single": (pa.float32(), single),
        "half": (pa.float16(), lambda: numpy.float16(rng.randrange(2048) / 8)),
        "list": (pa.list_(pa.string()), lambda: list_of(text)),
        "lists": (pa.list_(pa.list_(pa.int64())), lambda: list_of(lambda: list_of(lambda: rng.randrange(9)))),
        "fixed": (pa.list_(pa.int32(), 2), lambda: [rng.randrange(9), None]),
        "group": (inner, lambda: {"name": text() if rng.random() < 0.7 else None, "pages": list_of(lambda: rng.randrange(9))}),
        "groups": (pa.list_(inner), lambda: list_of(lambda: {"name": text(), "pages": None})),
        "map": (pa.map_(pa.string(), pa.int32()), lambda: [(key, value) for key, value in zip("abc", list_of(lambda: rng.randrange(9)))]),
    }
    for bits in [8, 16, 32, 64]:
        low, high = -2 ** (bits - 1), 2 ** (bits - 1)
        fields[f"int{bits}"] = (getattr(pa, f"int{bits}")(), lambda low=low, high=high: rng.choice([low, high - 1, rng.randrange(low, high)]))
        fields[f"uint{bits}"] = (getattr(pa, f"uint{bits}")(), lambda bits=bits: rng.choice([2**bits - 1, rng.randrange(2**bits)]))

    def plain(value, type):
        if isinstance(value, dict):
            return {key: plain(item, type) for key, item in value.items() if item is not None}
        if isinstance(value, list):
            return {key: item for key, item in value} if pa.types.is_map(type) else [plain(item, type) for item in value]
        if isinstance(value, bytes):
            return value.decode()
        return float(value) if isinstance(value, numpy.floating) else value

    tables = []
    for number, options in enumerate(TABLES):
        columns = {name: pa.array(some(value), type) for name, (type, value) in fields.items()}
        table = pa.table({"id": [f"{at:06}" for at in range(count)], **columns})
        pq.write_table(table, folder / f"{number}.parquet", **options)
        read = pq.read_table(folder / f"{number}.parquet")
        types = {name: type for name, (type, _) in fields.items()}
        tables.append([{name: plain(row[name], types[name]) for name in fields if row[name] is not None} for row in read.to_pylist()])
    return {"fields": list(fields), "tables": tables}


def write_datasets(folder, count, seed):
    """Writes summaries and tokens with `datasets`, as Parquet and as JSON lines."""
    import datasets

    datasets.disable_progress_bars()
    rng = random.Random(seed)

    def text(most):
        return " ".join(rng.choice(WORDS[:12]) for _ in range(rng.randint(1, most)))

    def write(name, rows, features=None):
        dataset = datasets.Dataset.from_dict(rows, features=features)
        dataset.to_parquet(folder / f"{name}.parquet")
        dataset.to_json(folder / f"{name}.jsonl")

    ids = [str(number) for number in range(count)]
    write("references", {"id": ids, "article": [text(60) for _ in ids], "highlights": [text(20) for _ in ids]})
    write("candidates", {"id": ids, "prediction": [text(20) for _ in ids]})
    tokens = [text(12).split() for _ in ids]
    features = datasets.Features({
        "id": datasets.Value("string"), "tokens": datasets.List(datasets.Value("string")),
        "ner_tags": datasets.List(datasets.ClassLabel(names=NAMES))})
    for name in ["gold_tokens", "predicted_tokens"]:
        tags = [[rng.randrange(len(NAMES)) for _ in words] for words in tokens]
        write(name, {"id": ids, "tokens": tokens, "ner_tags": tags}, features)
    return None


SIDES = {"tables": write_tables, "datasets": write_datasets}


def side(name, folder, args):
    """What a library wrote and read, in a process of its own."""
    command = [sys.executable, __file__, "--side", name, "--folder", str(folder), "--rows", str(args.rows), "--seed", str(args.seed)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--karat")
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--side")
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    if args.side:
        json.dump(SIDES[args.side](args.folder, args.rows, args.seed), sys.stdout)
        return 0
    karat = str(Path(args.karat).resolve())

    def run(*arguments):
        done = subprocess.run([karat, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    values, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        theirs = side("tables", folder, args)
        # One field must be there for the row to be a document.
        maps = [part for name in theirs["fields"] if name != "nothing" for part in ("--map", f"meta.{name}={name}")]
        for number, rows in enumerate(theirs["tables"]):
            out = folder / "karat.jsonl"
            run("convert", folder / f"{number}.parquet", *maps, "--map", "summary=id", "--to", "karat", "--out", out, "--force")
            mine = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n") if line]
            for row, document in zip(rows, sorted(mine, key=lambda document: document["id"]), strict=True):
                values += len(row)
                # `repr` tells 1 from 1.0 and 0.0 from -0.0.
                ours, want = document.get("meta", {}), row
                if "single" in ours:
                    # karat writes the fewest digits that give the same number of 32 bits.
                    ours["single"] = struct.unpack("f", struct.pack("f", ours["single"]))[0]
                wrong += [(TABLES[number], document["id"], name, want.get(name), ours.get(name)) for name in want.keys() | ours.keys()
                          if repr(want.get(name)) != repr(ours.get(name))]
        side("datasets", folder, args)
        labels = ["--labels", ",".join(NAMES)]
        for gold, pred, parts in [("references", "candidates", []), ("gold_tokens", "predicted_tokens", labels)]:
            score = lambda kind, options: json.loads(run(  # noqa: E731
                "score", "--gold", folder / f"{gold}.{kind}", "--pred", folder / f"{pred}.{kind}", "--format", "json", *options))["metrics"]
            # The names of the classes are in the Parquet file.
            ours, want = score("parquet", []), score("jsonl", parts)
            assert len(want) > 3 and any(figure["value"] for figure in want.values()), want
            values += len(want)
            wrong += [(gold, name, want[name], ours.get(name)) for name in want if want[name] != ours.get(name)]
    for difference in wrong[:5]:
        print(*difference, sep="\n  ")
    print(f"parquet_files: {values} values compared, {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
