"""Data that is easy to get wrong: refused by name, or read as meant."""

import multiprocessing
import subprocess
import sys
import time

import extractors_of_tests as ours
import pytest

import karat

E = [{"start": 0, "end": 3, "label": "X"}]
T = "Ada met Bob."


def f1(*sides, **options):
    return karat.score(*sides, **options)["entities.strict.f1"].value


def test_tuples_beside_other_layers():
    gold = [{"id": "a", "text": T, "entities": [(0, 3, "X")], "summaries": ["right"]}]
    scores = karat.score(gold, [{"id": "a", "entities": [(0, 3, "X")], "summaries": ["wrong"]}])
    assert scores["entities.strict.f1"].value == 1.0
    assert scores["summary.rouge1.f1"].value == 0.0


def test_documents_are_not_joined_by_accident():
    with pytest.raises(karat.KaratError, match=r"<predicted>: the documents have no ids, but those of <gold> have"):
        karat.score([{"id": "1", "entities": E}, {"id": "0", "entities": []}], [E, []])
    with pytest.raises(karat.KaratError, match=r"<gold>\[1\], column 'id': the document has an id, but the first one has none"):
        karat.score([{"entities": E}, {"id": "5", "entities": E}], [E, E])
    with pytest.raises(karat.KaratError, match="have no ids"):
        karat.score({"0": E}, [E])
    with pytest.raises(karat.KaratError, match="<annotator 2>: the documents have no ids"):
        karat.agree({"1": E, "0": []}, [E, []])
    with pytest.raises(karat.KaratError, match="<texts>: the documents have no ids"):
        karat.score({"0": E}, {"0": E}, texts=[T])


def test_lists_against_paths(tmp_path):
    karat.write({"0": E}, tmp_path / "p.jsonl", "karat")
    assert f1([E], str(tmp_path / "p.jsonl")) == 1.0
    assert f1([E], tmp_path / "p.jsonl") == 1.0


def test_documents_without_spans():
    assert karat.score([[], []], [[], []])["entities.strict.f1"].value is None
    assert f1([[]] * 20 + [E], [[]] * 20 + [E]) == 1.0


def test_one_and_several_references():
    for gold in (["c", ["a", "b"]], [["a", "c"], "b"]):
        assert karat.score(gold, ["c", "b"])["summary.rouge1.f1"].value == 1.0


def test_columns():
    pandas = pytest.importorskip("pandas")
    polars, arrow, numpy = (pytest.importorskip(name) for name in ("polars", "pyarrow", "numpy"))
    texts = ["a b", "c"]
    for kind in (pandas.Series, polars.Series, arrow.array, numpy.array, lambda data: arrow.chunked_array([data])):
        assert karat.score(texts, kind(texts))["summary.rouge1.f1"].value == 1.0
    indexed = [pandas.Series(["a", "b"], index=["x", "y"]), pandas.Series(["b", "a"], index=["y", "x"])]
    assert karat.score(*indexed)["summary.rouge1.f1"].value == 1.0
    # A column that no field is read from may have gaps.
    gaps = pandas.DataFrame({"summary": texts, "rating": [1.0, numpy.nan]})
    assert karat.score(gaps, texts)["summary.rouge1.f1"].value == 1.0
    twice = pandas.DataFrame([["a", "b"]], columns=["summary", "summary"])
    with pytest.raises(karat.KaratError, match="<gold>: two columns have the name 'summary'"):
        karat.score(twice, ["a"])
    numbers = pandas.DataFrame({"id": ["a", "b"], "amount": [1.0, numpy.nan]})
    with pytest.raises(karat.KaratError, match=r"<gold>\[1\], column 'amount': the value is nan"):
        karat.score(numbers, numbers, map={"records.bill.total": "amount"})
    with pytest.raises(karat.KaratError, match=r"<gold>\[1\]: the index has 'x' twice"):
        karat.score(pandas.Series(["a", "b"], index=["x", "x"]), ["a", "b"])
    dates = pandas.DataFrame({"id": pandas.to_datetime(["2020-01-01", None]), "summary": texts})
    with pytest.raises(karat.KaratError, match=r"<gold>\[1\], column 'id': the value is NaT"):
        karat.score(dates, dates)


