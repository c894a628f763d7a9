"""`karat.score` on everything that a program has in memory."""

import json
import threading
import time

import pytest

import karat

GOLD = [[(0, 3, "PERSON"), (17, 21, "GPE")], [(4, 9, "ORG")]]
PREDICTED = [[(0, 3, "PERSON"), (17, 21, "ORG")], []]


def test_lists_of_spans():
    scores = karat.score(GOLD, PREDICTED)
    figure = scores["entities.strict.f1"]
    assert figure.value == 0.4 and float(figure) == 0.4
    assert (figure.gold, figure.predicted, figure.documents) == (3, 2, 2)
    assert figure.low < 0.4 < figure.high
    assert figure.counts["correct"] == 1
    assert figure.signature.startswith("spans|")
    assert scores.documents["0"]["entities.strict.f1"] == 0.5
    assert scores.errors["entities"]["missed"] == 1
    assert "entities.strict.f1" in scores and len(scores) == len(list(scores))
    assert "entities.strict.f1" in str(scores) and "0.400" in str(scores)
    assert "<table>" in scores._repr_html_()
    assert json.loads(scores.to_json())["schema"] == "karat.scores/1"
    with pytest.raises(KeyError, match="there is no figure 'nothing'"):
        scores["nothing"]


def records(spans):
    return [
        {"id": f"d{at}", "entities": [{"start": s, "end": e, "label": label} for s, e, label in one]}
        for at, one in enumerate(spans)
    ]


def test_every_container_gives_the_same(tmp_path):
    expected = karat.score(GOLD, PREDICTED).data["metrics"]
    gold, predicted = records(GOLD), records(PREDICTED)
    by_id = [{one["id"]: one for one in side} for side in (gold, predicted)]
    spans = [dict(enumerate_ids(side)) for side in (GOLD, PREDICTED)]
    paths = []
    for name, side in (("g", gold), ("p", predicted)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in side))
        paths.append(path)
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    arrow = pytest.importorskip("pyarrow")
    for pair in [
        (gold, predicted),
        (iter(gold), (one for one in predicted)),
        by_id,
        spans,
        paths,
        [str(path) for path in paths],
        [pandas.DataFrame(side) for side in (gold, predicted)],
        [polars.DataFrame(side) for side in (gold, predicted)],
        [polars.LazyFrame(side) for side in (gold, predicted)],
        [arrow.Table.from_pylist(side) for side in (gold, predicted)],
        [arrow.RecordBatch.from_pylist(side) for side in (gold, predicted)],
        [Capsule(arrow.Table.from_pylist(side)) for side in (gold, predicted)],
        (gold, arrow.Table.from_pylist(predicted)),
    ]:
        assert karat.score(*pair).data["metrics"] == expected


class Capsule:
    """A table of a library that karat does not know."""

    def __init__(self, table):
        self.__arrow_c_stream__ = table.__arrow_c_stream__


def enumerate_ids(side):
    return ((f"d{at}", one) for at, one in enumerate(side))


def test_datasets_of_hugging_face():
    datasets = pytest.importorskip("datasets")
    gold, predicted = (datasets.Dataset.from_list(records(side)) for side in (GOLD, PREDICTED))
    assert karat.score(gold, predicted)["entities.strict.f1"].value == 0.4


def test_texts_and_references():
    one = karat.score(["the cat sat on the mat"], ["the cat on the mat"])
    assert one["summary.rouge1.precision"].value == 1.0
    several = karat.score([["a dog", "the cat on the mat"]], ["the cat on the mat"])
    assert several["summary.rouge1.f1"].value == 1.0
    stemmed = karat.score(["cats"], ["cat"], preset="rouge_score")
    assert stemmed["summary.rouge1.f1"].value == 1.0


def test_tags():
    scores = karat.score([["B-PER", "O"], ["B-LOC"]], [["B-PER", "O"], ["O"]], preset="seqeval")
    assert scores["entities.strict.recall"].value == 0.5


def test_columns_of_tables():
    pandas = pytest.importorskip("pandas")
    gold = pandas.DataFrame({"key": ["a", "b"], "highlights": ["it rains", "the sun"]})
    predicted = pandas.DataFrame({"key": ["b", "a"], "answer": ["the sun", "it snows"]})
    scores = karat.score(gold, predicted, map={"id": "key"}, gold_map={"summary": "highlights"}, pred_map={"summary": "answer"})
    assert scores["summary.rouge1.f1"].value == 0.75


