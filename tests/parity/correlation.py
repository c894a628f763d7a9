#!/usr/bin/env python3
"""Compares `karat meta` with scipy, nlpstats and an enumeration in Python.

    cargo build
    python tests/parity/correlation.py --karat target/debug/karat

Makes random studies (systems, documents, metrics, ratings of several dimensions; ties, constant metrics, missing summaries),
reproducible from the seed, and checks in turn:

1. every coefficient at every level against scipy (from the numbers) and nlpstats (`correlate`), and how many documents are undefined;
2. Williams' test against the determinant by numpy with scipy's Student t, and against nlpstats (`williams_test`), which takes
   absolute values, where no correlation is negative;
3. permutation tests of few exchanges against an enumeration of all of them;
4. intervals and permutation tests that are drawn, against the same draws made with numpy's own PCG64;
5. those against nlpstats' own draws (`bootstrap`, `permutation_test`; its exchange of both is another one), where ends must lie
   within 5 standard errors by rank.

Prints how many figures were compared and every difference above 1e-12 (1: of 1 at most; 2 and 4: 1e-9); exits 1 on a difference.
"""

import argparse
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from nlpstats.correlations import bootstrap, correlate, permutation_test, williams_test
from pcg import PERMUTATIONS, generator
from scipy import stats

LEVELS = ["system", "summary", "global"]
COEFFICIENTS = ["pearson", "spearman", "kendall"]
OF = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}


class Study:
    """Systems by documents; NaN where there is no summary."""

    def __init__(self, rng, systems, documents, metrics, dimensions, full=False):
        shape = (systems, documents)
        self.present = np.ones(shape, bool) if full else rng.random(shape) > rng.choice([0, 0, 0.3])
        self.present[rng.integers(systems), rng.integers(documents)] = True
        quality = rng.normal(size=(systems, 1)) + rng.normal(size=shape)
        self.metrics = {f"m{at:02}": self.values(rng, quality) for at in range(metrics)}
        self.between = {}
        self.ratings = {f"r{at:02}": self.values(rng, quality) for at in range(dimensions)}

    def values(self, rng, quality):
        """Multiples of 1/1024, whose sums are exact, so that ties of means are ties in any order of summing."""
        noisy = rng.choice([1, 1, -0.5]) * quality + rng.normal(size=quality.shape) * rng.choice([0.3, 1, 3])
        kind = rng.integers(6)
        grid = {0: 1, 1: 2, 2: 1024, 3: 1024, 4: 1024}.get(kind)
        values = np.round(noisy * grid) / grid if grid else np.where(rng.random() < 0.5, 0.125, np.sign(noisy))
        if kind == 4:
            values = values + 4096
        return np.where(self.present, values, np.nan)

    def write(self, folder, rng):
        systems, documents = self.present.shape
        cells = [(s, d) for s in range(systems) for d in range(documents) if self.present[s, d]]
        rng.shuffle(cells)
        wide = rng.random() < 0.5
        with open(f"{folder}/scores.csv", "w") as out:
            if wide:
                print("system", "document", *self.metrics, sep=",", file=out)
                for s, d in cells:
                    print(f"s{s:02}", f"d{d:03}", *(repr(float(x[s, d])) for x in self.metrics.values()), sep=",", file=out)
            else:
                print("metric,value,document,system", file=out)
                for name, x in self.metrics.items():
                    for s, d in cells:
                        print(name, repr(float(x[s, d])), f"d{d:03}", f"s{s:02}", sep=",", file=out)
        with open(f"{folder}/ratings.jsonl", "w") as out:
            for name, z in self.ratings.items():
                for s, d in cells:
                    # Two annotators whose mean is the rating.
                    for annotator, off in (("a", 0.5), ("b", -0.5)):
                        row = {"system": f"s{s:02}", "document": f"d{d:03}", "dimension": name, "annotator": annotator}
                        print(json.dumps(row | {"rating": float(z[s, d]) + off}), file=out)


