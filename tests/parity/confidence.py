#!/usr/bin/env python3
"""Compares karat's figures about confidence with scikit-learn, and its risk-coverage with plain formulas.

    cargo build --release --example corpora
    python tests/parity/confidence.py --corpora target/release/examples/corpora

Makes random rankings (reproducible from the seed): one to sixty predictions over one to three documents, confidences with many ties, with
few and with none, at the edges of bins, and gold items that no prediction finds. karat reads them as entities; the oracle is told
only which predictions are right.

average_precision_score, precision_recall_curve, brier_score_loss and calibration_curve are scikit-learn's. It knows no
positives that have no score, so its recall is scaled by the share of gold items that any prediction finds. The area under the
risk-coverage curve and the accuracy at a coverage are the mean over all orders of equal confidences: by trying every order of small
rankings, and otherwise by exact fractions.

Prints how many figures were compared, the largest difference, and every difference above 1e-12; exits 1 on one.
"""

import argparse
import itertools
import json
import math
import random
import subprocess
import sys
import warnings
from fractions import Fraction

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, precision_recall_curve

MOST = 1e-12
COVERAGES = [1, 25, 50, 80, 90, 100]
# Up to so many orders of equal confidences are tried one by one.
ORDERS = 720


def confidence(rng, kind):
    match kind:
        case "few":
            return rng.choice([0.1, 0.3, 0.5, 0.7, 0.9])
        case "edges":
            return rng.choice([0.0, 1.0, rng.randint(0, 10) / 10, rng.randint(0, 10) * 0.1])
        case "rounded":
            return round(rng.random(), 2)
        case _:
            return rng.random()


def make(rng):
    """A case: its documents as karat reads them, and the ranking as the oracle does."""
    kind = rng.choice(["few", "edges", "rounded", "random"])
    bins = rng.choice([1, 2, 5, 10, 10, 15, 20, 49])
    accuracy = rng.random()
    most = rng.choice([1, 3, 6, 20, 60])
    gold, pred, scored, found = [], [], [], 0
    for number in range(rng.randint(1, 3)):
        expected, predicted = [], []
        for place in range(rng.randint(0, most)):
            start = 10 * place
            entity = {"start": start, "end": start + 5, "label": rng.choice("AB")}
            fate = rng.random()
            if fate < 0.15:
                expected.append(entity)
                continue
            right = rng.random() < accuracy
            sure = min(1.0, confidence(rng, kind))
            scored.append((sure, right))
            if right:
                predicted.append({**entity, "confidence": sure})
                expected.append(entity)
            else:
                # A made-up entity, a wrong label or wrong boundaries.
                wrong = rng.choice(["spurious", "label", "boundary"])
                if wrong != "spurious":
                    expected.append(entity)
                change = {"label": "C"} if wrong == "label" else {"end": start + 4} if wrong == "boundary" else {}
                predicted.append({**entity, **change, "confidence": sure})
        found += len(expected)
        rng.shuffle(predicted)
        gold.append({"id": str(number), "entities": expected})
        pred.append({"id": str(number), "entities": predicted})
    options = f"[confidence]\nbins = {bins}\ncoverages = {COVERAGES}\n"
    return {"gold": gold, "pred": pred, "options": options}, scored, found, bins


def levels(scored):
    """Wrong and all predictions by confidence, surest first."""
    ordered = sorted(scored, key=lambda pair: -pair[0])
    for _, group in itertools.groupby(ordered, key=lambda pair: pair[0]):
        group = list(group)
        yield sum(not right for _, right in group), len(group)


def orders(scored):
    """Every order of the ranking that equal confidences allow, as lists of wrong ones."""
    groups = []
    ordered = sorted(scored, key=lambda pair: -pair[0])
    for _, group in itertools.groupby(ordered, key=lambda pair: pair[0]):
        groups.append(list(itertools.permutations([int(not right) for _, right in group])))
    for order in itertools.product(*groups):
        yield list(itertools.chain(*order))


