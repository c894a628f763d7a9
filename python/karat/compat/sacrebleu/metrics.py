"""The metric classes of ``sacrebleu.metrics`` 2.6.0."""

from __future__ import annotations

import json
import logging
import math
import os
import statistics
from collections.abc import Sequence
from typing import Any

from ..._karat import bleu_counts, chrf_counts, chrf_score, ter_counts, ter_score

_VERSION = "2.6.0"
_log = logging.getLogger("sacrebleu")
#: By smoothing, its value unless one is given.
_SMOOTHING: dict[str, float | None] = {"none": None, "floor": 0.1, "add-k": 1, "exp": None}
_TOKENIZERS = ("none", "13a", "intl", "char", "zh")
#: Tokenizers that need models, which only the package sacrebleu has.
_OTHER_TOKENIZERS = ("ja-mecab", "ko-mecab", "spm", "flores101", "flores200", "spBLEU-1K")
_BY_LANGUAGE = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}


class Score:
    """A score with its name."""

    def __init__(self, name: str, score: float) -> None:
        self.name = name
        self.score = score
        self._mean = -1.0
        self._ci = -1.0
        self._verbose = ""

    def format(self, width: int = 2, score_only: bool = False, signature: str = "", is_json: bool = False) -> str:
        """Returns the score as text or JSON."""
        shown = f"{self.score:.{width}f}"
        found: dict[str, Any] = {"name": self.name, "score": float(shown), "signature": signature}
        if self._mean > 0:
            mean, half = f"{self._mean:.{width}f}", f"{self._ci:.{width}f}"
            confidence = f"μ = {mean} ± {half}"
            shown += f" ({confidence})"
            found.update(confidence_mean=float(mean), confidence_var=float(half), confidence=confidence)
        whole = f"{self.name}|{signature}" if signature else self.name
        whole += f" = {shown}"
        if self._verbose:
            whole += f" {self._verbose}"
            found["verbose_score"] = self._verbose
        if score_only:
            return shown
        if is_json:
            found.update(dict(pair.split(":") for pair in signature.split("|")))
            return json.dumps(found, indent=1, ensure_ascii=False)
        return whole

    def estimate_ci(self, scores: Sequence[Score]) -> None:
        """Sets the mean and half the width of the interval of 95 % from resampled scores."""
        values = sorted(score.score for score in scores)
        cut = len(values) // 40
        self._ci = 0.5 * (values[len(values) - cut - 1] - values[cut])
        self._mean = statistics.mean(values)

    def __repr__(self) -> str:
        return self.format()


class BLEUScore(Score):
    """BLEU with the counts that it is computed from."""

    def __init__(
        self, score: float, counts: list[Any], totals: list[Any], precisions: list[float], bp: float, sys_len: int, ref_len: int
    ) -> None:
        super().__init__("BLEU", score)
        self.bp = bp
        self.counts = counts
        self.totals = totals
        self.sys_len = sys_len
        self.ref_len = ref_len
        self.precisions = precisions
        self.prec_str = "/".join(f"{precision:.1f}" for precision in precisions)
        self.ratio = sys_len / ref_len if ref_len else 0
        self._verbose = f"{self.prec_str} (BP = {bp:.3f} ratio = {self.ratio:.3f} hyp_len = {sys_len:d} ref_len = {ref_len:d})"


class CHRFScore(Score):
    """chrF, or chrF++ with words."""

    def __init__(self, score: float, char_order: int, word_order: int, beta: int) -> None:
        self.beta = beta
        self.char_order = char_order
        self.word_order = word_order
        super().__init__(f"chrF{beta}" + "+" * word_order, score)


class TERScore(Score):
    """TER with the edits and the length of the references."""

    def __init__(self, score: float, num_edits: float, ref_length: float) -> None:
        super().__init__("TER", score)
        self.num_edits = int(num_edits)
        self.ref_length = ref_length


class Signature:
    """How a score was computed: pairs of a name and a value."""

    _SHORT = {"version": "v", "nrefs": "#", "test": "t", "lang": "l", "subset": "S", "origlang": "o", "seed": "rs"}

    def __init__(
        self, references: int, choices: dict[str, Any], short: dict[str, str], bootstrap: int | None, seed: str | None
    ) -> None:
        count = "var" if references == -1 else references
        unset = dict.fromkeys(("test", "lang", "origlang", "subset"))
        self.info = {"version": _VERSION, "nrefs": count, "bs": bootstrap, "ar": None, "seed": seed, **unset, **choices}
        self._abbr = {**self._SHORT, **short}

    def format(self, short: bool = False) -> str:
        """Returns the signature as text, the version last."""
        names = [name for name in self.info if name != "version"] + ["version"]
        pairs = []
        for name in names:
            value = self.info[name]
            if value is not None:
                value = ("no", "yes")[value] if isinstance(value, bool) else value
                pairs.append(f"{self._abbr.get(name, name) if short else name}:{value}")
        return "|".join(pairs)

    def update(self, key: str, value: Any) -> None:
        """Sets a pair."""
        self.info[key] = value

    def __str__(self) -> str:
        return self.format()

    def __repr__(self) -> str:
        return self.format()


