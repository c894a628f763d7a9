"""Similarity by the word vectors of the package wordllama, which this test needs."""

from pathlib import Path

import pytest

import karat
import karat.embeddings

wordllama = pytest.importorskip("wordllama")

TEXTS = ["The river rose after heavy rain.", "Shares fell on Monday.", "", "Zürich – 12 °C"]
OTHERS = ["After much rain, the river was high.", "The committee met in Oslo.", "Rain.", "Twelve degrees in Zurich"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    try:
        karat.score(["a"], ["a"], options={"summaries": {"metrics": ["cosine"], "embeddings": karat.embeddings.folder()}})
    except karat.KaratError as problem:
        if "built without embeddings" in str(problem):
            pytest.skip("this wheel was built without embeddings")
        raise
    return karat.embeddings.folder()


def test_similarity_is_that_of_wordllama(folder):
    # Without a folder, wordllama looks for its own tokenizer in the network.
    peer = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent)
    options = {"summaries": {"metrics": ["cosine"], "embeddings": folder}}
    scores = karat.score(TEXTS[:2] + TEXTS[3:], OTHERS[:2] + OTHERS[3:], options=options)
    found = [scores.documents[id]["summary.cosine"] for id in sorted(scores.documents)]
    expected = [peer.similarity(text, other) for text, other in zip(TEXTS[:2] + TEXTS[3:], OTHERS[:2] + OTHERS[3:])]
    assert found == pytest.approx(expected, abs=1e-3)
    assert "model2vec-" in scores["summary.cosine"].signature


def test_the_folder_is_written_once_and_names_the_licence(folder):
    assert sorted(file.name for file in folder.iterdir()) == ["LICENSE", "config.json", "model.safetensors", "tokenizer.json"]
    assert "MIT License" in (folder / "LICENSE").read_text()
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert karat.embeddings.folder() == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_without_wordllama(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install wordllama"):
        karat.embeddings.folder()
