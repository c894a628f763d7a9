#!/usr/bin/env python3
"""Compares karat's intervals, tests and corrections with scipy, statsmodels and numpy.

    cargo build --example statistics
    python tests/parity/stats.py --statistics target/debug/examples/statistics

(Its name is not that of the example, which Python's own library has.)

Makes random cases (ties, zeros, few or single values, all equal), reproducible from the seed:

- binomial test: scipy `binomtest`; sign test: statsmodels `mcnemar(exact=True)`; Wilcoxon's: scipy `wilcoxon`;
- Holm and Benjamini-Hochberg: statsmodels `multipletests`;
- intervals of shares, means and amounts: statsmodels `proportion_confint(method="beta")`, scipy `t.interval`; of ratios: the
  formula with scipy's `t`; percentiles: numpy;
- paired differences of means: scipy `ttest_rel` and its `confidence_interval`; of ratios: the formula in numpy;
- BCa: scipy `bootstrap`, which is given the same resampled values (`bootstrap_result`, `n_resamples=0`), and its own ones, where
  ends must lie within 5 standard errors by rank;
- sums over resamples: the same draws made with numpy's own PCG64, exactly where rows are whole;
- approximate randomisation: scipy `permutation_test(permutation_type="samples")` where all assignments are made, else the same
  draws made with numpy's own PCG64;
- detectable effects and numbers of clusters: the formula with scipy's `t`.

Prints how many figures were compared with the largest difference, and exits 1 on the first one above 1e-9, relative where
figures are above 1.
"""

import argparse
import math
import sys
import types
import warnings

import numpy as np
from calls import check_calls
from pcg import PERMUTATIONS, generator
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

CONFIDENCES = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999]


class Report:
    def __init__(self):
        self.counts, self.largest = {}, {}

    def compare(self, what, found, expected, where, most=1e-9):
        self.counts[what] = self.counts.get(what, 0) + 1
        if found is None or expected is None:
            same = found is None and expected is None
        else:
            off = float(abs(found - expected) / max(1.0, abs(expected)))
            self.largest[what] = max(self.largest.get(what, 0.0), off)
            same = off <= most
        if not same:
            self.print()
            sys.exit(f"{what}: karat {found}, peer {expected}, {where}")

    def ends(self, what, found, expected, where):
        for at in (0, 1):
            self.compare(what, found and found[at], expected and float(expected[at]), where)

    def print(self):
        for what, count in sorted(self.counts.items()):
            print(f"{what}: {count} compared, largest difference {self.largest.get(what, 0.0):.1e}")
        print(f"{sum(self.counts.values())} figures compared")


def size(rng, most):
    """1 to `most`, often small."""
    return int(math.exp(rng.uniform(0, math.log(most))))


def values(rng, count):
    """Multiples of 1/1024, which JSON and sums keep exactly; many are equal, or 0, or all are."""
    grid = rng.choice([1, 2, 64, 1024])
    drawn = np.round(rng.normal(rng.choice([0, 0.3, 2]), 1, count) * grid) / grid
    return np.full(count, drawn[0]) if rng.random() < 0.05 else drawn


def pairs(rng, count):
    """Numerators and denominators of a ratio."""
    below = rng.integers(1, 12, count)
    return np.stack([rng.binomial(below, rng.beta(8, 2)), below], axis=1)


def p_values(rng):
    count = size(rng, 60)
    drawn = rng.random(count) ** rng.choice([1, 4])
    return [float(p) for p in (np.round(drawn, 1) if rng.random() < 0.3 else drawn)]


def binomial(rng):
    trials = size(rng, 1_000_000)
    p = float(rng.choice([0.5, 0.5, rng.random(), rng.random() ** 8, 0.0, 1.0]))
    near = np.clip(rng.binomial(trials, p) + rng.normal() * math.sqrt(trials), 0, trials)
    hits = int(near if rng.random() < 0.8 else rng.integers(trials + 1))
    expected = stats.binomtest(hits, trials, p).pvalue
    return {"hits": hits, "trials": trials, "p": p}, lambda found, report, call: (
        report.compare("binomial test", found["p"], expected, call))