class Metric:
    """What the metrics have in common."""

    def __init__(self, references: Sequence[Sequence[str]] | None) -> None:
        self.num_refs: int | None = None
        self.n_bootstrap: int | None = None
        self.seed: str | None = None
        self._cached = None if references is None else self._by_segment(references)

    def _count(self, hypotheses: Sequence[str], references: list[list[str]], is_summed: bool) -> list[list[float]]:
        raise NotImplementedError

    def _of_sums(self, sums: list[float]) -> Any:
        raise NotImplementedError

    def _choices(self) -> tuple[dict[str, Any], dict[str, str]]:
        raise NotImplementedError

    def get_signature(self) -> Signature:
        """Returns the signature. Raises ValueError before the first score."""
        if self.num_refs is None:
            raise ValueError("Number of references unknown, please evaluate the metric first.")
        return Signature(self.num_refs, *self._choices(), self.n_bootstrap, self.seed)

    def _by_segment(self, references: Sequence[Sequence[str | None]]) -> list[list[str]]:
        """Returns the references of each segment; ``None`` stands for none."""
        segments = [[text for text in texts if text is not None] for texts in zip(*references)]
        counts = {len(texts) for texts in segments}
        self.num_refs = counts.pop() if len(counts) == 1 else -1
        return segments

    def _counts(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]] | None, is_summed: bool = True
    ) -> list[list[float]]:
        """Returns the counts of each hypothesis, or one row of their sums."""
        if references:
            segments = self._by_segment(references)
        elif self._cached:
            segments = self._cached
        else:
            raise RuntimeError("No references provided and the cache is empty.")
        count = min(len(hypotheses), len(segments))
        self._warn_of_tokenized(hypotheses[:count])
        return self._count(list(hypotheses[:count]), segments[:count], is_summed)

    def _warn_of_tokenized(self, hypotheses: Sequence[str]) -> None:
        """Only BLEU does."""

    def sentence_score(self, hypothesis: str, references: Sequence[str]) -> Any:
        """Scores a sentence."""
        name = type(self).__name__
        if not isinstance(hypothesis, str):
            raise TypeError(f"{name}: The argument `hyp` should be a string.")
        if isinstance(references, str) or not isinstance(references, Sequence):
            raise TypeError(f"{name}: The argument `refs` should be a sequence of strings.")
        if not isinstance(references[0], str) and references[0] is not None:
            raise TypeError(f"{name}: Each element of `refs` should be a string.")
        self._warn_of_sentence()
        [sums] = self._counts([hypothesis], [[text] for text in references])
        return self._of_sums(sums)

    def _warn_of_sentence(self) -> None:
        """Only BLEU does."""

    def corpus_score(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]] | None, n_bootstrap: int = 1) -> Any:
        """Scores a corpus. With ``n_bootstrap``, the score has a mean and an interval of so many
        resamples, whose seed is ``SACREBLEU_SEED``, or 12345."""
        self._check(hypotheses, references)
        if n_bootstrap <= 1:
            [sums] = self._counts(hypotheses, references)
            return self._of_sums(sums)
        import numpy

        counts = self._counts(hypotheses, references, is_summed=False)
        score = self._of_sums([sum(column) for column in zip(*counts)])
        seed = os.environ.get("SACREBLEU_SEED", "12345")
        generator = numpy.random.default_rng(None if seed.lower() == "none" else int(seed))
        drawn = generator.choice(len(counts), size=(n_bootstrap, len(counts)), replace=True)
        matrix = numpy.array(counts, dtype="float32")
        self.n_bootstrap, self.seed = n_bootstrap, seed.lower()
        score.estimate_ci([self._of_sums(matrix[sample].sum(0)) for sample in drawn])
        return score

    def _check(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]] | None) -> None:
        name = type(self).__name__
        if not isinstance(hypotheses, Sequence):
            raise TypeError(f"{name}: `hyps` should be a sequence of strings.")
        if not isinstance(hypotheses[0], str):
            raise TypeError(f"{name}: Each element of `hyps` should be a string.")
        if any(line is None for line in hypotheses):
            raise TypeError(f"{name}: Undefined line in hypotheses stream!")
        if references is None:
            return
        if not isinstance(references, Sequence):
            raise TypeError(f"{name}: `refs` should be a sequence of sequence of strings.")
        if not isinstance(references[0], Sequence):
            raise TypeError(f"{name}: Each element of `refs` should be a sequence of strings.")
        if not isinstance(references[0][0], str) and references[0][0] is not None:
            raise TypeError(f"{name}: `refs` should be a sequence of sequence of strings.")