def test_words_of_options():
    with pytest.raises(karat.KaratError, match="-0.5"):
        karat.gate([E], [E], [E], metric="entities.strict.f1", margin=-0.5)
    numpy = pytest.importorskip("numpy")
    assert f1([E], [E], layers=(one for one in ["entities"]), options={"spans": {"iou": numpy.float64(0.5)}}) == 1.0
    with pytest.raises(karat.KaratError, match="nervaluate"):
        karat.score([E], [E], preset="help")


def test_no_path_of_a_temporary_file():
    for call in [
        lambda: karat.score([E], [E], options={"labels": {"mop": {}}}),
        lambda: karat.score([["B-X"], ["B-X", "O"]], [["B-X"], ["O"]]),
        lambda: karat.score([["B-X", ""]], [["O", "O"]]),
        lambda: karat.show([{"id": "a", "text": T, "entities": [{"start": 5, "end": 90, "label": "X"}]}], [E], "a"),
        lambda: karat.score([{"id": "a", "entities": E}] * 2, [{"id": "a", "entities": E}]),
    ]:
        with pytest.raises(karat.KaratError) as caught:
            call()
        assert "/karat-" not in str(caught.value) and "<" in str(caught.value), str(caught.value)
    found = karat.check([{"id": "a", "text": T, "entities": [{"start": 0, "end": 3, "label": "X", "text": "Bob"}]}])
    assert [(row["file"], row["row"]) for row in found.rows()] == [("<gold>", 0)]
    assert "/karat-" not in karat.compare([E] * 9, [E] * 9, [[]] * 9).to_json()
    with pytest.raises(karat.KaratError, match=r"<gold>\[0\]: a text has the lone surrogate"):
        karat.score(["a\ud800"], ["a"])


def test_iterators_are_read_once():
    report = karat.report(iter([E]), iter([E]))
    assert report.csv() == report.csv()
    found = karat.run((iter([{"id": "a", "text": T}]), iter([{"id": "a", "entities": E}])), [ours.capitals])
    assert found["documents", "capitals"].statuses == {"a": "ok"}


@karat.extractor(layers=["entities"], name="by language")
def by_language(text, meta=None):
    return [(0, 3, (meta or {}).get("lang", "none"))]


def test_run():
    documents = [{"id": "a", "text": T, "meta": {"lang": "en"}}]
    assert (
        karat.run((documents, {"a": [(0, 3, "en")]}), [by_language])["documents", "by language"]["entities.strict.f1"].value
        == 1.0
    )
    assert karat.run(([T], [E]), [ours.capitals])
    with pytest.raises(ValueError, match="two extractors are named 'capitals'"):
        karat.run((documents, {"a": []}), [ours.capitals, ours.capitals])
    for layers, result in [(["keyphrases"], "solar power"), (["keyphrases"], {"keywords": []}), (["entities"], [(0.9, 3, "P")])]:
        extractor = karat.extractor(layers=layers)(lambda text, result=result: result)
        with pytest.raises(TypeError):
            karat.extractors.layers_of(extractor, T)


def score_in_child(queue):
    from karat.compat import sacrebleu

    queue.put(sacrebleu.corpus_bleu(["a b c d"] * 3, [["a b c d"] * 3]).score)


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_forked_children():
    from karat.compat import sacrebleu

    expected = sacrebleu.corpus_bleu(["a b c d"] * 3, [["a b c d"] * 3]).score
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=score_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=30) == expected
    child.join()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_the_program():
    import signal

    program = [sys.executable, "-m", "karat", "view", "--no-open"]
    begun = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
    # Without a karat.toml the program ends by itself.
    assert begun.wait(30) == 2
    waiting = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True)
    assert waiting.stdout.readline() == "begun\n"
    time.sleep(0.3)
    waiting.send_signal(signal.SIGINT)
    assert waiting.wait(30) != 0


WAITING = """
import karat, sys
many = [" ".join(f"w{at % 97}" for at in range(400))] * 4000
print("begun", flush=True)
for _ in range(1000):
    karat.score(many, many, documents=False)
"""
