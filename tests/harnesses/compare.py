"""Compares what karat reads in logs of other harnesses with what these harnesses read themselves.

Usage: compare.py FORMAT KARAT BASE CANDIDATE, with the Python of the harness. The mean difference
and its standard error are those of SciPy's paired t test over the averages of the samples.
"""

import json
import math
import subprocess
import sys
from collections import defaultdict


def of_inspect(file):
    """Returns the averages of epochs by metric and sample, as inspect_ai maps its values."""
    from inspect_ai.log import read_eval_log
    from inspect_ai.scorer import value_to_float

    to_float = value_to_float()
    values = defaultdict(lambda: defaultdict(list))
    log = read_eval_log(file)
    for sample in log.samples:
        for scorer, score in (sample.scores or {}).items():
            parts = score.value if isinstance(score.value, dict) else {None: score.value}
            for key, value in parts.items():
                values[scorer if key is None else f"{scorer}.{key}"][sample.id].append(to_float(value))
    return values


def of_lm_eval(file):
    values = defaultdict(lambda: defaultdict(list))
    for line in open(file):
        sample = json.loads(line)
        for metric in sample["metrics"]:
            values[metric][sample["doc_id"]].append(float(sample[metric]))
    return values


def of_promptfoo(file):
    values = defaultdict(lambda: defaultdict(list))
    for result in json.load(open(file))["results"]["results"]:
        named = {"score": result["score"], "success": float(result["success"]), **result["namedScores"]}
        for metric, value in named.items():
            values[metric][result["testIdx"]].append(value)
    return values


def of_deepeval(file):
    from deepeval.test_run.test_run import TestRun

    values = defaultdict(lambda: defaultdict(list))
    run = TestRun.model_validate(json.load(open(file)))
    for case in run.test_cases:
        for metric in case.metrics_data:
            values[metric.name][case.input].append(metric.score)
    return values


def of_ragas(file):
    import pandas

    table = pandas.read_csv(file) if file.endswith(".csv") else pandas.read_json(file)
    values = defaultdict(lambda: defaultdict(list))
    for metric in ["exact_match", "non_llm_string_similarity"]:
        for key, value in zip(table["user_input"], table[metric]):
            values[metric][key].append(value)
    return values


def of_helm(file):
    from helm.benchmark.metrics.metric import PerInstanceStats
    from helm.common.codec import from_json

    values = defaultdict(lambda: defaultdict(list))
    for instance in from_json(open(file).read(), list[PerInstanceStats]):
        # A statistic of nothing has no mean.
        for stat in (stat for stat in instance.stats if stat.count):
            values[stat.name.name][instance.instance_id].append(stat.mean)
    return values


READERS = {
    "inspect_ai": of_inspect,
    "lm_eval": of_lm_eval,
    "promptfoo": of_promptfoo,
    "deepeval": of_deepeval,
    "ragas": of_ragas,
    "helm": of_helm,
}


def main(kind, karat, base, candidate):
    from scipy.stats import ttest_rel

    # HELM lists instances that have no statistics of some metrics.
    missing = ["--missing", "skip"] if kind == "helm" else []
    command = [karat, "compare", "--scores", base, "--scores", candidate, "--format", "json", *missing]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    comparison = json.loads(done.stdout)
    sides = [READERS[kind](file) for file in (base, candidate)]
    metrics = sides[0].keys() & sides[1].keys()
    found = {name.removeprefix("scores."): figure for name, figure in comparison["metrics"].items()}
    assert found.keys() == metrics, (sorted(found), sorted(metrics))
    for metric in sorted(metrics):
        samples = sorted(sides[0][metric], key=str)
        means = [[sum(side[metric][id]) / len(side[metric][id]) for id in samples] for side in sides]
        expected = [sum(side) / len(side) for side in means]
        figure = found[metric]
        for key, value in zip(["base", "candidate"], expected):
            assert math.isclose(figure[key], value, rel_tol=1e-12, abs_tol=1e-12), (metric, key, figure[key], value)
        if means[0] != means[1]:
            test = ttest_rel(means[1], means[0])
            difference = expected[1] - expected[0]
            assert math.isclose(figure["delta"], difference, abs_tol=1e-12), (metric, figure, difference)
            error = abs(difference / test.statistic) if difference else None
            if error:
                assert math.isclose(figure["standard_error"], error, rel_tol=1e-9), (metric, figure, error)
    print(f"{kind}: {len(metrics)} metrics of {comparison['base']} and {comparison['candidate']} agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