def sign(rng):
    wins, losses = (size(rng, 3000) - 1 for _ in range(2))
    expected = mcnemar([[7, wins], [losses, 5]], exact=True).pvalue
    return {"wins": wins, "losses": losses}, lambda found, report, call: (
        report.compare("sign test", found["p"], expected, call))


def wilcoxon(rng):
    d = values(rng, size(rng, 200)) if rng.random() < 0.5 else rng.normal(rng.choice([0, 0.3]), 1, size(rng, 60))
    if rng.random() < 0.3:
        d = d[d != 0] if (d != 0).any() else d
    statistic, p = stats.wilcoxon(d, zero_method="wilcox", correction=False, method="auto") if (d != 0).any() and len(d) > 1 else (0, 1)

    def check(found, report, call):
        report.compare("wilcoxon: statistic", found["statistic"], statistic, call)
        report.compare("wilcoxon: p", found["p"], p, call)

    return {"differences": d.tolist()}, check


def adjust(rng):
    p = p_values(rng)

    def check(found, report, call):
        for name, method in (("holm", "holm"), ("benjamini_hochberg", "fdr_bh")):
            for one, other in zip(found[name], multipletests(p, method=method)[1], strict=True):
                report.compare(name, one, other, call)

    return {"p": p}, check


def share(rng):
    trials = size(rng, 500) + 1
    hits, confidence = int(rng.choice([0, trials, rng.integers(trials + 1)])), float(rng.choice(CONFIDENCES))
    expected = proportion_confint(hits, trials, 1 - confidence, method="beta")
    return {"hits": hits, "trials": trials, "confidence": confidence}, lambda found, report, call: (
        report.ends("clopper-pearson", found, expected, call))


def mean(rng):
    x, confidence = 0.5 + values(rng, size(rng, 3000)) / 64, float(rng.choice(CONFIDENCES))
    count, about, spread = len(x), x.mean(), x.std()
    ends = stats.t.interval(confidence, count - 1, about, stats.sem(x)) if count > 1 and spread > 0 else None

    def check(found, report, call):
        cut = ends and np.clip(ends, 0, 1)
        if count < 2 or spread > 0:
            report.ends("mean, t", found["mean"], None if cut is None else tuple(cut), call)
        report.ends("amount, t", found["amount"], ends and (max(ends[0], 0), ends[1]), call)
        report.ends("jackknife of a mean", found["jackknife"], ends, call)

    return {"values": x.tolist(), "confidence": confidence}, check


def residuals(of):
    n, d = of.T
    return (n - n.sum() / d.sum() * d) / d.sum()


def ratio(rng):
    of, confidence = pairs(rng, size(rng, 3000)), float(rng.choice(CONFIDENCES))
    count, x, theta = len(of), residuals(of), of[:, 0].sum() / of[:, 1].sum()
    error = math.sqrt(count / (count - 1) * (x**2).sum()) if count > 1 else 0
    if count < 2:
        ends = None
    elif error < 1e-12 or theta in (0, 1):
        hits = theta * count
        ends = (stats.beta.ppf((1 - confidence) / 2, hits, count - hits + 1) if hits > 0 else 0,
                stats.beta.ppf((1 + confidence) / 2, hits + 1, count - hits) if hits < count else 1)
    else:
        reach = stats.t.ppf((1 + confidence) / 2, count - 1) * error / (theta * (1 - theta))
        middle = math.log(theta / (1 - theta))
        ends = tuple(1 / (1 + np.exp(-(middle + side * reach))) for side in (-1, 1))
    return {"pairs": of.tolist(), "confidence": confidence}, lambda found, report, call: (
        report.ends("ratio, logit t", found, ends, call))


def percentile(rng):
    x, confidence = values(rng, size(rng, 2000)), float(rng.choice(CONFIDENCES))
    tail = (1 - confidence) / 2 * 100
    return {"values": x.tolist(), "confidence": confidence}, lambda found, report, call: (
        report.ends("percentile", found, np.percentile(x, [tail, 100 - tail]).tolist(), call))


