#!/usr/bin/env python3
"""Compares the strengths of `karat rank` with choix, and those with ties and all intervals with the likelihood in numpy.

    cargo build --release
    python tests/parity/ranking.py --karat target/release/karat

Makes random preferences, reproducible from the seed: two to seven systems of very different or equal strength, two to forty
documents, with and without ties, in one order or in both.

- without ties: `choix.opt_pairwise` (Newton-CG to a tight tolerance);
- whether strengths are finite: by a linear program over the directions in which the likelihood could grow without end;
- with ties (Davidson 1970): the likelihood maximised by scipy's BFGS;
- intervals: the sandwich over documents in numpy, with scipy's `t`.

Prints how many figures were compared with the largest difference, and exits 1 on the first one above 1e-5.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import choix
import numpy as np
from scipy import optimize, stats

MOST = 1e-5


def make(rng):
    systems = [f"s{at}" for at in range(rng.randint(2, 7))]
    strength = {name: rng.gauss(0, rng.choice([0, 1, 2])) for name in systems}
    ties, both, rows = rng.choice([0, 0, 0.3]), rng.random() < 0.4, []
    for document in range(rng.randint(2, 40)):
        for _ in range(rng.randint(1, 6)):
            one, other = rng.sample(systems, 2)
            if any(row[0] == document and {row[1], row[2]} == {one, other} for row in rows):
                continue
            for first, second in [(one, other), (other, one)][: 1 + both]:
                chance = 1 / (1 + np.exp(strength[second] - strength[first]))
                verdict = "tie" if rng.random() < ties else "first" if rng.random() < chance else "second"
                rows.append((document, first, second, verdict))
    return rows


def outcomes(rows):
    """Document, two systems in order, and 1, -1 or 0."""
    pairs = {}
    for document, first, second, verdict in rows:
        value = {"first": 1, "second": -1, "tie": 0}[verdict]
        key, value = ((document, first, second), value) if first < second else ((document, second, first), -value)
        pairs.setdefault(key, []).append(value)
    return [(*key, values[0] if len(set(values)) == 1 else 0) for key, values in sorted(pairs.items())]


def has_maximum(names, pairs):
    """Whether the likelihood has a finite maximum: every direction makes some outcome less likely than another (a linear program),
    and all systems are compared, directly or through others."""
    reach, rows = np.eye(len(names), dtype=int), []
    has_ties = any(value == 0 for *_, value in pairs)
    for _, a, b, value in pairs:
        a, b = names.index(a), names.index(b)
        reach[a, b] = reach[b, a] = 1
        win, tie = np.zeros(len(names) + 1), np.zeros(len(names) + 1)
        win[a], win[b], tie[-1] = 0.5, -0.5, 1
        of = {1: win, -1: -win, 0: tie}
        if not has_ties:
            del of[0]
        rows += [of[value] - other for outcome, other in of.items() if outcome != value]
    for _ in names:
        reach = np.minimum(reach @ reach, 1)
    rows = np.array(rows)
    best = optimize.linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    return bool(reach.all()) and -best.fun < 1e-9


def chances(values, names, pairs):
    count = len(names)
    half = np.array([(values[names.index(a)] - values[names.index(b)]) / 2 for _, a, b, _ in pairs])
    tie = values[count] if len(values) > count else -np.inf
    logs = np.stack([half, -half, np.full_like(half, tie)])
    return logs - np.logaddexp.reduce(logs, axis=0)


def scores(values, names, pairs):
    """The gradient of each comparison's log likelihood."""
    logs, count = chances(values, names, pairs), len(names)
    wins, losses, ties = np.exp(logs)
    found = np.zeros((len(pairs), len(values)))
    for at, (_, a, b, value) in enumerate(pairs):
        excess = value / 2 - (wins[at] - losses[at]) / 2
        found[at, names.index(a)] += excess
        found[at, names.index(b)] -= excess
        if len(values) > count:
            found[at, count] += (value == 0) - ties[at]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True, type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng, counts, largest = random.Random(args.seed), {}, {}

    def compare(what, found, expected, where):
        counts[what] = counts.get(what, 0) + 1
        off = abs(found - expected) / max(1.0, abs(expected))
        largest[what] = max(largest.get(what, 0.0), off)
        if off > MOST:
            sys.exit(f"{what}: karat {found}, peer {expected}, {where}")

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "p.csv"
        for number in range(args.cases):
            rows = make(rng)
            file.write_text("id,first,second,verdict\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
            run = subprocess.run([args.karat, "rank", file, "--format", "json"], capture_output=True, text=True)
            if run.returncode != 0:
                sys.exit(f"case {number}: {run.stderr}")
            found = json.loads(run.stdout)
            pairs = outcomes(rows)
            names = sorted({name for _, a, b, _ in pairs for name in (a, b)})
            by_name = {one["system"]: one for one in found["systems"]}
            values = np.array([value for *_, value in pairs])
            # A judge of whom no verdict survives the exchange gives no ranking, whatever single orders would give.
            is_finite = has_maximum(names, pairs) and not (found["pairs_in_both_orders"] and found["consistency"] == 0)
            compare("finite strengths", int(found["unranked"] is None), int(is_finite), f"case {number}")
            if not is_finite:
                continue
            has_ties = (values == 0).any()
            if has_ties:
                start = np.zeros(len(names) + 1)

                def negative(at):
                    logs = chances(at, names, pairs)
                    return -sum(logs[{1: 0, -1: 1, 0: 2}[value], row] for row, value in enumerate(values)) + at[:-1].sum() ** 2

                def gradient(at):
                    total = -scores(at, names, pairs).sum(axis=0)
                    total[:-1] += 2 * at[:-1].sum()
                    return total

                fit = optimize.minimize(negative, start, jac=gradient, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000}).x
            else:
                data = [(names.index(a), names.index(b)) if value > 0 else (names.index(b), names.index(a)) for _, a, b, value in pairs]
                fit = choix.opt_pairwise(len(names), data, alpha=0, method="Newton-CG", tol=1e-12, max_iter=10000)
            fit[: len(names)] -= fit[: len(names)].mean()
            what = "with ties" if has_ties else "choix"
            for at, name in enumerate(names):
                compare(f"strength, {what}", by_name[name]["strength"]["value"], fit[at], f"case {number}, {name}")
            # The sandwich, with the information as minus the derivative of the scores.
            exact = np.array([by_name[name]["strength"]["value"] for name in names] + ([np.log(found["nu"])] if has_ties else []))
            size, step = len(exact), 1e-5
            information = np.zeros((size, size))
            for at in range(size):
                move = np.eye(size)[at] * step
                information[:, at] = -(scores(exact + move, names, pairs) - scores(exact - move, names, pairs)).sum(axis=0) / (2 * step)
            inverse = np.linalg.pinv(information, rcond=1e-8)
            documents = sorted({document for document, *_ in pairs})
            each = scores(exact, names, pairs)
            by_document = np.array([each[[at for at, row in enumerate(pairs) if row[0] == document]].sum(axis=0) for document in documents])
            residuals = by_document @ inverse
            groups = len(documents)
            if groups > 1:
                error = np.sqrt(groups / (groups - 1) * (residuals**2).sum(axis=0))
                t = stats.t.ppf(0.975, groups - 1)
                for at, name in enumerate(names):
                    strength = by_name[name]["strength"]
                    if strength["low"] is not None:
                        compare("interval", strength["value"] - strength["low"], t * error[at], f"case {number}, {name}")
    for what, count in sorted(counts.items()):
        print(f"{what}: {count} compared, largest difference {largest[what]:.1e}")
    print(f"{args.cases} cases, no difference")


if __name__ == "__main__":
    main()
