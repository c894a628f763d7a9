#!/usr/bin/env python3
"""Compares karat's coreference figures with those of scorch, neleval and corefeval on random corpora.

    python tests/parity/coreference.py --corpora target/debug/examples/corpora --cases 10000

A corpus is one to four documents with clusters over a few mentions, predicted ones a variation of the gold ones: split,
merged, moved, dropped, made up; singletons kept. `examples/corpora` scores them all in one process, the oracles run here.
Documents are joined for the oracles by naming each mention with its document, which sums numerators and denominators as
the CoNLL scorer does; BLANC, whose links must not cross documents, is summed from neleval's counts of links, and held
against scorch where there is but one document.

| figure | against |
| --- | --- |
| muc, b3, ceafm, ceafe, conll | scorch 0.2.0 and neleval 3.1.1 |
| blanc | neleval 3.1.1 (link counts), and scorch 0.2.0 on single documents |
| mentions | counted here |
| lea | corefeval (coreference-eval 0.0.2), which leaves singletons out: on corpora without any |

Figures agree to 1e-12: sums of fractions are added in another order. Prints how many were compared and every difference;
exits 1 on a difference or a missing figure.
"""

import argparse
import json
import random
import subprocess
import sys

sys.path.pop(0)  # this folder, whose files have the names of packages

import numpy

# neleval was written for an older numpy, which had its own names for Python's types.
numpy.int, numpy.bool, numpy.float, numpy.object = int, bool, float, object

from corefeval.metrics import lea
from neleval import coref_metrics as neleval
from scorch import scores as scorch

TOLERANCE = 1e-12
STATS = ["precision", "recall", "f1"]
SCORCH = {"muc": scorch.muc, "b3": scorch.b_cubed, "ceafm": scorch.ceaf_m, "ceafe": scorch.ceaf_e}
NELEVAL = {"muc": neleval.muc, "b3": neleval.b_cubed, "ceafm": neleval.mention_ceaf, "ceafe": neleval.entity_ceaf}


def random_clusters(rng, mentions):
    """The mentions in clusters: many small ones, or few large ones, or all singletons."""
    most = rng.choice([1, 2, 3, len(mentions) or 1])
    rng.shuffle(mentions)
    clusters = []
    while mentions:
        size = rng.randint(1, most)
        clusters.append(mentions[:size])
        mentions = mentions[size:]
    return clusters


def vary(rng, clusters, strangers):
    """Another opinion of the clusters."""
    clusters = [list(cluster) for cluster in clusters]
    if rng.random() < 0.1:
        return clusters
    for _ in range(rng.randint(0, 6)):
        kind = rng.random()
        cluster = rng.choice(clusters) if clusters else None
        if cluster and kind < 0.25:
            cluster.pop(rng.randrange(len(cluster)))
        elif strangers and kind < 0.45:
            target = rng.choice(clusters) if clusters and rng.random() < 0.5 else []
            target.append(strangers.pop())
            if target not in clusters:
                clusters.append(target)
        elif cluster and kind < 0.65 and len(cluster) > 1:
            cut = rng.randrange(1, len(cluster))
            clusters.append(cluster[cut:])
            del cluster[cut:]
        elif len(clusters) > 1:
            other = rng.choice([one for one in clusters if one is not cluster])
            other.extend(cluster)
            cluster.clear()
        clusters = [cluster for cluster in clusters if cluster]
    return clusters


def make_document(rng, singletons):
    mentions = [(at, at + rng.choice([1, 1, 2, 5])) for at in range(rng.choice([0, 1, 2, 3, 5, 8, 12, 25, 40]))]
    strangers = mentions[: rng.randint(0, 4)]
    gold = random_clusters(rng, mentions[len(strangers):])
    kind = rng.random()
    if kind < 0.03:
        predicted = []
    elif kind < 0.2:
        predicted = random_clusters(rng, list(mentions))
    else:
        predicted = vary(rng, gold, list(strangers))
    if not singletons:
        gold, predicted = ([cluster for cluster in side if len(cluster) > 1] for side in (gold, predicted))
    for side in (gold, predicted):
        rng.shuffle(side)
    return gold, predicted


