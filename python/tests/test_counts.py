"""Counts as tables: karat.counts, karat.summarize, karat.compare_counts, karat.gate_counts."""

import pandas
import polars
import pyarrow
import pytest

import karat

LABELS = ["PER", "ORG"]


def documents(count=40):
    found = []
    for at in range(count):
        gold = [{"start": 3 * one, "end": 3 * one + 2, "label": LABELS[(at + one) % 2]} for one in range(at % 4)]
        pred = [dict(span, label=LABELS[(at // 2 + one) % 2]) for one, span in enumerate(gold)]
        found.append(
            {"id": f"d{at:02}", "text": "x" * 12, "gold": {"entities": gold}, "pred": {"entities": pred} if at % 9 else None}
        )
    return found


def whole(rows):
    gold = {row["id"]: row["gold"] for row in rows}
    pred = {row["id"]: row["pred"] for row in rows if row["pred"] is not None}
    return karat.score(gold, pred, missing="count")


def figures(scores):
    return {name: (figure.value, figure.low, figure.high, figure.documents) for name, figure in scores.items()}


def test_parts_give_the_figures_of_the_whole():
    rows = documents()
    parts = [karat.counts(pyarrow.Table.from_pylist(rows[first : first + 7])) for first in range(0, len(rows), 7)]
    assert all(isinstance(part, pyarrow.RecordBatch) for part in parts)
    expected = figures(whole(rows))
    assert figures(karat.summarize(parts)) == expected
    table = pyarrow.Table.from_batches(parts)
    assert figures(karat.summarize(table)) == expected
    assert figures(karat.summarize(table.to_pandas())) == expected
    assert figures(karat.summarize(polars.from_arrow(table))) == expected
    assert karat.summarize(parts, bootstrap=200, seed=1)["entities.strict.f1"].low is not None


def test_batches_of_any_kind(tmp_path):
    rows = documents(12)
    expected = karat.counts(rows)
    assert karat.counts(pandas.DataFrame(rows)).equals(expected)
    assert karat.counts(polars.DataFrame(rows)).equals(expected)
    assert karat.counts(pyarrow.Table.from_pylist(rows)).equals(expected)
    pyarrow.parquet.write_table(pyarrow.Table.from_batches([expected]), tmp_path / "counts.parquet")
    assert figures(karat.summarize(tmp_path / "counts.parquet")) == figures(whole(rows))


def test_texts_and_lists_of_spans():
    rows = [{"id": 1, "gold": "it rains", "pred": "it snows"}, {"id": 2, "gold": "a b", "pred": "a b"}]
    scores = karat.summarize(karat.counts(rows, metrics=["summary.rouge1"]))
    assert scores["summary.rouge1.f1"].value == 0.75
    spans = karat.counts([{"id": "a", "gold": [(0, 3, "X")], "pred": [(0, 3, "X")]}])
    assert karat.summarize(spans)["entities.strict.f1"].value == 1


def test_a_part_without_documents():
    empty = karat.counts([])
    assert empty.num_rows == 0
    rows = documents(12)
    assert figures(karat.summarize([empty, karat.counts(rows)])) == figures(whole(rows))


def test_plain_tables_can_be_aggregated():
    table = pyarrow.Table.from_batches([karat.counts(documents())])
    strict = polars.from_arrow(table).filter(
        (polars.col("layer") == "entities") & (polars.col("metric") == "strict") & polars.col("label").is_null()
    )
    sums = strict.select("correct", "incorrect", "partial", "missed", "spurious").sum().row(0, named=True)
    gold = sums["correct"] + sums["incorrect"] + sums["partial"] + sums["missed"]
    predicted = sums["correct"] + sums["incorrect"] + sums["partial"] + sums["spurious"]
    assert 2 * sums["correct"] / (gold + predicted) == pytest.approx(whole(documents())["entities.strict.f1"].value, abs=1e-15)


def test_gates_and_comparisons():
    rows = documents(60)
    perfect = [dict(row, pred=row["gold"]) for row in rows]
    base, candidate = karat.counts(perfect), karat.counts(rows)
    assert karat.compare_counts(base, candidate)["entities.strict.f1"].verdict == "worse"
    verdict = karat.gate_counts(base, [candidate], metric="entities.strict.f1", margin=0.02)
    assert not verdict and verdict.verdict == "fail"
    assert karat.gate_counts(None, base, metric="entities.strict.f1", min=0.5)
    with pytest.raises(karat.KaratError, match="only the baseline has"):
        karat.compare_counts(base, karat.counts(rows[:-2]))
    with pytest.raises(karat.KaratError, match="the golden annotations of the documents"):
        karat.compare_counts(base, karat.counts([dict(row, gold={"entities": []}) for row in rows]))


def test_mistakes_are_named():
    rows = documents(12)
    counted = karat.counts(rows)
    with pytest.raises(karat.KaratError, match=r'the document "d00" is in <counts>\[0\] and in <counts>\[1\]'):
        karat.summarize([counted, karat.counts(rows[:3])])
    with pytest.raises(karat.KaratError, match=r"<counts>\[1\].*different arguments: none; --preset=nervaluate"):
        karat.summarize([karat.counts(rows[:6]), karat.counts(rows[6:], preset="nervaluate")])
    with pytest.raises(karat.KaratError, match=r"<batch>\[1\], column 'id': there is no id"):
        karat.counts([rows[0], {"id": None, "gold": [], "pred": []}])
    with pytest.raises(karat.KaratError, match=r"<batch>\[0\], column 'pred': there is no such column"):
        karat.counts([{"id": "a", "gold": [], "predicted": []}])
    with pytest.raises(karat.KaratError, match="a document is int"):
        karat.counts([{"id": "a", "gold": 3, "pred": None}])
    with pytest.raises(karat.KaratError, match="counts are tables or paths of files, but this is int"):
        karat.summarize(3)
    with pytest.raises(karat.KaratError, match="there are no counts"):
        karat.summarize([])
    with pytest.raises(karat.KaratError, match="has no column `other`"):
        karat.summarize(pyarrow.Table.from_batches([counted]).append_column("other", pyarrow.array([1] * counted.num_rows)))
    with pytest.raises(karat.KaratError, match="an earlier document has the id|d00"):
        karat.counts([rows[0], rows[0]])