def run(karat, study, rng, *options):
    with tempfile.TemporaryDirectory() as folder:
        study.write(folder, rng)
        scores, ratings = os.path.join(folder, "scores.csv"), os.path.join(folder, "ratings.jsonl")
        command = [karat, "meta", "--scores", scores, "--ratings", ratings, "--format", "json", *options]
        answer = subprocess.run(command, capture_output=True, text=True)
        if answer.returncode != 0:
            sys.exit(f"{command}: {answer.stderr}")
        return json.loads(answer.stdout)


def of_scipy(name, x, z):
    return OF[name](x, z)[0]


def of_definition(name, x, z):
    """As scipy, without p-values: thousands of exchanges and resamples need it quickly."""
    if name == "spearman":
        x, z = stats.rankdata(x), stats.rankdata(z)
    if name == "kendall":
        x, z = (np.sign(m[:, None] - m[None, :]).ravel() for m in (x, z))
    else:
        x, z = x - x.mean(), z - z.mean()
    return (x @ z) / math.sqrt(x @ x) / math.sqrt(z @ z)


def coefficient(name, x, z, of):
    if len(x) < 2 or (x == x[0]).all() or (z == z[0]).all():
        return None
    return float(of(name, x, z))


def correlations(x, z, of=of_scipy, systems=None, documents=None):
    """By level and coefficient, from the definition; to rank means that differ by rounding alone, they are rounded."""
    x, z = (m if systems is None else m[np.ix_(systems, documents)] for m in (x, z))
    found = {}
    present = ~np.isnan(x)
    with_any = present.any(axis=1)
    means = [np.nanmean(m[with_any], axis=1) for m in (x, z)]
    settled = [np.round(m, 11) for m in means]
    for name in COEFFICIENTS:
        ranked = coefficient(name, *settled, of)
        found["system", name] = (ranked if name != "pearson" or ranked is None else coefficient(name, *means, of), 0)
        each = [coefficient(name, x[present[:, d], d], z[present[:, d], d], of) for d in range(x.shape[1]) if present[:, d].any()]
        defined = [value for value in each if value is not None]
        found["summary", name] = (math.fsum(defined) / len(defined) if defined else None, len(each) - len(defined))
        found["global", name] = (coefficient(name, x[present], z[present], of), 0)
    return found


class Report:
    def __init__(self):
        self.counts, self.differences, self.largest, self.left_out = {}, 0, {}, 0

    def compare(self, what, found, expected, most, where):
        self.counts[what] = self.counts.get(what, 0) + 1
        if found is None or expected is None:
            same = found is None and expected is None
        else:
            off = abs(found - expected)
            self.largest[what] = max(self.largest.get(what, 0), off)
            same = off <= most
        if not same:
            self.differences += 1
            print(f"{what}: karat {found}, peer {expected}, {where}")


def check_coefficients(args, rng, report):
    for _ in range(args.studies):
        shape = (int(rng.integers(1, 18)), int(rng.integers(1, 12)))
        study = Study(rng, *shape, metrics=6, dimensions=4)
        out = run(args.karat, study, rng, "--resamples", "0", "--permutations", "0", "--compare", "all")
        for dimension in out["dimensions"]:
            z = study.ratings[dimension["dimension"]]
            by_metric = {name: correlations(x, z) for name, x in study.metrics.items()}
            for found in dimension["correlations"]:
                key = found["level"], found["coefficient"]
                value, undefined = by_metric[found["metric"]][key]
                report.compare("scipy: " + key[1], found["value"], value, 1e-12, (shape, found))
                if rng.random() < 0.05:
                    plain = correlations(study.metrics[found["metric"]], z, of_definition)[key][0]
                    report.compare("the definition in this script", plain, value, 1e-12, (shape, found))
                report.compare("documents undefined", found["undefined"], undefined, 0, (shape, found))
                check_nlpstats(study.metrics[found["metric"]], z, found, report)
            for found in dimension["comparisons"]:
                check_williams(study, z, by_metric, found, report)


