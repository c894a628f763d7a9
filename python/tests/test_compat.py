"""The drop-in modules on figures that the packages' documentation prints. tests/parity/drop_ins.py
compares them with the packages themselves."""

import copy
import dataclasses
import pickle
import sys

import pytest

from karat.compat import evaluate, sacrebleu
from karat.compat.nervaluate import Evaluator
from karat.compat.rouge_score import rouge_scorer
from karat.compat.seqeval.metrics import classification_report, f1_score


def test_rouge_score():
    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"], use_stemmer=True)
    scores = scorer.score("The quick brown fox jumps over the lazy dog", "The quick brown dog jumps on the log.")
    assert scores["rouge1"].fmeasure == pytest.approx(0.70588235)
    assert scores["rougeL"] == pytest.approx((0.625, 0.55555556, 0.58823529))
    assert scorer.score_all(["a b"], ["a"])[0]["rouge1"].recall == 0.5


def test_seqeval():
    gold = [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    predicted = [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    assert f1_score(gold, predicted) == 0.5
    assert "weighted avg       0.50      0.50      0.50         2" in classification_report(gold, predicted)


# The examples in the documentation of the metrics of evaluate.
def test_evaluate():
    rouge = evaluate.load("rouge")
    texts = ["hello there", "general kenobi"]
    assert rouge.compute(predictions=texts, references=texts) == dict.fromkeys(("rouge1", "rouge2", "rougeL", "rougeLsum"), 1.0)
    gold = [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    predicted = [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    found = evaluate.load("seqeval").compute(predictions=predicted, references=gold)
    assert list(found) == ["MISC", "PER", "overall_precision", "overall_recall", "overall_f1", "overall_accuracy"]
    assert (found["overall_f1"], found["PER"]["f1"]) == (0.5, 1.0)
    bleu = evaluate.load("sacrebleu").compute(
        predictions=["hello there general kenobi", "on our way to ankh morpork"],
        references=[["hello there general kenobi", "hello there !"], ["goodbye ankh morpork", "ankh morpork"]],
    )
    assert list(bleu) == ["score", "counts", "totals", "precisions", "bp", "sys_len", "ref_len"]
    assert round(bleu["score"], 1) == 39.8
    predictions = [
        "The relationship between cats and dogs is not exactly friendly.",
        "a good bookshop is just a genteel black hole that knows how to read.",
    ]
    references = [
        ["The relationship between dogs and cats is not exactly friendly."],
        ["A good bookshop is just a genteel Black Hole that knows how to read."],
    ]
    for options, score in [
        ({}, 84.64214891738334),
        ({"word_order": 2}, 82.87263732906315),
        ({"word_order": 2, "lowercase": True}, 92.12853119829202),
    ]:
        assert evaluate.load("chrf").compute(predictions=predictions, references=references, **options)["score"] == pytest.approx(
            score, abs=1e-9
        )
    ter = evaluate.load("ter")
    predictions = [
        "does this sentence match??",
        "what about this sentence?",
        "What did the TER metric user say to the developer?",
    ]
    references = [
        ["does this sentence match", "does this sentence match!?!"],
        ["wHaT aBoUt ThIs SeNtEnCe?"] * 2,
        ["Your jokes are...", "...TERrible"],
    ]
    assert ter.compute(predictions=predictions, references=references, case_sensitive=True) == {
        "score": 150.0,
        "num_edits": 15,
        "ref_length": 10.0,
    }
    assert ter.compute(predictions=predictions, references=references, ignore_punct=True)["score"] == 100.0
    ter.add_batch(predictions=predictions[:1], references=references[:1])
    ter.add(prediction=predictions[1], reference=references[1])
    assert ter.compute(normalized=True, case_sensitive=True)["score"] == pytest.approx(57.14285714285714)
    with pytest.raises(ValueError, match="karat has no metric 'bertscore'"):
        evaluate.load("bertscore")


def test_nervaluate():
    gold = [
        [{"label": "PER", "start": 2, "end": 4}],
        [{"label": "LOC", "start": 1, "end": 2}, {"label": "LOC", "start": 3, "end": 4}],
    ]
    predicted = [
        [{"label": "PER", "start": 2, "end": 4}],
        [{"label": "LOC", "start": 1, "end": 2}, {"label": "LOC", "start": 3, "end": 4}],
    ]
    evaluator = Evaluator(gold, predicted, tags=["LOC", "PER"], loader="dict")
    found = evaluator.evaluate()
    assert found["overall"]["strict"].f1 == 1.0 and found["overall"]["strict"].correct == 3
    assert found["entities"]["LOC"]["strict"].correct == 2
    assert found["overall_indices"]["strict"].correct_indices == [(0, 0), (1, 0), (1, 1)]


def test_indices_are_plain_data():
    """Their lists are made when they are asked for."""
    gold = [[{"label": "PER", "start": 2, "end": 4}]]
    indices = Evaluator(gold, gold, tags=["PER"]).evaluate()["overall_indices"]["strict"]
    assert pickle.loads(pickle.dumps(indices)) == indices == copy.deepcopy(indices)
    assert dataclasses.asdict(indices)["correct_indices"] == [(0, 0)] and indices.missed_indices == []
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        indices.other  # noqa: B018


def test_tokenizers_that_need_models_are_those_of_sacrebleu(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics.bleu", None)
    with pytest.raises(ImportError, match="pip install sacrebleu"):
        sacrebleu.corpus_bleu(["a"], [["a"]], tokenize="spm")
    with pytest.raises(KeyError, match="other"):
        sacrebleu.corpus_bleu(["a"], [["a"]], tokenize="other")


def test_japanese():
    """The package's tokenizer, karat's counts."""
    peer = pytest.importorskip("sacrebleu")
    pytest.importorskip("ipadic")
    texts, others = ["私は学生です。", "今日は寒いABC"], ["私は先生です。", "今日はとても寒いabc"]
    for options in ({"tokenize": "ja-mecab"}, {"trg_lang": "ja", "lowercase": True}):
        ours, theirs = sacrebleu.BLEU(**options), peer.BLEU(**options)
        assert str(ours.corpus_score(others, [texts])) == str(theirs.corpus_score(others, [texts]))
        assert str(ours.get_signature()) == str(theirs.get_signature())
