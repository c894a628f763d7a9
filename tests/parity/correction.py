#!/usr/bin/env python3
"""Compares karat's corrections of judged figures with ppi_py, judgy and scikit-learn.

    cargo build --example statistics
    python tests/parity/correction.py --statistics target/debug/examples/statistics

Makes random cases, reproducible from the seed: judges that are good, biased, random, inverted and constant; verdicts of two and of
three values, and real numbers; few and many labels.

- unit by unit: `ppi_mean_pointestimate` and `ppi_mean_ci` of ppi_py, with `lam=1` and tuned;
- Rogan-Gladen: the estimate of judgy (its interval is a bootstrap with random numbers of its own); the interval of Lee et al. 2025
  (arXiv 2511.21140), whose implementation is on no registry, by its formula in numpy;
- documents as clusters: by the formula in numpy with scipy's `t`; no `lambda` that scipy finds has a smaller variance;
- weighted kappa: `cohen_kappa_score` of scikit-learn.

Prints how many figures were compared with the largest difference, and exits 1 on the first one above 1e-9.
"""

import argparse
import math
import sys
import warnings

import numpy as np
from calls import check_calls
from judgy import estimate_success_rate
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
from scipy import optimize, stats
from sklearn.metrics import cohen_kappa_score

CONFIDENCES = [0.8, 0.9, 0.95, 0.99]


class Report:
    def __init__(self):
        self.counts, self.largest = {}, {}

    def compare(self, what, found, expected, where, most=1e-9):
        self.counts[what] = self.counts.get(what, 0) + 1
        if found is None or expected is None:
            same = found is None and expected is None
        else:
            off = abs(float(found) - float(expected))
            self.largest[what] = max(self.largest.get(what, 0.0), off)
            same = off <= most
        if not same:
            self.print()
            sys.exit(f"{what}: karat {found}, peer {expected}, {where}")

    def print(self):
        for what, count in sorted(self.counts.items()):
            print(f"{what}: {count} compared, largest difference {self.largest.get(what, 0.0):.1e}")


def judge(rng):
    """How likely a positive verdict is on a negative and on a positive unit."""
    return [(0.05, 0.95), (0.4, 0.95), (0.02, 0.6), (0.5, 0.5), (0.8, 0.3), (1.0, 1.0)][rng.integers(6)]


def verdicts(rng, count, chances, share):
    hand = (rng.random(count) < share).astype(float)
    judged = (rng.random(count) < np.where(hand == 1, chances[1], chances[0])).astype(float)
    return judged, hand


def unit_level(rng):
    chances, share, kind = judge(rng), rng.random(), rng.integers(3)
    confidence = float(rng.choice(CONFIDENCES))
    judged, hand = verdicts(rng, int(rng.integers(1, 60)), chances, share)
    others, _ = verdicts(rng, int(rng.integers(1, 300)), chances, share)
    if kind == 1:
        judged, hand, others = (np.clip(of - 0.5 * (rng.random(of.size) < 0.3), 0, 1) for of in (judged, hand, others))
    elif kind == 2:
        judged, hand, others = (of + rng.normal(size=of.size) for of in (judged, hand, others))
    call = {"labelled": np.stack([judged, hand], axis=1).tolist(), "judged_only": others.tolist(), "confidence": confidence}

    def check(found, report, where):
        for of, lam, what in zip(found, [1, None], ["ppi", "ppi++"]):
            if lam is None and np.concatenate([judged, others]).std() == 0:
                report.compare(f"unit by unit, {what}: undefined", of, None, where)
                continue
            value = float(np.squeeze(ppi_mean_pointestimate(hand, judged, others, lam=lam)))
            low, high = (float(np.squeeze(end)) for end in ppi_mean_ci(hand, judged, others, alpha=1 - confidence, lam=lam))
            for name, one, other in zip(["value", "low", "high"], of, [value, low, high]):
                report.compare(f"unit by unit, {what}: {name}", one, other, where)

    return call, check


def rogan_gladen(rng):
    chances, share = judge(rng), rng.random()
    confidence = float(rng.choice(CONFIDENCES))
    judged, hand = verdicts(rng, int(rng.integers(1, 80)), chances, share)
    others, _ = verdicts(rng, int(rng.integers(1, 300)), chances, share)
    pairs = [[bool(one), bool(other)] for one, other in zip(judged, hand)]
    call = {"labelled": pairs, "judged_only": [bool(one) for one in others], "confidence": confidence}

    def check(found, report, where):
        try:
            value = estimate_success_rate(hand, judged, others, bootstrap_iterations=50, confidence_level=confidence)[0]
        except ValueError:
            value = None
        except RuntimeError:
            return
        report.compare("Rogan-Gladen: value", found[0], value, where)
        if value is None:
            report.compare("Rogan-Gladen: interval", found[1], None, where)
            return
        z = stats.norm.ppf(0.5 + confidence / 2)
        m1, m0, n = hand.sum(), (1 - hand).sum(), others.size
        q1, q0 = ((judged * hand).sum() + 1) / (m1 + 2), (((1 - judged) * (1 - hand)).sum() + 1) / (m0 + 2)
        p = (others.sum() + z * z / 2) / (n + z * z)
        n, m0, m1 = n + z * z, m0 + 2, m1 + 2
        # Smoothing may leave nothing of a judge that is hardly better than a coin.
        if q0 + q1 - 1 <= 1e-12:
            report.compare("Rogan-Gladen: interval", found[1], None, where)
            return
        theta = (p + q0 - 1) / (q0 + q1 - 1)
        shift = 2 * z * z * (theta * q1 * (1 - q1) / m1 - (1 - theta) * q0 * (1 - q0) / m0)
        variance = p * (1 - p) / n + (1 - theta) ** 2 * q0 * (1 - q0) / m0 + theta**2 * q1 * (1 - q1) / m1
        reach = z * math.sqrt(variance) / (q0 + q1 - 1)
        low, high = (min(max(theta + shift + side * reach, 0), 1) for side in (-1, 1))
        if low >= high:
            report.compare("Rogan-Gladen: interval", found[1], None, where)
            return
        report.compare("Rogan-Gladen: low", found[1][0], low, where)
        report.compare("Rogan-Gladen: high", found[1][1], high, where)

    return call, check


