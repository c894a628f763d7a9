"""karat's reading of spaCy's files equals spaCy's, and spaCy's reading of karat's files equals karat's.

    python3 tests/parity/spacy_files.py --karat target/release/karat

spaCy writes random documents as DocBin, as `Doc.to_json` and as the JSON of version 2, with blank pipelines only.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

# The folder of this script has a `spacy.py` of its own.
sys.path.pop(0)

import spacy  # noqa: E402
from spacy.tokens import Doc, DocBin  # noqa: E402
from spacy.training.gold_io import docs_to_json  # noqa: E402

WORDS = ["Ada", "Oslo", ",", "Š", "𝄞", "👩‍👩‍👧", "PERSON", "ID", "naïve", "\n", " ", "\t", "-", "王小明", "a" * 40, "IS_ALPHA", "x"]
LABELS = ["PERSON", "ORG", "Ort 𝄞", "a b", "X", "B-PER", "DATE", "my_label"]


def document(vocab, random):
    size = random.randrange(0, 14)
    words = [random.choice(WORDS) for _ in range(size)]
    spaces = [random.random() < 0.7 for _ in words] if random.random() < 0.8 else None
    doc = Doc(vocab, words=words, spaces=spaces)
    entities, at = [], 0
    while at < size:
        end = at + random.randrange(1, 4)
        if end <= size and random.random() < 0.4:
            kb_id = random.choice(["", "", "Q1", "Ø"])
            entities.append(spacy.tokens.Span(doc, at, end, label=random.choice(LABELS), kb_id=kb_id))
            at = end
        at += 1
    kind = random.random()
    if kind < 0.8:
        doc.set_ents(entities)
    elif kind < 0.9 and entities:
        doc.set_ents(entities, default="missing")
    if random.random() < 0.3 and size:
        doc.spans["sc"] = [spacy.tokens.Span(doc, 0, 1, label="GROUP")]
    return doc


def annotations(doc):
    """What spaCy reads: the text, and the entities if any were annotated."""
    if len(doc) and not doc.has_annotation("ENT_IOB"):
        return doc.text, None
    return doc.text, [(e.start_char, e.end_char, e.label_, e.kb_id_) for e in doc.ents]


class Karat:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def convert(self, path, to, out):
        arguments = [self.program, "convert", path, "--to", to, "--out", self.folder / out, "--force"]
        done = subprocess.run(arguments, capture_output=True, text=True)
        assert done.returncode == 0, (path, done.stderr)
        return self.folder / out

    def read(self, path, with_kb_id=True):
        lines = self.convert(path, "karat", "read.jsonl").read_text(encoding="utf-8").splitlines()
        objects = sorted((json.loads(line) for line in lines), key=lambda found: int(found["id"].split("-")[-1]))
        read = []
        for found in objects:
            entities = found.get("entities")
            if entities is not None:
                kb_id = (lambda e: e.get("attributes", {}).get("kb_id", "")) if with_kb_id else (lambda e: "")
                entities = [(e["start"], e["end"], e["label"], kb_id(e)) for e in entities]
            read.append((found["text"], entities))
        return read


def without_kb_id(all):
    return [(text, entities and [(s, e, l, "") for s, e, l, _ in entities]) for text, entities in all]


def compare(what, ours, theirs):
    assert len(ours) == len(theirs), (what, len(ours), len(theirs))
    for number, (one, other) in enumerate(zip(ours, theirs)):
        assert one == other, (what, number, one, other)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--karat", required=True)
    parser.add_argument("--files", type=int, default=40)
    arguments = parser.parse_args()
    source = random.Random(17)
    nlp = spacy.blank("en")
    documents = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        karat = Karat(pathlib.Path(arguments.karat).resolve(), folder)
        for _ in range(arguments.files):
            docs = [document(nlp.vocab, source) for _ in range(source.randrange(1, 20))]
            if not any(doc.has_annotation("ENT_IOB") for doc in docs):
                continue
            documents += len(docs)
            binary = folder / "docs.spacy"
            DocBin(docs=docs, store_user_data=source.random() < 0.5).to_disk(binary)
            theirs = [annotations(doc) for doc in DocBin().from_disk(binary).get_docs(spacy.blank("en").vocab)]
            compare("DocBin", karat.read(binary), theirs)

            # Entities of span groups are read only where none of the document's own are known.
            plain = [doc for doc in docs if doc.has_annotation("ENT_IOB") or not doc.spans]
            lines = folder / "docs.jsonl"
            lines.write_text("".join(json.dumps(doc.to_json()) + "\n" for doc in plain), encoding="utf-8")
            ours = karat.read(lines, with_kb_id=False)
            compare("Doc.to_json", ours, without_kb_id([annotations(doc) for doc in plain]))

            whole = [doc for doc in docs if doc.has_annotation("ENT_IOB") and len(doc) and not doc.has_unknown_spaces]
            for doc in whole:
                for token in doc:
                    token.is_sent_start = token.i == 0
            old = folder / "v2.json"
            objects = [docs_to_json([doc], doc_id=at) for at, doc in enumerate(whole)]
            for paragraph in (paragraph for found in objects for paragraph in found["paragraphs"]):
                # Its keys are no strings, so that spaCy itself cannot write them.
                del paragraph["links"]
            old.write_text(json.dumps(objects), encoding="utf-8")
            if whole:
                compare("version 2", karat.read(old, with_kb_id=False), without_kb_id([annotations(doc) for doc in whole]))

            # spaCy reads what karat writes.
            written = karat.convert(binary, "docbin", "written.spacy")
            back = [annotations(doc) for doc in DocBin().from_disk(written).get_docs(spacy.blank("en").vocab)]
            order = sorted(range(len(theirs)), key=lambda at: str(at + 1))
            compare("karat's DocBin", back, [theirs[at] for at in order])
    print(f"spaCy {spacy.__version__}: {documents} documents are read alike")


if __name__ == "__main__":
    main()