def selective(wrong):
    """The area under the risk-coverage curve and the accuracies of one order, as exact fractions."""
    errors = list(itertools.accumulate(wrong))
    count = len(wrong)
    area = sum(Fraction(errors[k - 1], k) for k in range(1, count + 1)) / count
    kept = [-(-count * percent // 100) for percent in COVERAGES]
    return [area, *(1 - Fraction(errors[k - 1], k) for k in kept)]


def expected_order(scored):
    """The mean over all orders: a place among equal confidences holds the mean error of these."""
    wrong = []
    for errors, count in levels(scored):
        wrong += [Fraction(errors, count)] * count
    return selective(wrong)


def risk(scored):
    """Area and accuracies, and whether every order was tried."""
    number = math.prod(math.factorial(count) for _, count in levels(scored))
    if number > ORDERS:
        return expected_order(scored), False
    tried = [selective(order) for order in orders(scored)]
    return [sum(column) / len(tried) for column in zip(*tried)], True


def oracle(scored, gold, bins):
    scores = np.array([score for score, _ in scored])
    right = np.array([int(right) for _, right in scored])
    figures = {"brier": brier_score_loss(right, scores, pos_label=1)}
    share = right.sum() / gold if gold else math.nan
    if gold:
        figures["average_precision"] = average_precision_score(right, scores) * share if right.any() else 0.0
    precision, recall, thresholds = precision_recall_curve(right, scores)
    best = None
    # The last point, at recall 0, belongs to no threshold; where nothing is right, scikit-learn says that all was found.
    for p, r, threshold in zip(precision[:-1], recall[:-1], thresholds):
        r = r * share if right.any() and gold else 0.0
        f1 = 2 * p * r / (p + r) if p + r > 0 else 0.0
        if best is None or f1 > best[0] - 1e-14:
            best = (f1, threshold, p, r)
    figures["best_f1"] = best[0]
    figures["best_threshold"], figures["best_precision"] = best[1], best[2]
    if gold:
        figures["best_recall"] = best[3]
    accuracy, mean = calibration_curve(right, scores, n_bins=bins)
    filled = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], scores), minlength=bins)
    filled = filled[filled > 0]
    gaps = np.abs(accuracy - mean)
    figures["ece"] = float((gaps * filled).sum() / filled.sum())
    figures["mce"] = float(gaps.max())
    (area, *accuracies), tried = risk(scored)
    figures["aurc"] = float(area)
    figures |= {f"accuracy@{percent}": float(value) for percent, value in zip(COVERAGES, accuracies)}
    return figures, tried


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the built example `corpora`")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = random.Random(args.seed)
    cases = []
    while len(cases) < args.cases:
        case = make(rng)
        if case[1]:
            cases.append(case)
    lines = "".join(json.dumps(case) + "\n" for case, *_ in cases)
    answer = subprocess.run([args.corpora], input=lines, capture_output=True, text=True, check=True)
    compared, different, largest, all_orders, ties = 0, 0, 0.0, 0, 0
    for (case, scored, gold, bins), line in zip(cases, answer.stdout.splitlines(), strict=True):
        found = json.loads(line)
        expected, tried = oracle(scored, gold, bins)
        all_orders += tried
        ties += len({score for score, _ in scored}) < len(scored)
        for name, value in expected.items():
            got = found.get(f"entities.confidence.{name}")
            compared += 1
            difference = math.inf if got is None else abs(got - value)
            largest = max(largest, difference)
            if not difference <= MOST:
                different += 1
                if different <= 20:
                    print(f"{name}: karat {got}, peer {value}, on {json.dumps(case)}")
    print(
        f"{len(cases)} rankings ({ties} with ties, {all_orders} in every order), {compared} figures compared, "
        f"largest difference {largest:.1e}, {different} above {MOST}"
    )
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