def run_karat(corpora, cases):
    def document(at, clusters):
        clusters = [{"mentions": [{"start": start, "end": end} for start, end in cluster]} for cluster in clusters]
        return {"id": f"d{at}", "coreference": clusters}

    lines = []
    for documents in cases:
        gold = [document(at, gold) for at, (gold, _) in enumerate(documents)]
        predicted = [document(at, predicted) for at, (_, predicted) in enumerate(documents)]
        lines.append(json.dumps({"gold": gold, "pred": predicted}))
    answer = subprocess.run([corpora], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def joined(documents, side):
    return [{(at, *mention) for mention in cluster} for at, pair in enumerate(documents) for cluster in pair[side]]


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def figures(precision_part, precision_whole, recall_part, recall_whole):
    precision = precision_part / precision_whole if precision_whole else 0.0
    recall = recall_part / recall_whole if recall_whole else 0.0
    return precision, recall, f1(precision, recall)


def named(clusters):
    return dict(enumerate(clusters))


def blanc(documents):
    """BLANC from sums of links: the rules of the reference scorer 8.01, but for mentions without any link."""
    sums = {neleval.pairwise: [0] * 4, neleval.pairwise_negative: [0] * 4}
    for gold, predicted in documents:
        gold, predicted = (named([set(cluster) for cluster in side]) for side in (gold, predicted))
        for count, total in sums.items():
            for at, number in enumerate(count(gold, predicted)):
                total[at] += number
    kinds = [total for total in sums.values() if total[3]]
    if not kinds:
        if any(total[1] for total in sums.values()):
            return 0.0, 0.0, 0.0
        return mentions(documents)
    parts = [figures(*total) for total in kinds]
    return tuple(sum(part[at] for part in parts) / len(parts) for at in range(3))


def mentions(documents):
    gold, predicted = (set().union(*joined(documents, side)) for side in (0, 1))
    return figures(len(gold & predicted), len(predicted), len(gold & predicted), len(gold))


def lea_of(documents):
    gold, predicted = ([sorted(cluster) for cluster in joined(documents, side)] for side in (0, 1))
    names = [{mention: at for at, cluster in enumerate(side) for mention in cluster} for side in (gold, predicted)]
    return figures(*lea(predicted, names[0]), *lea(gold, names[1]))


def expected(documents, singletons):
    """(oracle, metric, precision, recall, F1) of everything that an oracle says of a corpus."""
    gold, predicted = joined(documents, 0), joined(documents, 1)
    for metric, score in NELEVAL.items():
        yield ("neleval", metric, *figures(*score(named(gold), named(predicted))))
    yield ("neleval", "blanc", *blanc(documents))
    yield ("here", "mentions", *mentions(documents))
    if not singletons:
        yield ("corefeval", "lea", *lea_of(documents))
    # scorch fails where the two sides have no mention in common.
    if gold and predicted and set().union(*gold) & set().union(*predicted):
        for metric, score in SCORCH.items():
            recall, precision, both = score(gold, predicted)
            yield ("scorch", metric, precision, recall, both)
        yield ("scorch", "conll", None, None, scorch.conll2012(gold, predicted))
        # scorch has no sums over documents, and calls it right where the key is one mention and the response another cluster.
        sizes = [sum(map(len, side)) for side in (gold, predicted)]
        if len(documents) == 1 and (sizes == [1, 1] or min(sizes) > 1):
            recall, precision, both = scorch.blanc(gold, predicted)
            yield ("scorch", "blanc", precision, recall, both)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the example that scores corpora")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    rng = random.Random(options.seed)
    with_singletons = [rng.random() < 0.7 for _ in range(options.cases)]
    cases = [[make_document(rng, kept) for _ in range(rng.choice([1, 1, 2, 3, 4]))] for kept in with_singletons]
    compared, differences, largest = {}, 0, 0.0
    for documents, singletons, karat in zip(cases, with_singletons, run_karat(options.corpora, cases), strict=True):
        if not any(gold or predicted for gold, predicted in documents):
            continue
        for oracle, metric, *values in expected(documents, singletons):
            for stat, value in zip(STATS, values):
                if value is None:
                    continue
                name = f"coreference.{metric}.{stat}"
                got = karat.get(name)
                key = f"{metric} {oracle}"
                compared[key] = compared.get(key, 0) + 1
                if got is not None:
                    largest = max(largest, abs(got - value))
                if got is None or abs(got - value) > TOLERANCE:
                    differences += 1
                    if differences <= 20:
                        print(f"{name}: {oracle} {value!r}, karat {got!r}: {documents}")
    for key, count in sorted(compared.items()):
        print(f"{key}: {count}")
    print(f"{len(cases)} corpora, {sum(compared.values())} figures compared, {differences} differences; "
          f"the largest distance is {largest:.1e}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
