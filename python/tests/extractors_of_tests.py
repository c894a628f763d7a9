"""Extractors that the tests serve."""

import re

import karat


@karat.extractor(layers=["entities"], version="1.2", fingerprint="regex")
def capitals(text):
    if "fail" in text:
        raise RuntimeError("no such luck")
    print("this is no reply")
    return [(word.start(), word.end(), "PERSON") for word in re.finditer(r"[A-Z]\w+", text)]


@karat.extractor(layers=["summaries"])
def first_line(text, meta):
    return text.split(".")[0]


@karat.extractor(layers=["entities", "keyphrases"])
def both(text):
    return {"entities": [], "keyphrases": [text[:3]]}


def undeclared(text):
    return []
