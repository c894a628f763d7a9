#!/usr/bin/env python3
"""Compares karat's readers and writers of UIMA CAS, BioC, PubTator and GATE documents with the libraries that own the formats.

    cargo build
    python tests/parity/exchange_formats.py --karat target/debug/karat

Random documents with characters beyond ASCII and beyond the Basic Multilingual Plane are written by dkpro-cassis, bioc and
gatenlp, and read by karat; karat's `karat.document/1` must say what was written. The same documents are then written by karat
from `karat.document/1` and read by the libraries.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import cassis
from bioc import biocjson, biocxml, pubtator
from bioc.datastructure import (
    BioCAnnotation,
    BioCCollection,
    BioCDocument,
    BioCLocation,
    BioCNode,
    BioCPassage,
    BioCRelation,
)
from bioc.utils import get_text
from gatenlp import Document

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
PIECES = ["Ada", "é", "𝄞", "🎻x", " ", " ", "\n", "<&>", '"q"', "Bo.", "\t", "ß", "日本"]
LABELS = ["PER", "ORG", "Gene & co", "é"]


def random_document(rng, number, line_breaks=True):
    """A text, entities as (start, end, label), and relations as (label, index, index)."""
    pieces = PIECES if line_breaks else [piece for piece in PIECES if not piece.strip(" ").isspace()]
    # gatenlp 1.0.8 counts the end of a text as one UTF-16 unit too few if the text ends beyond the BMP.
    text = "x" + "".join(rng.choice(pieces) for _ in range(rng.randint(2, 25))) + "."
    entities = []
    for _ in range(rng.randint(0, 6)):
        start = rng.randrange(len(text))
        entities.append((start, rng.randint(start + 1, min(len(text), start + 8)), rng.choice(LABELS)))
    relations = []
    if entities:
        for _ in range(rng.randint(0, 3)):
            relations.append((rng.choice("RS"), rng.randrange(len(entities)), rng.randrange(len(entities))))
    return {"id": f"d{number}", "text": text, "entities": entities, "relations": relations}


def covered(text, start, end):
    return (start, end, text[start:end])


def expected(document):
    """What a reading of the document must say, in an order of its own."""
    text, entities = document["text"], document["entities"]
    spans = [(*covered(text, start, end), label) for start, end, label in entities]
    relations = [(label, spans[head], spans[tail]) for label, head, tail in document["relations"]]
    return text, sorted(spans), sorted(relations)


def of_karat(line):
    """The same of a line of `karat.document/1`."""
    text = line["text"]
    spans = [(*covered(text, e["start"], e["end"]), e["label"]) for e in line["entities"]]
    by_id = {e.get("id"): span for e, span in zip(line["entities"], spans)}
    relations = [(r["label"], by_id[r["head"]], by_id[r["tail"]]) for r in line.get("relations", [])]
    return text, sorted(spans), sorted(relations)


def to_karat(document):
    entities = [
        {"id": f"T{at + 1}", "start": start, "end": end, "label": label}
        for at, (start, end, label) in enumerate(document["entities"])
    ]
    relations = [
        {"label": label, "head": f"T{head + 1}", "tail": f"T{tail + 1}"} for label, head, tail in document["relations"]
    ]
    return {"id": document["id"], "text": document["text"], "entities": entities, "relations": relations}


class Karat:
    def __init__(self, program):
        self.program = program

    def convert(self, path, to, out):
        command = [self.program, "convert", str(path), "--to", to, "--out", str(out), "--force"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {done.stderr}")

    def read(self, path, out):
        self.convert(path, "karat", out)
        lines = out.read_text(encoding="utf-8").splitlines()
        return {line["id"]: of_karat(line) for line in map(json.loads, lines)}


# UIMA CAS


def type_system():
    types = cassis.TypeSystem()
    entity = types.create_type(NAMED_ENTITY)
    types.create_feature(entity, "value", "uima.cas.String")
    relation = types.create_type("webanno.custom.Relation")
    types.create_feature(relation, "Governor", "uima.tcas.Annotation")
    types.create_feature(relation, "Dependent", "uima.tcas.Annotation")
    types.create_feature(relation, "value", "uima.cas.String")
    return types


def to_cas(document):
    types = type_system()
    cas = cassis.Cas(types)
    cas.sofa_string, cas.sofa_mime = document["text"], "text/plain"
    entity, relation = types.get_type(NAMED_ENTITY), types.get_type("webanno.custom.Relation")
    made = [entity(begin=start, end=end, value=label) for start, end, label in document["entities"]]
    cas.add_all(made)
    for label, head, tail in document["relations"]:
        dependent = made[tail]
        ends = {"Governor": made[head], "Dependent": dependent, "begin": dependent.begin, "end": dependent.end}
        cas.add(relation(value=label, **ends))
    return cas


def of_cas(cas):
    text = cas.sofa_string
    span = lambda fs: (*covered(text, fs.begin, fs.end), fs.value)
    names = {type_.name for type_ in cas.typesystem.get_types()}
    spans = [span(fs) for fs in cas.select(NAMED_ENTITY)] if NAMED_ENTITY in names else []
    relation = "karat.Relation"
    relations = [(fs.value, span(fs.Governor), span(fs.Dependent)) for fs in cas.select(relation)] if relation in names else []
    return text, sorted(spans), sorted(relations)


def write_cas(documents, folder):
    for kind in ["xmi", "json"]:
        (folder / kind).mkdir()
    for document in documents:
        cas = to_cas(document)
        cas.to_xmi(str(folder / "xmi" / f"{document['id']}.xmi"))
        cas.to_json(str(folder / "json" / f"{document['id']}.json"))
    return [folder / "xmi", folder / "json"]


def read_cas(folder):
    found = {}
    for path in folder.iterdir():
        if path.suffix == ".xmi":
            with open(folder / "TypeSystem.xml", "rb") as file:
                types = cassis.load_typesystem(file)
            with open(path, "rb") as file:
                found[path.stem] = of_cas(cassis.load_cas_from_xmi(file, typesystem=types))
        elif path.suffix == ".json":
            found[path.stem] = of_cas(cassis.load_cas_from_json(path.read_text(encoding="utf-8")))
    return found


# BioC


def to_bioc(documents, rng):
    collection = BioCCollection()
    collection.source, collection.date, collection.key = "parity", "", ""
    collection.encoding, collection.standalone = "utf-8", True
    for document in documents:
        made = BioCDocument()
        made.id = document["id"]
        text, at = document["text"], 0
        cut = rng.randrange(len(text))
        # Two passages, with a gap that the second one's offset leaves if the cut is at a line break.
        for part in [text[:cut], text[cut:]]:
            passage = BioCPassage()
            passage.offset, passage.text = at, part
            at += len(part)
            made.add_passage(passage)
        for number, (start, end, label) in enumerate(document["entities"]):
            annotation = BioCAnnotation()
            annotation.id, annotation.text = f"T{number + 1}", text[start:end]
            annotation.infons["type"] = label
            annotation.add_location(BioCLocation(start, end - start))
            made.passages[0 if end <= cut else 1].add_annotation(annotation)
        for number, (label, head, tail) in enumerate(document["relations"]):
            relation = BioCRelation()
            relation.id, relation.infons["type"] = f"R{number + 1}", label
            relation.add_node(BioCNode(f"T{head + 1}", "Arg1"))
            relation.add_node(BioCNode(f"T{tail + 1}", "Arg2"))
            made.add_relation(relation)
        collection.add_document(made)
    return collection


def of_bioc(collection):
    found = {}
    for document in collection.documents:
        text = get_text(document)[1]
        parts = [document, *document.passages]
        spans = {}
        for annotation in (one for part in parts for one in part.annotations):
            location = annotation.total_span
            start, end = location.offset, location.offset + location.length
            if annotation.text != text[start:end]:
                raise SystemExit(f"bioc: {annotation.text!r} is not at {start}..{end} of {text!r}")
            spans[annotation.id] = (start, end, annotation.text, annotation.infons["type"])
        relations = [
            (relation.infons["type"], *(spans[node.refid] for node in relation.nodes))
            for part in parts
            for relation in part.relations
        ]
        found[document.id] = text, sorted(spans.values()), sorted(relations)
    return found


def write_bioc(documents, folder, rng):
    collection = to_bioc(documents, rng)
    (folder / "bioc.xml").write_text(biocxml.dumps(collection), encoding="utf-8")
    (folder / "bioc.json").write_text(biocjson.dumps(collection), encoding="utf-8")
    return [folder / "bioc.xml", folder / "bioc.json"]


# PubTator, which has no relations between annotations


def to_pubtator(document):
    title, _, abstract = document["text"].partition("\n")
    made = pubtator.PubTator(document["id"], title, abstract)
    for start, end, label in document["entities"]:
        mention = document["text"][start:end].replace("\n", " ")
        made.add_annotation(pubtator.PubTatorAnn(document["id"], start, end, mention, label, "Q1"))
    return made


def of_pubtator(documents):
    found = {}
    for document in documents:
        spans = [(*covered(document.text, one.start, one.end), one.type) for one in document.annotations]
        found[document.pmid] = document.text, sorted(spans), []
    return found


# GATE


def to_gate(document):
    made = Document(document["text"])
    made.name = document["id"]
    for start, end, label in document["entities"]:
        made.annset().add(start, end, label, {"number": 1})
    return made


def of_gate(document):
    spans = [(*covered(document.text, one.start, one.end), one.type) for one in document.annset()]
    return document.text, sorted(spans), []


def without_relations(reading):
    return {id: (text, spans, []) for id, (text, spans, _) in reading.items()}


def compare(name, found, wanted):
    if found != wanted:
        wrong = next(id for id in wanted if found.get(id) != wanted[id])
        sys.exit(f"{name}: document {wrong}:\n{found.get(wrong)}\nnot\n{wanted[wrong]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True, help="the built program")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    karat = Karat(args.karat)
    documents = [random_document(rng, number) for number in range(args.documents)]
    wanted = {document["id"]: expected(document) for document in documents}
    # PubTator keeps one line break; bioc's reader strips lines.
    flat = [random_document(rng, number, line_breaks=False) for number in range(args.documents)]
    for document in flat:
        text = document["text"]
        cut = rng.randrange(1, len(text))
        if text[cut - 1 : cut] != " " and text[cut : cut + 1].strip() and text[-1] != " ":
            document["text"] = text[:cut] + "\n" + text[cut + 1 :]
    flat = [one for one in flat if one["text"] == "\n".join(part.strip() for part in one["text"].split("\n")) and one["text"][-1] != "\n"]
    for document in flat:
        # A mention of one line, so that all readers agree on its columns.
        document["entities"] = [one for one in document["entities"] if document["text"][one[0] : one[1]].strip("\n ") == document["text"][one[0] : one[1]]]
        document["relations"] = []
    wanted_flat = {document["id"]: expected(document) for document in flat}

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out.jsonl"
        source = folder / "source.jsonl"
        lines = [json.dumps(to_karat(document), ensure_ascii=False) + "\n" for document in documents]
        source.write_text("".join(lines), encoding="utf-8")

        for path in write_cas(documents, folder):
            compare(f"karat reads cassis' {path.name}", karat.read(path, out), wanted)
        for kind in ["uima-xmi", "uima-json"]:
            karat.convert(source, kind, folder / kind)
            compare(f"cassis reads karat's {kind}", read_cas(folder / kind), wanted)

        for path in write_bioc(documents, folder, rng):
            compare(f"karat reads bioc's {path.name}", karat.read(path, out), wanted)
        for kind, load in [("bioc-xml", biocxml.loads), ("bioc-json", biocjson.loads)]:
            written = folder / f"written.{kind[5:]}"
            karat.convert(source, kind, written)
            compare(f"bioc reads karat's {kind}", of_bioc(load(written.read_text(encoding="utf-8"))), wanted)

        path = folder / "bioc.pubtator"
        path.write_text(pubtator.dumps([to_pubtator(document) for document in flat]), encoding="utf-8")
        compare("karat reads bioc's PubTator", karat.read(path, out), wanted_flat)
        flat_source = folder / "flat.jsonl"
        flat_lines = [json.dumps(to_karat(document), ensure_ascii=False) + "\n" for document in flat]
        flat_source.write_text("".join(flat_lines), encoding="utf-8")
        written = folder / "written.pubtator"
        karat.convert(flat_source, "pubtator", written)
        compare("bioc reads karat's PubTator", of_pubtator(pubtator.loads(written.read_text(encoding="utf-8"))), wanted_flat)

        for unit in ["p", "j"]:
            path = folder / f"gate-{unit}"
            path.mkdir()
            for document in documents:
                file = path / f"{document['id']}.bdocjs"
                file.write_text(to_gate(document).save_mem(fmt="bdocjs", offset_type=unit), encoding="utf-8")
            compare(f"karat reads gatenlp's bdoc ({unit})", karat.read(path, out), without_relations(wanted))
        karat.convert(source, "gate", folder / "gate")
        found = {path.stem: of_gate(Document.load(str(path))) for path in (folder / "gate").iterdir()}
        compare("gatenlp reads karat's bdoc", found, without_relations(wanted))

    spans = sum(len(document["entities"]) for document in documents)
    print(f"{len(documents)} documents with {spans} entities, and {len(flat)} of PubTator: 0 differences")


main()