def summarised(*matrices):
    """Without systems and documents that have no summary, which nlpstats refuses."""
    present = ~np.isnan(matrices[0])
    return [m[present.any(axis=1)][:, present.any(axis=0)] for m in matrices]


def peer(level):
    return "input" if level == "summary" else level


def check_nlpstats(x, z, found, report):
    x, z = summarised(x, z)
    present = ~np.isnan(x)
    # scipy refuses a single pair where nlpstats does not look.
    if present.sum() < 2 or x.shape[0] < 2 or (found["level"] == "summary" and present.sum(axis=0).min() < 2):
        return
    value = correlate(x, z, peer(found["level"]), found["coefficient"])
    value = None if np.isnan(value) else float(value)
    report.compare("nlpstats: correlate", found["value"], value, 1e-12, found)


def check_williams(study, z, by_metric, found, report):
    x, y = study.metrics[found["first"]], study.metrics[found["second"]]
    key = found["level"], found["coefficient"]
    pair = found["first"], found["second"]
    if pair not in study.between:
        study.between[pair] = correlations(x, y)
    r12, r13, r23 = by_metric[pair[0]][key][0], by_metric[pair[1]][key][0], study.between[pair][key][0]
    present = study.present
    systems = int(present.any(axis=1).sum())
    n = {"system": systems, "summary": int(present.sum(axis=0).max()), "global": int(present.sum())}[key[0]]
    if None in (r12, r13, r23):
        return report.compare("williams", found["williams"], None, 0, found)
    report.compare("difference", found["difference"], r12 - r13, 1e-12, found)
    below = 0 if n < 4 else (
        2 * (n - 1) / (n - 3) * np.linalg.det([[1, r12, r13], [r12, 1, r23], [r13, r23, 1]])
        + ((r12 + r13) / 2) ** 2 * (1 - r23) ** 3
    )
    if abs(below) < 1e-9 or n < 4:
        # The same or the opposite scores, or too few: rounding decides.
        report.left_out += 1
        return None
    if below < 0:
        return report.compare("williams", found["williams"], None, 0, found)
    t = (r12 - r13) * math.sqrt((n - 1) * (1 + r23) / below)
    test = found["williams"]
    report.compare("williams: t", test["t"], t, 1e-9 * max(1, abs(t)), found)
    report.compare("williams: p", test["p"], float(2 * stats.t.sf(abs(t), n - 3)), 1e-9, found)
    report.compare("williams: p, one side", test["p_greater"], float(stats.t.sf(t, n - 3)), 1e-9, found)
    report.compare("williams: p, other side", test["p_less"], float(stats.t.cdf(t, n - 3)), 1e-9, found)
    x, y, z = summarised(x, y, z)
    # It computes the three correlations again, which takes most of the time, so one pair does.
    if pair == ("m00", "m01") and min(r12, r13, r23) >= 0 and (key[0] != "summary" or present.sum(axis=0)[present.any(axis=0)].min() >= 2):
        p = williams_test(x, y, z, peer(key[0]), key[1]).pvalue
        report.compare("nlpstats: williams_test", test["p"], float(p), 1e-9, found)
    return None


def standardise(x, y):
    scaled = [(m - np.nanmean(m)) / (np.nanstd(m) or 1) for m in (x, y)]
    return [np.round(m, 13) for m in scaled]


def exchange(x, y, mask):
    return np.where(mask, y, x), np.where(mask, x, y)


def masks(present, over, coins):
    """A grid of what is exchanged, from coins for systems, documents or the summaries there are."""
    mask = np.zeros(present.shape, bool)
    if over == "systems":
        mask[:] = np.array(coins)[:, None]
    elif over == "documents":
        mask[:] = np.array(coins)[None, :]
    else:
        mask[present] = coins
    return mask


def differences(x, y, z):
    one, other = correlations(x, z, of_definition), correlations(y, z, of_definition)
    value = lambda key: None if None in (one[key][0], other[key][0]) else one[key][0] - other[key][0]
    return {key: value(key) for key in one}


