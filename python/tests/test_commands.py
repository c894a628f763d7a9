"""The other functions, the program and reports."""

import json
import subprocess
import sys

import pytest

import karat

GOLD = {
    f"d{at}": {
        "text": f"Ada met Bob {at}.",
        "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 11, "label": "PERSON"}],
    }
    for at in range(60)
}
GOOD = {id: one["entities"] for id, one in GOLD.items()}
WORSE = {id: spans[:1] for id, spans in GOOD.items()}


def program(*words, **options):
    return subprocess.run([sys.executable, "-m", "karat", *words], capture_output=True, text=True, **options)


def test_compare():
    comparison = karat.compare(GOLD, GOOD, WORSE, metrics=["entities.strict.f1"])
    difference = comparison["entities.strict.f1"]
    assert (difference.base, difference.verdict) == (1.0, "worse")
    assert difference.delta == difference.candidate - difference.base < 0
    assert {flip["change"] for flip in comparison.flips} == {"lost"}
    assert "worse" in str(comparison)


def test_gate():
    verdict = karat.gate(GOLD, GOOD, WORSE, metric="entities.strict.f1", margin=0.02)
    assert not verdict and verdict.verdict == "fail" and verdict.rules[0]["metric"] == "entities.strict.f1"
    assert karat.gate(GOLD, GOOD, GOOD, metric="entities.strict.f1", margin=0.02).verdict == "identical"
    assert karat.gate(GOLD, WORSE, GOOD, metric="entities.strict.f1", margin=0.02).verdict == "pass"
    assert karat.gate(GOLD, None, GOOD, metric="entities.strict.f1", min=0.5)
    with pytest.raises(karat.KaratError):
        karat.gate(GOLD, GOOD, GOOD, metric="entities.strict.f2", margin=0.02)


def test_agree_check_and_power():
    agreement = karat.agree(GOOD, WORSE)
    assert agreement.data["schema"].startswith("karat.agreement/")
    findings = karat.check([{"id": "a", "text": "Ada", "entities": [{"start": 0, "end": 2, "label": "PERSON", "text": "Ada"}]}])
    assert not findings and findings.findings
    other = {id: spans[: 1 + int(id[1:]) % 2] for id, spans in GOOD.items()}
    assert karat.power(GOLD, GOOD, other, metric="entities.strict.f1").data["schema"].startswith("karat.power/")


def test_formats(tmp_path):
    documents = [{"id": id, **one} for id, one in GOLD.items()]
    karat.write(documents, tmp_path / "gold.jsonl", "karat")
    read = karat.read(tmp_path / "gold.jsonl")
    assert [one["id"] for one in read] == [one["id"] for one in sorted(documents, key=lambda one: one["id"])]
    text = karat.convert(documents, "doccano")
    assert json.loads(text.splitlines()[0])["text"].startswith("Ada met")
    with pytest.raises(karat.KaratError, match="brat is a format of several files"):
        karat.convert(documents, "brat")
    karat.convert(documents, "brat", tmp_path / "brat")
    assert (tmp_path / "brat" / "d0.ann").read_text().startswith("T1\tPERSON 0 3\tAda")
    with pytest.raises(karat.KaratError, match="there is no format|unknown format|invalid value"):
        karat.convert(documents, "nothing")


def test_reports(tmp_path):
    report = karat.report(GOLD, WORSE)
    assert report.html().startswith("<!doctype html>") or "<html" in report.html()
    assert "entities.strict" in report.markdown()
    report.save(tmp_path / "report.csv")
    assert "entities" in (tmp_path / "report.csv").read_text()
    with pytest.raises(ValueError, match="ends in"):
        report.save("report.docx")


def test_a_document_is_drawn():
    shown = karat.show(GOLD, WORSE, "d3")
    drawn = shown._repr_html_()
    assert "wrong: gold PERSON" in drawn and "right: gold PERSON, predicted PERSON" in drawn
    hostile = {"a": {"text": "<b>Ada</b>", "entities": [{"start": 0, "end": 3, "label": "<i>'\""}]}}
    drawn = karat.show(hostile, {"a": []}, "a")._repr_html_()
    assert "<b>" not in drawn and "<i>" not in drawn and "&lt;b&gt;" in drawn
    with pytest.raises(karat.KaratError, match="has no text"):
        karat.show(GOOD, WORSE, "d3")
    with pytest.raises(karat.KaratError, match="there is no document 'x'"):
        karat.show(GOLD, WORSE, "x")


def test_the_program_is_the_same(tmp_path):
    assert program("--version").stdout.startswith("karat ")
    assert program("scoer").returncode == 2
    for name, side in (("g", GOLD), ("p", WORSE)):
        karat.write(
            {id: (one if isinstance(one, dict) else {"entities": one}) for id, one in side.items()},
            tmp_path / f"{name}.jsonl",
            "karat",
        )
    printed = program("score", "--gold", "g.jsonl", "--pred", "p.jsonl", "--format", "json", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    assert json.loads(printed.stdout)["metrics"] == karat.score(GOLD, WORSE, documents=False).data["metrics"]
    started = program("init", "--no-ci", cwd=_empty(tmp_path))
    assert started.returncode == 0, started.stderr


def _empty(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder
