#!/usr/bin/env python3
"""Compares the drop-in modules of the Python package, karat.compat, with the packages whose place they take.

    python tests/parity/drop_ins.py --cases 2000

The interpreter needs the wheel of karat and the packages (python/tests/requirements.txt). Two processes run the same
calls on the same random inputs: one imports the packages, the other karat.compat. What they print, figures to the last bit,
texts of reports, warnings and exceptions included, must be equal. Prints how many calls were compared and every difference;
exits 1 on one.

    python tests/parity/drop_ins.py --speed

prints how many times as fast as the packages the drop-ins are on lists of 10,000 items.
"""

import argparse
import dataclasses
import json
import random
import subprocess
import sys
import time
import warnings

# This folder has scripts with the names of packages.
sys.path.pop(0)

WORDS = """the cat sat on a mat running runner runs flies flying happily relational news skies agreed hopping geology 2000s
covid-19 u.s. don't 3.14 1,000 said police minister İstanbul café naïve 日本 наука ß (x) [y] @ & &amp; <b> "quoted" .""".split()
LABELS = ["PER", "LOC", "A-B", "é", "_"]
ODD = ["B", "I", "E", "S", "B-", "-", "-PER", "X-PER", "O-PER", "BPER", "U-PER", "L-PER"]
SMOOTHING = [("exp", None), ("floor", None), ("floor", 0.3), ("add-k", None), ("add-k", 2), ("none", None)]


def text(rng, most=25):
    words = [rng.choice(WORDS) for _ in range(rng.randint(0, most))]
    if rng.random() < 0.02:
        words.append("broken\ud83d")
    breaks = [" ", " ", " ", " ", "\n", "  "]
    return "".join(word + rng.choice(breaks) for word in words).strip() if rng.random() > 0.03 else ""


def varied(rng, original):
    words = original.split(" ")
    for _ in range(rng.randint(0, 4)):
        words.insert(rng.randint(0, len(words)), rng.choice(WORDS))
        words.pop(rng.randrange(len(words)))
    return " ".join(words)


def tags(rng, length, odd):
    found = []
    for _ in range(length):
        kind = rng.random()
        if kind < odd:
            found.append(rng.choice(ODD))
        elif kind < 0.4:
            found.append("O")
        else:
            found.append(f"{rng.choice('BBIIES')}-{rng.choice(LABELS)}")
    return found


def rouge_calls(rng, side):
    scorer_of, aggregator = side["rouge"]
    kinds = rng.sample(["rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"], rng.randint(1, 5))
    if rng.random() < 0.02:
        kinds.append(rng.choice(["rouge0", "rouge12", "rougeX"]))
    scorer = scorer_of(kinds, use_stemmer=rng.random() < 0.5)
    target = text(rng)
    prediction = varied(rng, target)
    yield lambda: {kind: numbers(score) for kind, score in scorer.score(target, prediction).items()}
    targets = [target, text(rng), varied(rng, prediction)]
    yield lambda: {kind: numbers(score) for kind, score in scorer.score_multi(targets, prediction).items()}

    def tokenized():
        own = scorer_of(kinds, tokenizer=Splitter())
        return {kind: numbers(score) for kind, score in own.score(target, prediction).items()}

    yield tokenized

    def aggregated():
        import numpy

        numpy.random.seed(7)
        total = aggregator(n_samples=20)
        for other in targets:
            total.add_scores(scorer.score(other, prediction))
        return {kind: [numbers(score) for score in one] for kind, one in total.aggregate().items()}

    yield aggregated


def numbers(score):
    """The package has integers where texts have no tokens."""
    return [float(number) for number in score]


class Splitter:
    """A tokenizer of a user."""

    def tokenize(self, text):
        return text.split()


def seqeval_calls(rng, side):
    metrics, schemes = side["seqeval"]
    odd = rng.choice([0, 0, 0, 0.1])
    gold = [tags(rng, rng.randint(1, 8), odd) for _ in range(rng.randint(1, 5))]
    predicted = [[tag if rng.random() < 0.7 else tags(rng, 1, odd)[0] for tag in one] for one in gold]
    if rng.random() < 0.02:
        predicted = predicted[:-1]
    options = {"zero_division": rng.choice(["warn", 0, 1])}
    strict = {}
    if rng.random() < 0.5:
        prefixes = rng.choice(["BI", "BIES", "IE"])
        clean = lambda tag: "O" if tag == "O" or "-" not in tag else f"{rng.choice(prefixes)}-{tag[2:] or 'X'}"  # noqa: E731
        gold, predicted = ([[clean(tag) for tag in one] for one in sequences] for sequences in (gold, predicted))
        name = rng.choice(["IOB1", "IOB2", "IOE1", "IOE2", "IOBES"])
        strict = {"mode": "strict", "scheme": getattr(schemes, name)}
        if rng.random() < 0.2:
            strict = {"mode": "strict"}
    average = rng.choice(["micro", "macro", "weighted", None])
    plain = lambda value: value.tolist() if hasattr(value, "tolist") else value  # noqa: E731
    for name in ["f1_score", "precision_score", "recall_score"]:
        yield lambda name=name: plain(getattr(metrics, name)(gold, predicted, average=average, **options, **strict))
    yield lambda: metrics.classification_report(gold, predicted, digits=rng.choice([2, 4]), **options, **strict)
    yield lambda: {
        key: {inner: plain(value) for inner, value in row.items()}
        for key, row in metrics.classification_report(gold, predicted, output_dict=True, **options, **strict).items()
    }
    yield lambda: metrics.accuracy_score(gold, predicted)
    yield lambda: metrics.performance_measure(gold, predicted)
    yield lambda: side["get_entities"](gold[0])
    yield lambda: side["get_entities"](gold)
    turned = [[[tag if tag == "O" or len(tag) < 2 else f"{tag[2:]}-{tag[0]}" for tag in one] for one in each] for each in (gold, predicted)]
    if not odd:
        yield lambda: plain(metrics.f1_score(*turned, suffix=True, average=average, **options))


def sacrebleu_calls(rng, side):
    bleu = side["sacrebleu"]
    count = rng.randint(1, 6)
    references = [[text(rng) for _ in range(count)] for _ in range(rng.randint(1, 3))]
    hypotheses = [varied(rng, one) for one in references[0]]
    if len(references) > 1 and rng.random() < 0.2:
        references[1][0] = None
    smoothing, value = rng.choice(SMOOTHING)
    options = dict(
        smooth_method=smoothing, smooth_value=value, lowercase=rng.random() < 0.3, tokenize=rng.choice(["13a", "intl", "zh", "char", "none"])
    )

    def bleu_of_class():
        metric = bleu.BLEU(**options, max_ngram_order=rng.choice([2, 4]), effective_order=rng.random() < 0.5)
        score = metric.corpus_score(hypotheses, references, n_bootstrap=rng.choice([1, 20]))
        return [shown(score), score.format(width=3, signature=str(metric.get_signature()), is_json=True), metric.get_signature().format(short=True)]

    yield bleu_of_class
    yield lambda: shown(bleu.corpus_bleu(hypotheses, references, **options))
    yield lambda: shown(bleu.sentence_bleu(hypotheses[0], [one[0] for one in references if one[0] is not None], **options))

    def chrf_of_class():
        metric = bleu.CHRF(word_order=rng.choice([0, 2]), whitespace=rng.random() < 0.3, eps_smoothing=rng.random() < 0.3, lowercase=rng.random() < 0.3)
        score = metric.corpus_score(hypotheses, references, n_bootstrap=rng.choice([1, 20]))
        return [shown(score), score.format(signature=str(metric.get_signature())), metric.get_signature().format(short=True)]

    yield chrf_of_class
    yield lambda: shown(bleu.sentence_chrf(hypotheses[0], [one[0] for one in references if one[0] is not None]))

    def ter_of_class():
        metric = bleu.TER(normalized=rng.random() < 0.5, no_punct=rng.random() < 0.3, asian_support=rng.random() < 0.3, case_sensitive=rng.random() < 0.5)
        score = metric.corpus_score(hypotheses, references)
        return [shown(score), score.num_edits, score.ref_length, str(metric.get_signature())]

    yield ter_of_class
    yield lambda: shown(bleu.sentence_ter(hypotheses[0], [one[0] for one in references if one[0] is not None]))
    yield lambda: shown(bleu.corpus_bleu("a text", references) if rng.random() < 0.5 else bleu.sentence_bleu(["a"], references[0]))


def nervaluate_calls(rng, side):
    evaluator_of = side["nervaluate"]
    labels = LABELS[: rng.randint(1, 4)]

    def spans():
        found = []
        for _ in range(rng.randint(0, 6)):
            start = rng.randint(0, 20)
            found.append({"label": rng.choice(labels), "start": start, "end": start + rng.randint(0, 5)})
        return found

    gold = [spans() for _ in range(rng.randint(1, 4))]
    predicted = [[dict(one) if rng.random() < 0.6 else rng.choice(spans() or [one]) for one in spans_] + spans()[:1] for spans_ in gold]
    overlap = rng.choice([1.0, 1.0, 30, 50.0, 100, 0.5])
    tags = labels[: rng.randint(1, len(labels))] if rng.random() < 0.3 else labels

    def results(*arguments, **options):
        found = evaluator_of(*arguments, **options).evaluate()
        plain = lambda groups: {scheme: dataclasses.asdict(one) for scheme, one in groups.items()}  # noqa: E731
        by_label = lambda key: {label: plain(found[key][label]) for label in sorted(found[key])}  # noqa: E731
        return [plain(found["overall"]), plain(found["overall_indices"]), by_label("entities"), by_label("entity_indices")]

    yield lambda: results(gold, predicted, tags=tags, loader="dict", min_overlap_percentage=overlap)
    loose = [tag if rng.random() < 0.9 else "X-PER" for tag in tags_of(rng)]
    yield lambda: side["utilities"][0](loose)
    yield lambda: side["utilities"][1]("a\tB-PER\nb\tI-PER\n\nc\tO\nd\tB-LOC")
    of_tags = [[tag if tag == "O" else f"{rng.choice('BI')}-{rng.choice(labels)}" for tag in tags_of(rng)] for _ in range(3)]
    other = [[tag if rng.random() < 0.8 else "O" for tag in one] for one in of_tags]
    yield lambda: results(of_tags, other, tags=labels)
    conll = lambda sequences: "\n\n".join("\n".join(f"word\t{tag}" for tag in one) for one in sequences)  # noqa: E731
    yield lambda: results(conll(of_tags), conll(other), tags=labels, loader="conll")
    yield lambda: results(of_tags, other[:-1], tags=labels, loader="list")
    yield lambda: evaluator_of(gold, predicted, tags=labels, loader="dict").summary_report(digits=rng.choice([2, 4]))
    yield lambda: evaluator_of(gold, predicted, tags=labels, loader="dict").summary_report(mode="entities", scenario=rng.choice(["exact", "partial"]))
    yield lambda: evaluator_of(of_tags, other, tags=labels).results_to_csv()
    yield lambda: evaluator_of(gold, gold, tags=labels, loader="dict").summary_report_indices(colors=rng.random() < 0.5)


def tags_of(rng):
    return [rng.choice(["O", "X"]) for _ in range(rng.randint(1, 9))]


def shown(score):
    """What a score consists of, and its text."""
    parts = {key: value for key, value in vars(score).items() if not key.startswith("_")}
    return [str(score), {key: [float(one) for one in value] if isinstance(value, list) else value for key, value in parts.items()}]


FAMILIES = {"rouge": rouge_calls, "seqeval": seqeval_calls, "sacrebleu": sacrebleu_calls, "nervaluate": nervaluate_calls}


def modules(side):
    """The modules of a side."""
    if side == "karat":
        from karat.compat import sacrebleu
        from karat.compat.nervaluate import Evaluator, collect_named_entities, conll_to_spans
        from karat.compat.rouge_score import rouge_scorer, scoring
        from karat.compat.seqeval import metrics, scheme
        from karat.compat.seqeval.metrics.sequence_labeling import get_entities
    else:
        import sacrebleu
        from nervaluate import Evaluator, collect_named_entities, conll_to_spans
        from rouge_score import rouge_scorer, scoring
        from seqeval import metrics, scheme
        from seqeval.metrics.sequence_labeling import get_entities
    return {
        "rouge": (rouge_scorer.RougeScorer, scoring.BootstrapAggregator),
        "seqeval": (metrics, scheme),
        "sacrebleu": sacrebleu,
        "nervaluate": Evaluator,
        "get_entities": get_entities,
        "utilities": (collect_named_entities, conll_to_spans),
    }