def compared(found, report, call, what, delta, error, count, confidence, alpha):
    report.compare(f"{what}: delta", found["delta"], delta, call)
    report.compare(f"{what}: error", found["error"], error, call)
    reach = lambda p: error * stats.t.ppf(p, count - 1)
    known = error is not None and error > 0
    # Where all clusters moved alike, t has no bound. The sign-flip test has: its smallest one-sided p
    # is 2^-G, and at levels from there on both bounds are the difference itself.
    alike = delta if error == 0 and 2.0**-count <= alpha else None
    low, high = (delta - reach(1 - alpha), delta + reach(1 - alpha)) if known else (alike, alike)
    report.compare(f"{what}: one side", found["lower"], low, call)
    report.compare(f"{what}: one side", found["upper"], high, call)
    ends = (delta - reach((1 + confidence) / 2), delta + reach((1 + confidence) / 2)) if known else None
    report.ends(f"{what}: interval", found["interval"], ends, call)


def means(rng):
    count, confidence, alpha = size(rng, 3000), float(rng.choice(CONFIDENCES)), float(rng.choice([0.05, 0.01, 0.2]))
    base = values(rng, count)
    candidate = base + (values(rng, count) if rng.random() < 0.9 else 0.25)
    d = candidate - base
    error = None if count < 2 else stats.sem(d) if np.ptp(d) > 0 else 0.0

    def check(found, report, call):
        compared(found, report, call, "difference of means", d.mean(), error, count, confidence, alpha)
        if error:
            test = stats.ttest_rel(candidate, base)
            ends = test.confidence_interval(confidence)
            report.ends("ttest_rel: interval", found["interval"], (ends.low, ends.high), call)
            one = stats.ttest_rel(candidate, base, alternative="greater").confidence_interval(1 - alpha).low
            report.compare("ttest_rel: one side", found["lower"], one, call)

    return {"base": base.tolist(), "candidate": candidate.tolist(), "confidence": confidence, "alpha": alpha}, check


def ratios(rng):
    count, confidence, alpha = size(rng, 3000), float(rng.choice(CONFIDENCES)), float(rng.choice([0.05, 0.01, 0.2]))
    base, candidate = pairs(rng, count), pairs(rng, count)
    if rng.random() < 0.1:
        candidate = base
    delta = candidate[:, 0].sum() / candidate[:, 1].sum() - base[:, 0].sum() / base[:, 1].sum()
    x = residuals(candidate) - residuals(base)
    error = math.sqrt(count / (count - 1) * (x**2).sum()) if count > 1 else None
    error = 0.0 if error is not None and error < 1e-12 else error
    call = {"base": base.tolist(), "candidate": candidate.tolist(), "confidence": confidence, "alpha": alpha}
    return call, lambda found, report, call: (
        compared(found, report, call, "difference of ratios", delta, error, count, confidence, alpha))


def power(rng):
    error, clusters, alpha = float(rng.uniform(0.001, 0.1)), size(rng, 100_000) + 1, float(rng.choice([0.05, 0.01, 0.2]))
    aim, effect = float(rng.choice([0.5, 0.8, 0.9, 0.99])), float(rng.uniform(0.001, 0.2))
    within = lambda n: error * math.sqrt(clusters / n)
    detectable = lambda n: (stats.t.ppf(1 - alpha, n - 1) + stats.t.ppf(aim, n - 1)) * within(n)

    def check(found, report, call):
        report.compare("detectable effect", found["detectable"], detectable(clusters), call)
        chance = stats.t.cdf(effect / error - stats.t.ppf(1 - alpha, clusters - 1), clusters - 1)
        report.compare("power", found["power"], chance, call)
        needed = found["clusters"]
        if needed is None:
            return report.compare("clusters needed", needed, None if detectable(1 << 30) > effect else 1 << 30, call)
        enough = detectable(needed) <= effect * (1 + 1e-9) and (needed == 2 or detectable(needed - 1) >= effect * (1 - 1e-9))
        return report.compare("clusters needed", needed, needed if enough else None, call)

    return {"error": error, "clusters": clusters, "alpha": alpha, "power": aim, "effect": effect}, check