def check_permutations(study, x, y, z, over, coins, exact, comparisons, report):
    x, y = standardise(x, y)
    observed = differences(x, y, z)
    all_found = [differences(*exchange(x, y, masks(study.present, over, tossed)), z) for tossed in coins]
    for found in comparisons:
        key = found["level"], found["coefficient"]
        made = [each[key] for each in all_found if each[key] is not None]
        test, what = found["permutation"], "permutation, " + ("all" if exact else "drawn")
        if observed[key] is None or not made:
            report.compare(what, test, None, 0, found)
            continue
        more = 0 if exact else 1
        share = lambda hits: (sum(hits) + more) / (len(made) + more)
        d = observed[key]
        report.compare(what, test["p"], share(abs(m) >= abs(d) - 1e-10 for m in made), 1e-12, found)
        report.compare(what, test["p_greater"], share(m >= d - 1e-10 for m in made), 1e-12, found)
        report.compare(what, test["p_less"], share(m <= d + 1e-10 for m in made), 1e-12, found)
        report.compare(what, test["permutations"], len(made), 0, found)
        report.compare(what, test["undefined"], len(all_found) - len(made), 0, found)
        if test["exact"] != exact:
            report.compare(what, test["exact"], exact, 0, found)


def check_enumerated(args, rng, report):
    for _ in range(args.small):
        shape = (int(rng.integers(2, 5)), int(rng.integers(2, 5)))
        study = Study(rng, *shape, metrics=2, dimensions=1)
        present = study.present
        if not present.any(axis=0).all() or not present.any(axis=1).all():
            continue
        over = str(rng.choice(["systems", "documents", "both"]))
        units = {"systems": shape[0], "documents": shape[1], "both": int(present.sum())}[over]
        if units > 9:
            continue
        out = run(args.karat, study, rng, "--resamples", "0", "--permute", over, "--permutations", "512")
        (x, y), (z,) = study.metrics.values(), study.ratings.values()
        coins = list(itertools.product([False, True], repeat=units))
        check_permutations(study, x, y, z, over, coins, True, out["dimensions"][0]["comparisons"], report)


