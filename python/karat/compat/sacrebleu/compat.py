"""The functions of sacreBLEU, as in ``sacrebleu.compat`` 2.6.0."""

from __future__ import annotations

from collections.abc import Sequence

from .metrics import BLEU, CHRF, TER, BLEUScore, CHRFScore, TERScore

References = Sequence[Sequence[str]]


def corpus_bleu(
    hypotheses: Sequence[str], references: References, smooth_method: str = "exp", smooth_value: float | None = None,
    force: bool = False, lowercase: bool = False, tokenize: str | None = "13a", use_effective_order: bool = False,
) -> BLEUScore:  # fmt: skip
    """Returns BLEU of a corpus, 0 to 100. ``references[i][j]`` is reference i of hypothesis j."""
    metric = BLEU(
        lowercase=lowercase, force=force, tokenize=tokenize, smooth_method=smooth_method, smooth_value=smooth_value,
        effective_order=use_effective_order,
    )  # fmt: skip
    return metric.corpus_score(hypotheses, references)


def raw_corpus_bleu(hypotheses: Sequence[str], references: References, smooth_value: float | None = 0.1) -> BLEUScore:
    """Returns BLEU of a tokenized corpus, with ``floor`` smoothing."""
    return corpus_bleu(
        hypotheses, references, smooth_method="floor", smooth_value=smooth_value, force=True, tokenize="none",
        use_effective_order=True,
    )  # fmt: skip


def sentence_bleu(
    hypothesis: str, references: Sequence[str], smooth_method: str = "exp", smooth_value: float | None = None,
    lowercase: bool = False, tokenize: str | None = "13a", use_effective_order: bool = True,
) -> BLEUScore:  # fmt: skip
    """Returns BLEU of a sentence, 0 to 100."""
    metric = BLEU(
        lowercase=lowercase, tokenize=tokenize, smooth_method=smooth_method, smooth_value=smooth_value,
        effective_order=use_effective_order,
    )  # fmt: skip
    return metric.sentence_score(hypothesis, references)


def _chrf(char_order: int, word_order: int, beta: int, remove_whitespace: bool, eps_smoothing: bool) -> CHRF:
    return CHRF(
        char_order=char_order, word_order=word_order, beta=beta, whitespace=not remove_whitespace, eps_smoothing=eps_smoothing
    )


def corpus_chrf(
    hypotheses: Sequence[str], references: References, char_order: int = 6, word_order: int = 0, beta: int = 2,
    remove_whitespace: bool = True, eps_smoothing: bool = False,
) -> CHRFScore:  # fmt: skip
    """Returns chrF of a corpus, 0 to 100; chrF++ with a ``word_order`` of 2."""
    return _chrf(char_order, word_order, beta, remove_whitespace, eps_smoothing).corpus_score(hypotheses, references)


def sentence_chrf(
    hypothesis: str, references: Sequence[str], char_order: int = 6, word_order: int = 0, beta: int = 2,
    remove_whitespace: bool = True, eps_smoothing: bool = False,
) -> CHRFScore:  # fmt: skip
    """Returns chrF of a sentence, 0 to 100."""
    return _chrf(char_order, word_order, beta, remove_whitespace, eps_smoothing).sentence_score(hypothesis, references)


def corpus_ter(
    hypotheses: Sequence[str], references: References, normalized: bool = False, no_punct: bool = False,
    asian_support: bool = False, case_sensitive: bool = False,
) -> TERScore:  # fmt: skip
    """Returns TER of a corpus, 0 or more."""
    return TER(normalized, no_punct, asian_support, case_sensitive).corpus_score(hypotheses, references)


def sentence_ter(
    hypothesis: str, references: Sequence[str], normalized: bool = False, no_punct: bool = False,
    asian_support: bool = False, case_sensitive: bool = False,
) -> TERScore:  # fmt: skip
    """Returns TER of a sentence, 0 or more."""
    return TER(normalized, no_punct, asian_support, case_sensitive).sentence_score(hypothesis, references)
