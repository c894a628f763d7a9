"""Extractors that are functions: in process, and served to `karat run`."""

import sys
from pathlib import Path
from types import SimpleNamespace

import extractors_of_tests as ours
import pytest

import karat
from karat import adapters
from karat.extractors import layers_of

HERE = Path(__file__).parent
DOCUMENTS = [{"id": "a", "text": "Ada met Bob."}, {"id": "b", "text": "Nobody fails here, fail."}]
GOLD = {
    "a": {"entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 11, "label": "PERSON"}]},
    "b": {"entities": [{"start": 0, "end": 6, "label": "PERSON"}]},
}


@pytest.mark.parametrize("where", [{}, {"threads": 2}, {"processes": 2}])
def test_run_in_process(where):
    scores = karat.run((DOCUMENTS, GOLD), [ours.capitals], **where)
    [found] = scores.values()
    assert list(scores) == [("documents", "capitals")]
    # The document on which the function raises counts as missed.
    assert found["entities.strict.recall"].value == pytest.approx(2 / 3)
    assert found.statuses == {"a": "ok", "b": "failed"}


def test_what_functions_return():
    assert layers_of(ours.first_line, "One. Two.") == {"summaries": ["One"]}
    assert layers_of(ours.both, "abcdef") == {"entities": [], "keyphrases": ["abc"]}
    with pytest.raises(TypeError, match="decorate it with"):
        karat.run((DOCUMENTS, GOLD), [ours.undeclared])


def test_served_to_karat_run(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (tmp_path / "golden").mkdir()
    for document in DOCUMENTS:
        (folder / f"{document['id']}.txt").write_text(document["text"])
    karat.write({id: one for id, one in GOLD.items()}, tmp_path / "golden" / "all.jsonl", "karat")
    command = [sys.executable, "-m", "karat", "serve", "extractors_of_tests:capitals"]
    quoted = ", ".join(f'"{word}"' for word in command)
    (tmp_path / "karat.toml").write_text(
        f'[datasets.d]\ndocuments = "docs"\ngolden = "golden"\n'
        f'[extractors.ours]\nkind = "process"\ncommand = [{quoted}]\nenv = {{ PYTHONPATH = "{HERE}" }}\n'
    )
    import subprocess

    ran = subprocess.run([sys.executable, "-m", "karat", "run"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 5, ran.stderr
    assert "RuntimeError: no such luck" in ran.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "karat", "plugin", "check", *command], cwd=HERE, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_serve_says_what_is_wrong():
    import subprocess

    for word, expected in [
        ("nowhere:f", "ModuleNotFoundError"),
        ("extractors_of_tests:undeclared", "TypeError"),
        ("x", "ValueError"),
    ]:
        ended = subprocess.run([sys.executable, "-m", "karat", "serve", word], cwd=HERE, capture_output=True, text=True)
        assert ended.returncode == 2 and expected in ended.stderr


def test_adapters():
    entity = SimpleNamespace(start_char=0, end_char=3, label_="PERSON", text="Ada")
    pipeline = lambda text: SimpleNamespace(ents=[entity])  # noqa: E731
    assert layers_of(adapters.spacy(pipeline, name="blank"), "Ada")["entities"][0]["label"] == "PERSON"
    tokens = lambda text: [{"entity_group": "PER", "start": 0, "end": 3, "score": 0.5}]  # noqa: E731
    assert layers_of(adapters.transformers(tokens), "Ada")["entities"][0]["confidence"] == 0.5
    with pytest.raises(ValueError, match="aggregation_strategy"):
        layers_of(adapters.transformers(lambda text: [{"entity": "B-PER", "start": 0, "end": 3, "score": 0.5}]), "Ada")
    interval = SimpleNamespace(start_pos=0, end_pos=3)
    extraction = SimpleNamespace(char_interval=interval, extraction_text="Ada", extraction_class="PERSON")
    found = layers_of(adapters.langextract(lambda text: SimpleNamespace(extractions=[extraction])), "Ada")
    assert found["entities"] == [{"start": 0, "end": 3, "label": "PERSON", "text": "Ada"}]