def bca_of_formulas(estimate, resampled, without, confidence):
    """As in scipy's `_bca_interval`."""
    equal_half = (np.count_nonzero(resampled < estimate) + np.count_nonzero(resampled <= estimate)) / (2 * len(resampled))
    count = len(without)
    u = (count - 1) * (without.mean() - without)
    squares = (u**2).sum() / count**2
    a = (u**3).sum() / count**3 / squares**1.5 / 6 if math.sqrt(squares) > 1e-12 else 0
    bias, tail = stats.norm.ppf(equal_half), stats.norm.ppf((1 - confidence) / 2)
    if not math.isfinite(bias) or np.ptp(resampled) < 1e-12:
        return None
    shares = [stats.norm.cdf(bias + (bias + z) / (1 - a * (bias + z))) for z in (tail, -tail)]
    ends = stats.quantile(resampled, np.array(shares))
    return tuple(ends) if ends[1] - ends[0] > 1e-12 else None


def bca(rng):
    count = size(rng, 200)
    resampled, without, confidence = values(rng, size(rng, 2000)), values(rng, count), float(rng.choice(CONFIDENCES))
    estimate = float(rng.choice(resampled) if rng.random() < 0.7 else np.round(np.median(resampled) * 1024) / 1024 + 1 / 2048)
    expected = bca_of_formulas(estimate, resampled, without, confidence)
    call = {"estimate": estimate, "resampled": resampled.tolist(), "without": without.tolist(), "confidence": confidence}
    return call, lambda found, report, call: report.ends("BCa: formulas", found, expected, call)


def resampled_sums(rows, seed, numbers):
    count = len(rows)
    below = lambda bits: [int(bits.random_raw()) * count >> 64 for _ in range(count)]
    drawn = [np.bincount(below(generator(seed, number * count)), minlength=count) for number in numbers]
    return np.array(drawn) @ rows


def bootstrap_ratio(rng):
    of, seed, confidence = pairs(rng, size(rng, 60) + 1), int(rng.integers(1 << 62)), float(rng.choice(CONFIDENCES))
    times = int(rng.integers(50, 120))
    sums = resampled_sums(of, seed, range(times))
    statistic = lambda n, d, axis=-1: n.sum(axis=axis) / d.sum(axis=axis)
    given = types.SimpleNamespace(bootstrap_distribution=sums[:, 0] / sums[:, 1])
    options = {"paired": True, "method": "BCa", "confidence_level": confidence}
    ends = stats.bootstrap(tuple(of.T), statistic, n_resamples=0, bootstrap_result=given, **options).confidence_interval
    expected = (ends.low, ends.high) if ends.high - ends.low > 1e-12 else None
    call = {"pairs": of.tolist(), "seed": seed, "resamples": times, "confidence": confidence}
    return call, lambda found, report, call: report.ends("BCa: scipy's bootstrap, same resamples", found, expected, call)


def bootstrap_chance(rng):
    """scipy draws by itself, so ends are compared by their rank among its resamples."""
    of, seed, confidence, times = pairs(rng, int(rng.integers(20, 80))), int(rng.integers(1 << 62)), 0.9, 2000
    statistic = lambda n, d, axis=-1: n.sum(axis=axis) / d.sum(axis=axis)
    theirs = stats.bootstrap(
        tuple(of.T), statistic, n_resamples=times, paired=True, method="BCa", confidence_level=confidence, rng=np.random.default_rng(seed))

    def check(found, report, call):
        if np.ptp(theirs.bootstrap_distribution) == 0:
            return report.compare("BCa: scipy's own resamples", found, None, call)
        for end, middle in zip(found, theirs.confidence_interval):
            share = np.mean(theirs.bootstrap_distribution <= middle)
            reach = 5 * math.sqrt(2 * max(share * (1 - share), 0.03) / times)
            low, high = np.quantile(theirs.bootstrap_distribution, [max(share - reach, 0), min(share + reach, 1)])
            report.compare("BCa: scipy's own resamples", end, end if low <= end <= high else middle, call)
        return None

    return {"pairs": of.tolist(), "seed": seed, "resamples": times, "confidence": confidence}, check