def printed(call):
    """What a call gives: its result, or the type and message of its exception; and its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = {"result": call()}
        except Exception as problem:
            # A set, whose order differs from process to process.
            message = str(problem).split("{")[0]
            found = {"exception": type(problem).__name__, "message": message}
    found["warnings"] = sorted({f"{one.category.__name__}: {one.message}" for one in caught})
    return json.dumps(found, default=float)


def run_side(side, cases):
    """Prints a line for each call."""
    found = modules(side)
    for family, calls in FAMILIES.items():
        for case in range(cases):
            for number, call in enumerate(calls(random.Random(f"{family} {case}"), found)):
                print(f"{family}\t{case}\t{number}\t{printed(call)}")


def compare(cases):
    sides = [
        subprocess.run([sys.executable, __file__, "--side", side, "--cases", str(cases)], capture_output=True, text=True)
        for side in ("peers", "karat")
    ]
    for side in sides:
        if side.returncode != 0:
            sys.exit(side.stderr)
    lines = [side.stdout.splitlines() for side in sides]
    assert len(lines[0]) == len(lines[1]) > 0, "both sides make the same calls"
    # sacreBLEU's bootstrap of chrF fails where numbers of Python and of numpy meet.
    faults = sum("don't know how to coerce" in peer for peer in lines[0])
    different = [(peer, ours) for peer, ours in zip(*lines) if peer != ours and "don't know how to coerce" not in peer]
    for peer, ours in different[:20]:
        print(f"peer  {peer}\nkarat {ours}")
    print(f"{len(lines[0])} calls, {len(different)} differences; in {faults} calls the package fails by a fault of its own")
    sys.exit(bool(different))


def speed():
    """Prints the seconds of both sides on 10,000 items, the least of three runs, and their ratio."""
    rng = random.Random(1)
    texts = [text(rng, 60) for _ in range(10_000)]
    others = [varied(rng, one) for one in texts]
    gold = [tags(rng, 20, 0) for _ in range(10_000)]
    predicted = [[tag if rng.random() < 0.9 else "O" for tag in one] for one in gold]
    peers, ours = modules("peers"), modules("karat")
    warnings.simplefilter("ignore")

    def rouge(side):
        scorer = side["rouge"][0](["rouge1", "rouge2", "rougeL"], use_stemmer=True)
        if hasattr(scorer, "score_all"):
            return scorer.score_all(texts, others)
        return [scorer.score(target, prediction) for target, prediction in zip(texts, others)]

    def rouge_each(side):
        scorer = side["rouge"][0](["rouge1", "rouge2", "rougeL"], use_stemmer=True)
        return [scorer.score(target, prediction) for target, prediction in zip(texts, others)]

    spans = [[{"label": rng.choice(LABELS), "start": at * 9, "end": at * 9 + rng.randint(1, 12)} for at in range(rng.randint(0, 8))] for _ in range(10_000)]
    moved = [[dict(one, end=one["end"] + rng.choice([0, 0, 1])) for one in document] for document in spans]
    calls = {
        "nervaluate, Evaluator.evaluate": lambda side: side["nervaluate"](spans, moved, tags=LABELS, loader="dict").evaluate(),
        "rouge_score, RougeScorer.score": rouge_each,
        "rouge_score, score_all of karat": rouge,
        "seqeval, classification_report": lambda side: side["seqeval"][0].classification_report(gold, predicted),
        "sacrebleu, corpus_bleu": lambda side: side["sacrebleu"].corpus_bleu(others, [texts]),
        "sacrebleu, corpus_chrf": lambda side: side["sacrebleu"].corpus_chrf(others, [texts]),
        "sacrebleu, corpus_ter": lambda side: side["sacrebleu"].corpus_ter(others, [texts]),
    }
    for name, call in calls.items():
        seconds = []
        for side in (peers, ours):
            seconds.append(min(timed(call, side) for _ in range(3)))
        print(f"{name:36} {seconds[0]:8.3f} s {seconds[1]:8.3f} s  {seconds[0] / seconds[1]:6.0f} times")


def timed(call, side):
    began = time.perf_counter()
    call(side)
    return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--side", choices=["peers", "karat"])
    parser.add_argument("--speed", action="store_true")
    args = parser.parse_args()
    if args.speed:
        speed()
    elif args.side:
        run_side(args.side, args.cases)
    else:
        compare(args.cases)


if __name__ == "__main__":
    main()