def clustered(rng):
    chances, confidence = judge(rng), float(rng.choice(CONFIDENCES))
    weighted = rng.random() < 0.5

    def documents(count):
        sums = []
        for _ in range(count):
            judged, hand = verdicts(rng, int(rng.integers(1, 9)), chances, rng.beta(2, 2))
            weights = rng.integers(1, 4, judged.size) if weighted else np.ones(judged.size)
            sums.append([float((weights * judged).sum()), float((weights * hand).sum()), float(weights.sum())])
        return np.array(sums).reshape(-1, 3)

    labelled, others = documents(int(rng.integers(2, 40))), documents(int(rng.choice([0, 1, 2, 10, 160])))
    call = {
        "judged_only": others[:, [0, 2]].tolist(),
        "judged": labelled[:, [0, 2]].tolist(),
        "hand": labelled[:, [1, 2]].tolist(),
        "confidence": confidence,
    }

    def ratio(sums):
        value = sums[:, 0].sum() / sums[:, 1].sum()
        return value, (sums[:, 0] - value * sums[:, 1]) / sums[:, 1].sum()

    def check(found, report, where):
        (f_labelled, e_f), (y, e_y) = ratio(labelled[:, [0, 2]]), ratio(labelled[:, [1, 2]])
        has_others = len(others) >= 2
        f_others, e_others = ratio(others[:, [0, 2]]) if has_others else (0.0, np.zeros(2))

        def variance(lam):
            off = e_y - lam * e_f
            spread = len(off) / (len(off) - 1) * (off**2).sum()
            return spread + lam**2 * len(e_others) / (len(e_others) - 1) * (e_others**2).sum()

        for of, what in zip(found, ["ppi", "ppi++"]):
            lam = 0.0
            if has_others and what == "ppi":
                lam = 1.0
            elif has_others:
                best = optimize.minimize_scalar(variance, bounds=(0, 1), method="bounded", options={"xatol": 1e-12}).x
                # Where the variance is the same for every lambda, the judge counts nothing.
                report.compare("by documents: variance", variance(of[3]) - variance(best) > 1e-12, False, where)
                lam = of[3]
            report.compare(f"by documents, {what}: lambda", of[3], lam, where)
            theta, error = y + lam * (f_others - f_labelled) * has_others, math.sqrt(max(variance(lam), 0.0))
            report.compare(f"by documents, {what}: value", of[0], min(max(theta, 0), 1), where)
            report.compare(f"by documents, {what}: error", of[2], error, where)
            t = stats.t.ppf(0.5 + confidence / 2, len(labelled) - 1)
            scale = theta * (1 - theta)
            if error <= np.finfo(float).eps:
                ends = None
            elif scale > np.finfo(float).eps:
                logit, reach = math.log(theta / (1 - theta)), t * error / scale
                ends = [1 / (1 + np.exp(-logit + reach)), 1 / (1 + np.exp(-logit - reach))]
            else:
                ends = [min(max(theta - t * error, 0), 1), min(max(theta + t * error, 0), 1)]
            if ends is None or ends[0] >= ends[1]:
                report.compare(f"by documents, {what}: interval", of[1], None, where)
            else:
                report.compare(f"by documents, {what}: low", of[1][0], ends[0], where)
                report.compare(f"by documents, {what}: high", of[1][1], ends[1], where)

    return call, check


def weighted_kappa(rng):
    values, count = int(rng.integers(1, 6)), int(rng.integers(1, 60))
    one, other = rng.integers(0, values, count), rng.integers(0, values, count)
    other = np.where(rng.random(count) < rng.random(), one, other)
    table = np.zeros((values, values), dtype=int)
    np.add.at(table, (one, other), 1)

    def check(found, report, where):
        for of, weights in zip(found, ["linear", "quadratic"]):
            if values == 1:
                expected = None
            else:
                expected = cohen_kappa_score(one, other, labels=range(values), weights=weights)
                expected = None if math.isnan(expected) else expected
            report.compare(f"kappa, {weights}", of, expected, where)

    return {"table": table.tolist()}, check


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statistics", required=True, help="the built example")
    parser.add_argument("--cases", type=int, default=2000, help="of each call")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    rng, report, cases = np.random.default_rng(args.seed), Report(), []
    for make in (unit_level, rogan_gladen, clustered, weighted_kappa):
        for _ in range(args.cases):
            call, check = make(rng)
            cases.append((call | {"call": make.__name__}, check))
    check_calls(args.statistics, cases, report)


if __name__ == "__main__":
    main()