def _tokenizer_of_sacrebleu(name: str) -> Any:
    try:
        from sacrebleu.metrics.bleu import _get_tokenizer
    except ImportError:
        raise ImportError(f"the tokenizer {name!r} is that of the package sacrebleu: `pip install sacrebleu`") from None
    return _get_tokenizer(name)()


class BLEU(Metric):
    """BLEU. The tokenizers that need models (``ja-mecab``, ``spm``, ...) are those of the package
    sacrebleu, which then has to be installed."""

    SMOOTH_DEFAULTS = _SMOOTHING
    TOKENIZERS = _TOKENIZERS
    TOKENIZER_DEFAULT = "13a"

    def __init__(
        self, lowercase: bool = False, force: bool = False, tokenize: str | None = None, smooth_method: str = "exp",
        smooth_value: float | None = None, max_ngram_order: int = 4, effective_order: bool = False, trg_lang: str = "",
        references: Sequence[Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        assert smooth_method in _SMOOTHING, f"Unknown smooth_method {smooth_method!r}"
        chosen = tokenize or _BY_LANGUAGE.get(trg_lang, self.TOKENIZER_DEFAULT)
        if tokenize is not None and trg_lang in _BY_LANGUAGE and tokenize != _BY_LANGUAGE[trg_lang]:
            language = {"zh": "Chinese", "ja": "Japanese", "ko": "Korean"}[trg_lang]
            _log.warning(f"Consider using the '{_BY_LANGUAGE[trg_lang]}' or 'spm' tokenizer for {language}.")
        if chosen not in (*_TOKENIZERS, *_OTHER_TOKENIZERS):
            raise KeyError(chosen)
        self._tokenizer: Any = _tokenizer_of_sacrebleu(chosen) if chosen in _OTHER_TOKENIZERS else None
        self._force = force
        self.trg_lang = trg_lang
        self.lowercase = lowercase
        self.smooth_value = smooth_value
        self.smooth_method = smooth_method
        self.max_ngram_order = max_ngram_order
        self.effective_order = effective_order
        self.tokenizer_signature = self._tokenizer.signature() if self._tokenizer else chosen
        value = {} if smooth_value is None else {"smooth_value": smooth_value}
        self._options = json.dumps({
            "lowercase": lowercase, "tokenize": "none" if self._tokenizer else chosen, "smooth_method": smooth_method,
            "max_ngram_order": max_ngram_order, "effective_order": effective_order, **value,
        })  # fmt: skip
        super().__init__(references)

    def _count(self, hypotheses: Sequence[str], references: list[list[str]], is_summed: bool) -> list[list[float]]:
        if self._tokenizer:
            hypotheses = list(map(self._tokenized, hypotheses))
            references = [list(map(self._tokenized, texts)) for texts in references]
        return bleu_counts(self._options, hypotheses, references, is_summed)

    def _tokenized(self, text: str) -> str:
        return self._tokenizer((text.lower() if self.lowercase else text).rstrip())

    def _warn_of_tokenized(self, hypotheses: Sequence[str]) -> None:
        if not self._force and sum(text.endswith(" .") for text in hypotheses) >= 100:
            _log.warning("That's 100 lines that end in a tokenized period ('.')")
            _log.warning("It looks like you forgot to detokenize your test data, which may hurt your score.")
            _log.warning(
                "If you insist your data is detokenized, or don't care, you can suppress this message with the `force` parameter."
            )

    def _warn_of_sentence(self) -> None:
        if not self.effective_order:
            _log.warning("It is recommended to enable `effective_order` for sentence-level BLEU.")

    def _of_sums(self, sums: Any) -> BLEUScore:
        order = self.max_ngram_order
        plain = [int(one) if float(one).is_integer() else one for one in sums[2:]]
        return self.compute_bleu(
            plain[:order], plain[order:], int(sums[0]), int(sums[1]), self.smooth_method, self.smooth_value,
            self.effective_order, order,
        )  # fmt: skip

    @staticmethod
    def compute_bleu(
        correct: list[Any], total: list[Any], sys_len: int, ref_len: int, smooth_method: str = "none", smooth_value: Any = None,
        effective_order: bool = False, max_ngram_order: int = 4,
    ) -> BLEUScore:  # fmt: skip
        """Returns BLEU for counts. With ``add-k``, the counts are changed in place, as in the package."""
        assert smooth_method in _SMOOTHING, f"Unknown smooth_method {smooth_method!r}"
        value = _SMOOTHING[smooth_method] if smooth_value is None else smooth_value
        penalty = 1.0
        if sys_len < ref_len:
            penalty = math.exp(1 - ref_len / sys_len) if sys_len > 0 else 0.0
        precisions = [0.0] * max_ngram_order
        if not any(correct):
            return BLEUScore(0.0, correct, total, precisions, penalty, sys_len, ref_len)
        halves, effective = 1.0, max_ngram_order
        for at in range(max_ngram_order):
            if smooth_method == "add-k" and at > 0:
                correct[at] += value
                total[at] += value
            if total[at] == 0:
                break
            if effective_order:
                effective = at + 1
            if correct[at] != 0:
                precisions[at] = 100.0 * correct[at] / total[at]
            elif smooth_method == "exp":
                halves *= 2
                precisions[at] = 100.0 / (halves * total[at])
            elif smooth_method == "floor":
                precisions[at] = 100.0 * (value or 0.0) / total[at]
        logs = [-9999999999 if precision == 0.0 else math.log(precision) for precision in precisions[:effective]]
        return BLEUScore(penalty * math.exp(sum(logs) / effective), correct, total, precisions, penalty, sys_len, ref_len)

    def _choices(self) -> tuple[dict[str, Any], dict[str, str]]:
        smoothing = self.smooth_method
        value = _SMOOTHING[smoothing] if self.smooth_value is None else self.smooth_value
        if _SMOOTHING[smoothing] is not None:
            smoothing += f"[{value:.2f}]"
        choices = {
            "case": "lc" if self.lowercase else "mixed",
            "eff": "yes" if self.effective_order else "no",
            "tok": self.tokenizer_signature,
            "smooth": smoothing,
        }
        return choices, {"case": "c", "eff": "e", "tok": "tok", "smooth": "s"}


class CHRF(Metric):
    """chrF, or chrF++ with a ``word_order`` of 2."""

    CHAR_ORDER = 6
    WORD_ORDER = 0
    BETA = 2

    def __init__(
        self, char_order: int = CHAR_ORDER, word_order: int = WORD_ORDER, beta: int = BETA, lowercase: bool = False,
        whitespace: bool = False, eps_smoothing: bool = False, references: Sequence[Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        self.beta = beta
        self.char_order = char_order
        self.word_order = word_order
        self.order = char_order + word_order
        self.lowercase = lowercase
        self.whitespace = whitespace
        self.eps_smoothing = eps_smoothing
        self._options = json.dumps({
            "char_order": char_order, "word_order": word_order, "beta": beta, "lowercase": lowercase,
            "whitespace": whitespace, "eps_smoothing": eps_smoothing,
        })  # fmt: skip
        super().__init__(references)

    def _count(self, hypotheses: Sequence[str], references: list[list[str]], is_summed: bool) -> list[list[float]]:
        return chrf_counts(self._options, hypotheses, references, is_summed)

    def _of_sums(self, sums: Any) -> CHRFScore:
        score = chrf_score(self._options, list(map(float, sums)))
        return CHRFScore(score, self.char_order, self.word_order, self.beta)

    def _choices(self) -> tuple[dict[str, Any], dict[str, str]]:
        choices = {
            "case": "lc" if self.lowercase else "mixed",
            "eff": "no" if self.eps_smoothing else "yes",
            "nc": self.char_order,
            "nw": self.word_order,
            "space": "yes" if self.whitespace else "no",
        }
        return choices, {"case": "c", "eff": "e", "nc": "nc", "nw": "nw", "space": "s"}


class TER(Metric):
    """The translation edit rate."""

    def __init__(
        self, normalized: bool = False, no_punct: bool = False, asian_support: bool = False, case_sensitive: bool = False,
        references: Sequence[Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        self.no_punct = no_punct
        self.normalized = normalized
        self.asian_support = asian_support
        self.case_sensitive = case_sensitive
        self.tokenizer_signature = "tercom"
        self._options = json.dumps({
            "normalized": normalized, "no_punct": no_punct, "asian_support": asian_support, "case_sensitive": case_sensitive,
        })  # fmt: skip
        super().__init__(references)

    def _count(self, hypotheses: Sequence[str], references: list[list[str]], is_summed: bool) -> list[list[float]]:
        return ter_counts(self._options, hypotheses, references, is_summed)

    def _of_sums(self, sums: Any) -> TERScore:
        score = ter_score(self._options, list(map(float, sums)))
        return TERScore(score, sums[0], sums[1])

    def _choices(self) -> tuple[dict[str, Any], dict[str, str]]:
        choices = {
            "case": "mixed" if self.case_sensitive else "lc",
            "tok": self.tokenizer_signature,
            "norm": self.normalized,
            "punct": not self.no_punct,
            "asian": self.asian_support,
        }
        return choices, {"case": "c", "tok": "t", "norm": "nr", "punct": "pn", "asian": "as"}
