"""What a user of a Python peer writes to score the summaries of two files: read them, call the tool, print its figures."""

import json
import sys


def pairs(gold, predicted):
    """References and summaries, by id."""
    with open(gold) as file:
        references = {entry["id"]: entry["summaries"][0] for entry in map(json.loads, file)}
    with open(predicted) as file:
        summaries = {entry["id"]: entry["summary"] for entry in map(json.loads, file)}
    return [references[i] for i in references], [summaries[i] for i in references]


def rouge(references, summaries):
    from rouge_score import rouge_scorer

    kinds = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    scorer = rouge_scorer.RougeScorer(kinds, use_stemmer=True)
    sums = dict.fromkeys(kinds, 0.0)
    for reference, summary in zip(references, summaries):
        for kind, score in scorer.score(reference, summary).items():
            sums[kind] += score.fmeasure
    return {kind: total / len(references) for kind, total in sums.items()}


def sacrebleu(metric):
    def score(references, summaries):
        from sacrebleu.metrics import BLEU, CHRF, TER

        make = {"bleu": BLEU, "chrf": CHRF, "chrf++": lambda: CHRF(word_order=2), "ter": TER}[metric]
        return {metric: make().corpus_score(summaries, [references]).score}

    return score


name = sys.argv[1]
print(json.dumps((rouge if name == "rouge" else sacrebleu(name))(*pairs(*sys.argv[2:]))))