def bootstrap(rng):
    count, width, seed, start = size(rng, 700), int(rng.integers(1, 14)), int(rng.integers(1 << 62)), int(rng.integers(100))
    whole = rng.random() < 0.5
    rows = rng.integers(0, 50, (count, width)) if whole else rng.random((count, width))
    stop = start + int(rng.integers(1, 45))

    def check(found, report, call):
        expected = resampled_sums(rows, seed, range(start, stop))
        report.compare("sums over resamples: how many", np.size(found), expected.size, call)
        for one, other in zip(np.ravel(found), expected.ravel()):
            report.compare(f"sums over resamples, {'whole' if whole else 'not whole'}", one, other, call, 0 if whole else 1e-12)

    return {"rows": rows.tolist(), "seed": seed, "from": start, "to": stop}, check


def randomise(rng):
    count, seed, drawn = size(rng, 150) if rng.random() < 0.3 else int(rng.integers(2, 9)), int(rng.integers(1 << 62)), 255
    base, candidate = pairs(rng, count), pairs(rng, count)
    n, d = np.concatenate([base, candidate]).T
    exact = count <= 8
    statistics = {
        "sum": lambda one, other, axis=-1: n[other].sum(axis=axis) - n[one].sum(axis=axis),
        # Rounded, for scipy compares to the last digits.
        "ratio": lambda one, other, axis=-1: np.round(
            n[other].sum(axis=axis) / d[other].sum(axis=axis) - n[one].sum(axis=axis) / d[one].sum(axis=axis), 12),
    }
    ours, theirs = np.arange(count), np.arange(count, 2 * count)
    expected = {}
    for name, statistic in statistics.items():
        if exact and count > 1:
            statistic_of = lambda one, other, axis=-1: statistic(one.astype(int), other.astype(int), axis).astype(float)
            expected[name] = stats.permutation_test(
                (ours, theirs), statistic_of, permutation_type="samples", n_resamples=np.inf, vectorized=True).pvalue
        elif not exact:
            words, hits, observed = -(-count // 64), 1, abs(statistic(ours, theirs))
            for number in range(drawn):
                raw = [int(word) for word in generator(seed, PERMUTATIONS + number * words).random_raw(words)]
                swap = np.array([raw[at // 64] >> (at % 64) & 1 for at in range(count)], bool)
                hits += abs(statistic(np.where(swap, theirs, ours), np.where(swap, ours, theirs))) >= observed
            expected[name] = hits / (drawn + 1)
        else:
            expected[name] = 1.0

    def check(found, report, call):
        report.compare("randomisation: exact", found["exact"], exact, call)
        report.compare("randomisation: assignments", found["assignments"], 2**count if exact else drawn, call)
        for name, p in expected.items():
            report.compare(f"randomisation, {'all' if exact else 'drawn'}: p", found[name], float(p), call, 1e-12)

    return {"base": base.tolist(), "candidate": candidate.tolist(), "seed": seed, "drawn": drawn}, check


# Each with how many cases of it there are to a hundred of the others.
CALLS = [
    (binomial, "binomial", 100), (sign, "sign", 100), (wilcoxon, "wilcoxon", 100), (adjust, "adjust", 20), (share, "share", 100),
    (mean, "mean", 100), (ratio, "ratio", 100), (percentile, "percentile", 100), (means, "means", 100), (ratios, "ratios", 100),
    (power, "power", 100), (bca, "bca", 100), (bootstrap_ratio, "bootstrap_ratio", 30), (bootstrap_chance, "bootstrap_ratio", 10),
    (bootstrap, "bootstrap", 5), (randomise, "randomise", 30),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statistics", required=True, help="the built example")
    parser.add_argument("--cases", type=int, default=1000, help="of each call; of those that take long, fewer")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    rng, report, cases = np.random.default_rng(args.seed), Report(), []
    for make, name, often in CALLS:
        for _ in range(max(1, args.cases * often // 100)):
            call, check = make(rng)
            cases.append((call | {"call": name}, check))
    check_calls(args.statistics, cases, report)


if __name__ == "__main__":
    main()