def check_drawn(args, rng, report):
    for _ in range(args.drawn):
        shape = (int(rng.integers(3, 9)), int(rng.integers(4, 9)))
        study = Study(rng, *shape, metrics=2, dimensions=1)
        present = study.present
        if not present.any(axis=0).all() or not present.any(axis=1).all():
            continue
        over, seed, times = str(rng.choice(["systems", "documents", "both"])), int(rng.integers(1 << 62)), 60
        confidence = float(rng.choice([0.5, 0.9, 0.95]))
        options = ["--bootstrap", over, "--permute", "both", "--seed", str(seed), "--confidence", str(confidence)]
        options += ["--resamples", str(times), "--permutations", str(times)]
        out = run(args.karat, study, rng, *options)["dimensions"][0]
        (x, y), (z,) = study.metrics.values(), study.ratings.values()
        if present.sum() > 6:
            words = -(-int(present.sum()) // 64)
            coins = []
            for number in range(times):
                raw = [int(word) for word in generator(seed, PERMUTATIONS + number * words).random_raw(words)]
                coins.append([bool(raw[at // 64] >> (at % 64) & 1) for at in range(int(present.sum()))])
            check_permutations(study, x, y, z, "both", coins, False, out["comparisons"], report)
        resampled = []
        for number in range(times):
            bits = generator(seed, number * sum(shape))
            below = lambda bound: int(bits.random_raw()) * bound >> 64
            systems, documents = list(range(shape[0])), list(range(shape[1]))
            if over != "documents":
                systems = [below(shape[0]) for _ in systems]
            if over != "systems":
                documents = [below(shape[1]) for _ in documents]
            resampled.append([correlations(m, z, of_definition, systems, documents) for m in (x, y)])
        for at, metric in enumerate(study.metrics):
            for found in (found for found in out["correlations"] if found["metric"] == metric):
                key = found["level"], found["coefficient"]
                values = [each[at][key][0] for each in resampled if each[at][key][0] is not None]
                check_ends(found, values, times, found["value"], confidence, report)
                report.compare("resamples undefined", found["resamples_undefined"], times - len(values), 0, found)
        for found in out["comparisons"]:
            key = found["level"], found["coefficient"]
            both = [(each[0][key][0], each[1][key][0]) for each in resampled]
            values = [one - other for one, other in both if one is not None and other is not None]
            check_ends(found, values, times, found["difference"], confidence, report)


def check_ends(found, values, times, estimate, confidence, report):
    enough = estimate is not None and len(values) * 2 >= times
    tail = (1 - confidence) / 2 * 100
    for end, percent in (("low", tail), ("high", 100 - tail)):
        expected = float(np.percentile(values, percent)) if enough else None
        report.compare("bootstrap, drawn", found[end], expected, 1e-9, found)


def check_chance(args, rng, report):
    """nlpstats draws by itself, so ends are compared by their rank among its resamples."""
    np.random.seed(args.seed)
    times = 500
    for _ in range(args.chance):
        study = Study(rng, 8, 12, metrics=2, dimensions=1, full=True)
        (x, y), (z,) = study.metrics.values(), study.ratings.values()
        level, name = str(rng.choice(LEVELS)), str(rng.choice(COEFFICIENTS))
        over, permute = str(rng.choice(["systems", "documents", "both"])), str(rng.choice(["systems", "documents"]))
        options = ["--bootstrap", over, "--permute", permute, "--level", level, "--coefficient", name]
        out = run(args.karat, study, rng, *options, "--resamples", str(times), "--permutations", str(times))["dimensions"][0]
        inputs = lambda what: "inputs" if what == "documents" else what
        for found, m in zip(out["correlations"], (x, y)):
            if found["value"] is None:
                continue
            samples = bootstrap(m, z, peer(level), name, inputs(over), n_resamples=times).samples
            if len(samples) < times * 0.6 or found["low"] is None:
                continue
            for end, share in (("low", 0.025), ("high", 0.975)):
                reach = 5 * math.sqrt(2 * 0.025 * 0.975 / times)
                low, high = np.quantile(samples, [max(share - reach, 0), min(share + reach, 1)])
                inside = low - 1e-9 <= found[end] <= high + 1e-9
                report.compare("nlpstats: bootstrap", found[end], found[end] if inside else float((low + high) / 2), 0, found)
        (found,) = out["comparisons"]
        if found["difference"] is None:
            continue
        p = float(permutation_test(x, y, z, peer(level), name, inputs(permute), n_resamples=times).pvalue)
        reach = 5 * math.sqrt(2 * max(p * (1 - p), 0.01) / times)
        near = abs(found["permutation"]["p"] - p) <= reach
        report.compare("nlpstats: permutation_test", found["permutation"]["p"], found["permutation"]["p"] if near else p, 0, found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True, help="the built program")
    parser.add_argument("--studies", type=int, default=20, help="of 6 metrics and 4 dimensions each")
    parser.add_argument("--small", type=int, default=15, help="studies whose exchanges are enumerated")
    parser.add_argument("--drawn", type=int, default=10, help="studies whose draws are repeated")
    parser.add_argument("--chance", type=int, default=3, help="studies held against nlpstats' draws")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    rng, report = np.random.default_rng(args.seed), Report()
    for check in (check_coefficients, check_enumerated, check_drawn, check_chance):
        check(args, rng, report)
    for what, count in sorted(report.counts.items()):
        print(f"{what}: {count} compared, largest difference {report.largest.get(what, 0):.1e}")
    print(f"Williams' tests left out, undefined but for rounding: {report.left_out}")
    print(f"{sum(report.counts.values())} figures compared, {report.differences} differences")
    sys.exit(1 if report.differences else 0)


if __name__ == "__main__":
    main()