def test_options():
    options = {"labels": {"map": {"PER": "PERSON"}}, "spans": {"iou": 0.5}}
    scores = karat.score([[(0, 3, "PERSON")]], [[(0, 3, "PER")]], options=options)
    assert scores["entities.strict.f1"].value == 1.0
    zero = karat.score([[(0, 3, "A")]], [[]], zero_division=0.0)
    assert zero["entities.strict.precision"].value == 0.0
    assert karat.score([[(0, 3, "A")]], [[]])["entities.strict.precision"].value is None
    few = karat.score(GOLD, PREDICTED, metrics=["entities.strict.f1"], documents=False)
    assert list(few) == ["entities.strict.f1"] and few.documents == {}
    drawn = karat.score(GOLD * 5, PREDICTED * 5, bootstrap=200, seed=7)
    assert drawn.data == karat.score(GOLD * 5, PREDICTED * 5, bootstrap=200, seed=7, threads=1).data


def test_missing_documents():
    gold = {"a": [(0, 3, "X")], "b": [(0, 3, "X")]}
    with pytest.raises(karat.KaratError) as caught:
        karat.score(gold, {"a": [(0, 3, "X")]})
    assert caught.value.code == 2
    assert caught.value.diagnostics[0].document == "b"
    assert karat.score(gold, {"a": [(0, 3, "X")]}, missing="count")["entities.strict.recall"].value == 0.5


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        ([[]], [[], []], "<predicted>: the list has length 2, but <gold> has length 1"),
        ([3], [[]], "<gold>[0]: a document is int"),
        ([[(0, 3)]], [[]], "<gold>[0], column 'entities': span 0 is tuple"),
        ([[(0.5, 3, "X")]], [[]], "<gold>[0]"),
        ([[("0", 3, "X")]], [[]], "<gold>[0]"),
        ([[(3, 0, "X")]], [[]], "<gold>[0]"),
        ([[(0, 3, "")]], [[]], "<gold>[0]"),
        ([[(0, float("nan"), "X")]], [[]], "<gold>[0], column 'entities': the value is nan"),
        ([{"id": "a", "entities": [{"start": object(), "end": 1, "label": "X"}]}], [[]], "<gold>[0], column 'entities'"),
        ([], [], "<gold>: there are no documents"),
        (7, [], "<gold>: karat reads paths"),
        ({1: []}, {}, "<gold>[0]: ids are texts"),
        ({"a": {"id": "b"}}, {}, "<gold>[0], column 'id': the key is 'a'"),
        ("nowhere.jsonl", "nowhere.jsonl", "nowhere.jsonl"),
    ],
)
def test_errors_name_the_row(gold, predicted, expected):
    with pytest.raises(karat.KaratError) as caught:
        karat.score(gold, predicted)
    assert expected in str(caught.value), str(caught.value)
    assert "karat-" not in str(caught.value)


def test_errors_in_tables():
    pandas = pytest.importorskip("pandas")
    numpy = pytest.importorskip("numpy")
    with pytest.raises(karat.KaratError, match=r"<gold>\[1\], column 'summary': the value is nan"):
        karat.score(pandas.DataFrame({"summary": ["a", numpy.nan]}), pandas.DataFrame({"summary": ["a", "b"]}))
    with pytest.raises(karat.KaratError, match="no_such"):
        karat.score(pandas.DataFrame({"summary": ["a"]}), pandas.DataFrame({"summary": ["a"]}), map={"summary": "no_such"})
    # Numbers of numpy are numbers.
    spans = [[(numpy.int64(0), numpy.int32(3), "X")]]
    assert karat.score(spans, spans)["entities.strict.f1"].value == 1.0
    with pytest.raises(karat.KaratError, match=r"<gold>\[0\]"):
        karat.score([[(numpy.float64(0.5), 3, "X")]], [[]])


def test_unknown_names_have_hints():
    with pytest.raises(karat.KaratError, match="did you mean `nervaluate`"):
        karat.score(GOLD, PREDICTED, preset="nervaluat")
    with pytest.raises(karat.KaratError):
        karat.score(GOLD, PREDICTED, options={"labels": {"mop": {}}})


def test_tables_of_results():
    scores = karat.score(GOLD, PREDICTED)
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    frame = scores.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.set_index("metric").loc["entities.strict.f1", "value"] == 0.4
    table = scores.to_arrow()
    assert isinstance(table, arrow.Table) and table.num_rows == len(scores)


def test_other_threads_run_meanwhile():
    """The interpreter is free while karat scores."""
    many = [GOLD[0]] * 20_000
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.002)

    thread = threading.Thread(target=tick)
    thread.start()
    karat.score(many, many, documents=False)
    stop.set()
    thread.join()
    assert len(ticks) > 5


def test_two_threads_give_what_one_gives():
    expected = karat.score(GOLD, PREDICTED).data
    found = []
    threads = [threading.Thread(target=lambda: found.append(karat.score(GOLD, PREDICTED).data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8
    # Errors stay apart, too.
    with pytest.raises(karat.KaratError):
        karat.score([3], [3])
    assert karat.score(GOLD, PREDICTED).data == expected
