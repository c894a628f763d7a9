"""What a user of scipy writes for the BCa interval of F1: read both files, count by document, and resample the counts."""

import json
import sys

import numpy as np
from scipy import stats


def counts(gold, predicted):
    """Right ones, predictions and gold items of every document; entities are right with place and label."""
    def entities(path):
        with open(path) as file:
            return {entry["id"]: {(e["start"], e["end"], e["label"]) for e in entry["entities"]} for entry in map(json.loads, file)}

    golden, answers = entities(gold), entities(predicted)
    return np.array([(len(golden[i] & answers[i]), len(answers[i]), len(golden[i])) for i in golden], dtype=float).T


def f1(right, predicted, gold, axis=-1):
    return 2 * right.sum(axis=axis) / (predicted.sum(axis=axis) + gold.sum(axis=axis))


gold, predicted, resamples = sys.argv[1:]
data = counts(gold, predicted)
# In batches: a thousand documents by ten thousand resamples would take the memory of three such tables at once.
drawn = stats.bootstrap(
    tuple(data), f1, method="BCa", vectorized=True, paired=True, n_resamples=int(resamples), batch=1_000,
    rng=np.random.default_rng(1),
)
low, high = drawn.confidence_interval
print(json.dumps({"f1": f1(*data), "low": low, "high": high}))
