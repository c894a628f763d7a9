#!/usr/bin/env python3
"""Compares karat's readers with the libraries that own the formats: langextract and datasets.

    pip install -r tests/parity/requirements-formats.txt
    python tests/parity/formats_of_models.py --karat target/release/karat --documents 200

A separate process writes random documents, reproducible from the seed, with `langextract.io` and with the `to_json` of
`datasets`, reads them again with the same library, and prints its reading. karat converts the same files. Labels, offsets and
texts must be equal. karat's own files are then read by the libraries, and must say the same again. Prints how many entities
were compared; exits 1 on a difference.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = ["Ada", "met", "Bo", "in", "Oslo", "é𝄞", "naïve", "🎻", "New", "York", "x2", "co-op"]
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def decode(tokens, tags):
    """Entities of IOB2 tags as code point offsets in the tokens joined by spaces; an I that continues nothing begins one."""
    entities, start, at, label = [], None, 0, None
    for token, tag in zip(tokens, tags):
        if label and not (tag == f"I-{label}"):
            entities.append([start, at - 1, label])
            label = None
        if tag != "O" and label is None:
            start, label = at, tag[2:]
        at += len(token) + 1
    if label:
        entities.append([start, at - 1, label])
    return entities


def langextract_side(folder, count, seed, again):
    import langextract
    from langextract.core import data

    rng = random.Random(seed)
    file = folder / "langextract.jsonl"
    if again:
        file = Path(again)
    else:
        documents = []
        for number in range(count):
            text = " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 12)))
            extractions = []
            for _ in range(rng.randint(0, 4)):
                start = rng.randrange(len(text))
                end = rng.randint(start + 1, len(text))
                attributes = rng.choice([None, {}, {"dose": "10 mg", "kinds": ["a", "é"]}])
                extractions.append(data.Extraction(
                    extraction_class=rng.choice(["medication", "a class"]), extraction_text=text[start:end],
                    char_interval=data.CharInterval(start_pos=start, end_pos=end),
                    alignment_status=data.AlignmentStatus.MATCH_EXACT, attributes=attributes))
            documents.append(data.AnnotatedDocument(document_id=f"doc_{number}", text=text, extractions=extractions))
        langextract.io.save_annotated_documents(
            iter(documents), output_dir=folder, output_name=file.name, show_progress=False)
    read = {}
    for document in langextract.io.load_annotated_documents_jsonl(file, show_progress=False):
        read[document.document_id] = {"text": document.text, "entities": [
            [one.char_interval.start_pos, one.char_interval.end_pos, one.extraction_class, one.attributes or {}]
            for one in document.extractions]}
    return read


def datasets_side(folder, count, seed, again):
    import datasets

    datasets.disable_progress_bars()
    rng = random.Random(seed)
    if again:
        lines = datasets.Dataset.from_json(again, cache_dir=str(folder / "cache"))
        return {row["id"]: {"text": row["text"], "entities": decode(row["tokens"], row["ner_tags"])} for row in lines}
    rows = {"id": [], "tokens": [], "ner_tags": []}
    for number in range(count):
        tokens = [rng.choice(WORDS) for _ in range(rng.randint(1, 12))]
        tags, before = [], "O"
        for _ in tokens:
            choices = ["O", "B-PER", "B-LOC"] + ([f"I-{before[2:]}"] if before != "O" else [])
            before = rng.choice(choices)
            tags.append(NAMES.index(before))
        rows["id"].append(str(number))
        rows["tokens"].append(tokens)
        rows["ner_tags"].append(tags)
    sequence = datasets.Sequence if hasattr(datasets, "Sequence") else datasets.List
    features = datasets.Features({
        "id": datasets.Value("string"), "tokens": sequence(datasets.Value("string")),
        "ner_tags": sequence(datasets.ClassLabel(names=NAMES))})
    dataset = datasets.Dataset.from_dict(rows, features=features)
    dataset.to_json(folder / "datasets.jsonl")
    # The names of the classes are in dataset_info.json, which save_to_disk writes.
    dataset.save_to_disk(folder / "saved")
    (folder / "saved/dataset_info.json").rename(folder / "dataset_info.json")
    return {row["id"]: {"text": " ".join(row["tokens"]), "entities": decode(row["tokens"], [NAMES[tag] for tag in row["ner_tags"]])}
            for row in dataset}


SIDES = {"langextract": langextract_side, "datasets": datasets_side}
FORMATS = {"langextract": "langextract", "datasets": "hf-tokens"}


def reading(name, folder, args, again=None):
    """What a library reads, in a process of its own."""
    command = [sys.executable, __file__, "--side", name, "--folder", str(folder), "--documents", str(args.documents),
               "--seed", str(args.seed)] + (["--again", str(again)] if again else [])
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def of_karat(file, name):
    read = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        entities = [[one["start"], one["end"], one["label"]] + ([one.get("attributes", {})] if name == "langextract" else [])
                    for one in document["entities"]]
        read[document["id"]] = {"text": document["text"], "entities": entities}
    return read


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--karat")
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--side")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--again")
    args = parser.parse_args()
    if args.side:
        json.dump(SIDES[args.side](args.folder, args.documents, args.seed, args.again), sys.stdout)
        return 0
    karat = str(Path(args.karat).resolve())
    compared, wrong = 0, []
    for name in SIDES:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            theirs = reading(name, folder, args)
            ours, back = folder / "karat.jsonl", folder / "back.jsonl"
            for source, target, to in [(folder / f"{name}.jsonl", ours, "karat"), (ours, back, FORMATS[name])]:
                subprocess.run([karat, "convert", source, "--to", to, "--out", target], check=True, stderr=subprocess.DEVNULL)
            mine = of_karat(ours, name)
            wrong += [(name, id, theirs.get(id), mine.get(id)) for id in theirs.keys() | mine.keys() if theirs.get(id) != mine.get(id)]
            compared += sum(len(document["entities"]) for document in theirs.values())
            if name == "datasets":
                # Words of karat's are not those of the data set, so only what lies on words of both comes back.
                again = reading(name, folder, args, back)
                lost = [id for id in theirs if again[id]["text"] != theirs[id]["text"]]
                wrong += [(name, id, theirs[id], again[id]) for id in lost]
            else:
                again = reading(name, folder, args, back)
                wrong += [(name, id, theirs[id], again.get(id)) for id in theirs if again.get(id) != theirs[id]]
    for name, id, theirs, mine in wrong[:5]:
        print(f"{name}: document {id}:\n  library {theirs}\n  karat   {mine}")
    print(f"formats_of_models: {compared} entities compared, {len(wrong)} documents differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
