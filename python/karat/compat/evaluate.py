"""``load`` for the metrics of Hugging Face's evaluate 0.4 that karat computes: ``rouge``, ``seqeval``,
``sacrebleu``, ``chrf`` and ``ter``. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .rouge_score import rouge_scorer, scoring
from .sacrebleu import CHRF, TER, corpus_bleu
from .seqeval import metrics as _seqeval
from .seqeval import scheme as _schemes


class Metric:
    """A metric. Predictions and references may be added in batches before :meth:`compute`."""

    def __init__(self, name: str, compute: Callable[..., dict[str, Any]], **defaults: Any) -> None:
        self.name = name
        self._compute = compute
        self._defaults = defaults
        self._added: tuple[list[Any], list[Any]] = ([], [])

    def _add(self, predictions: Iterable[Any], references: Iterable[Any]) -> None:
        self._added[0].extend(map(_plain, predictions))
        self._added[1].extend(map(_plain, references))

    def add(self, *, prediction: Any = None, reference: Any = None, predictions: Any = None, references: Any = None) -> None:
        """Adds a prediction with its reference, or its list of references."""
        self._add([predictions if prediction is None else prediction], [references if reference is None else reference])

    def add_batch(self, *, predictions: Sequence[Any], references: Sequence[Any]) -> None:
        """Adds predictions with their references."""
        if len(predictions) != len(references):
            raise ValueError(_mismatch(predictions, references))
        self._add(predictions, references)

    def compute(
        self, *, predictions: Sequence[Any] | None = None, references: Sequence[Any] | None = None, **options: Any
    ) -> dict[str, Any] | None:
        """Returns the figures of all predictions."""
        if predictions is not None or references is not None:
            self.add_batch(
                predictions=[] if predictions is None else predictions, references=[] if references is None else references
            )
        added, self._added = self._added, ([], [])
        if not added[0]:
            return None
        return self._compute(*added, **{**self._defaults, **options})


def _plain(value: Any) -> Any:
    """Tuples and arrays as lists."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


#: Where and how evaluate would download and store things.
_WITHOUT_EFFECT = frozenset(
    "module_type process_id num_process cache_dir experiment_id keep_in_memory download_config download_mode revision seed "
    "trust_remote_code".split()
)


def _mismatch(predictions: Sequence[Any], references: Sequence[Any]) -> str:
    return f"Mismatch in the number of predictions ({len(predictions)}) and references ({len(references)})"


def load(path: str, config_name: str | None = None, **options: Any) -> Metric:
    """Returns a metric by its name. Raises ValueError for one that karat does not compute."""
    if path not in _METRICS:
        raise ValueError(f"karat has no metric {path!r}; it has {', '.join(_METRICS)}")
    asked = {name: value for name, value in options.items() if name not in _WITHOUT_EFFECT}
    return Metric(path, _METRICS[path], **asked)


class _Tokenizer:
    """A function as an object with a method ``tokenize``."""

    def __init__(self, tokenize: Callable[[str], list[str]]) -> None:
        self.tokenize = tokenize


def _rouge(
    predictions: list[str], references: list[Any], rouge_types: Sequence[str] | None = None, use_aggregator: bool = True,
    use_stemmer: bool = False, tokenizer: Callable[[str], list[str]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    kinds = list(rouge_types) if rouge_types is not None else ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    scorer = rouge_scorer.RougeScorer(kinds, use_stemmer=use_stemmer, tokenizer=_Tokenizer(tokenizer) if tokenizer else None)
    if isinstance(references[0], list):
        scores = [scorer.score_multi(targets, prediction) for targets, prediction in zip(references, predictions)]
    else:
        scores = scorer.score_all(references, predictions)
    if not use_aggregator:
        return {kind: [score[kind].fmeasure for score in scores] for kind in scores[0]}
    aggregator = scoring.BootstrapAggregator()
    for score in scores:
        aggregator.add_scores(score)
    return {kind: found.mid.fmeasure for kind, found in aggregator.aggregate().items()}


def _tags(
    predictions: list[list[str]], references: list[list[str]], suffix: bool = False, scheme: str | None = None,
    mode: str | None = None, sample_weight: Any = None, zero_division: Any = "warn",
) -> dict[str, Any]:  # fmt: skip
    chosen = None
    if scheme is not None:
        chosen = getattr(_schemes, scheme, None)
        if chosen is None:
            raise ValueError(f"Scheme should be one of [IOB1, IOB2, IOE1, IOE2, IOBES, BILOU], got {scheme}")
    report = _seqeval.classification_report(
        references, predictions, suffix=suffix, output_dict=True, scheme=chosen, mode=mode, sample_weight=sample_weight,
        zero_division=zero_division,
    )  # fmt: skip
    overall = report.pop("micro avg")
    averages = ("macro avg", "weighted avg")
    scores: dict[str, Any] = {
        label: {"precision": row["precision"], "recall": row["recall"], "f1": row["f1-score"], "number": row["support"]}
        for label, row in report.items()
        if label not in averages
    }
    for name, key in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
        scores[f"overall_{name}"] = overall[key]
    scores["overall_accuracy"] = _seqeval.accuracy_score(references, predictions)
    return scores


def _by_number(references: list[Any], name: str) -> list[list[str]]:
    """References of each prediction as lists of first, second, ... references."""
    lists = [[one] if isinstance(one, str) else list(one) for one in references]
    if any(len(one) != len(lists[0]) for one in lists):
        raise ValueError(f"{name} requires the same number of references for each prediction")
    return [list(column) for column in zip(*lists)]


def _bleu(
    predictions: list[str], references: list[Any], smooth_method: str = "exp", smooth_value: float | None = None,
    force: bool = False, lowercase: bool = False, tokenize: str | None = None, use_effective_order: bool = False,
) -> dict[str, Any]:  # fmt: skip
    score = corpus_bleu(
        predictions, _by_number(references, "Sacrebleu"), smooth_method=smooth_method, smooth_value=smooth_value, force=force,
        lowercase=lowercase, use_effective_order=use_effective_order, **({"tokenize": tokenize} if tokenize else {}),
    )  # fmt: skip
    return {key: getattr(score, key) for key in ("score", "counts", "totals", "precisions", "bp", "sys_len", "ref_len")}


def _chrf(
    predictions: list[str], references: list[Any], char_order: int = 6, word_order: int = 0, beta: int = 2,
    lowercase: bool = False, whitespace: bool = False, eps_smoothing: bool = False,
) -> dict[str, Any]:  # fmt: skip
    metric = CHRF(char_order, word_order, beta, lowercase, whitespace, eps_smoothing)
    score = metric.corpus_score(predictions, _by_number(references, "ChrF, as implemented by sacrebleu,"))
    return {key: getattr(score, key) for key in ("score", "char_order", "word_order", "beta")}


def _ter(
    predictions: list[str], references: list[Any], normalized: bool = False, ignore_punct: bool = False,
    support_zh_ja_chars: bool = False, case_sensitive: bool = False,
) -> dict[str, Any]:  # fmt: skip
    metric = TER(normalized, ignore_punct, support_zh_ja_chars, case_sensitive)
    score = metric.corpus_score(predictions, _by_number(references, "Sacrebleu"))
    return {key: getattr(score, key) for key in ("score", "num_edits", "ref_length")}


_METRICS: dict[str, Callable[..., dict[str, Any]]] = {
    "rouge": _rouge,
    "seqeval": _tags,
    "sacrebleu": _bleu,
    "chrf": _chrf,
    "ter": _ter,
}
