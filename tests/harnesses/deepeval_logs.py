"""Writes test runs of deepeval with metrics that need no model.

Usage: deepeval_logs.py OUT. It writes base.json and candidate.json.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["DEEPEVAL_TELEMETRY_OPT_OUT"] = "YES"
os.environ.setdefault("OPENAI_API_KEY", "not used")

from deepeval import evaluate
from deepeval.metrics import BaseMetric, ExactMatchMetric
from deepeval.test_case import LLMTestCase


class Overlap(BaseMetric):
    """The share of the expected words that the output has."""

    threshold = 0.5
    async_mode = False
    include_reason = False

    def __init__(self):
        self.error = None

    def measure(self, case, *_, **__):
        expected = set(case.expected_output.split())
        self.score = len(expected & set(case.actual_output.split())) / len(expected)
        self.success = self.score >= self.threshold
        return self.score

    async def a_measure(self, case, *_, **__):
        return self.measure(case)

    def is_successful(self):
        return self.success

    @property
    def __name__(self):
        return "Overlap"


def run(which, out):
    right = {"base": lambda at: at % 3 == 0, "candidate": lambda at: at % 2 == 0}[which]
    cases = [
        LLMTestCase(
            input=f"question {at}",
            actual_output=f"it is {at if right(at) else 'unknown'}",
            expected_output=f"it is {at}",
            metadata={"source": f"t{at % 2}"},
        )
        for at in range(8)
    ]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DEEPEVAL_RESULTS_FOLDER"] = folder
        os.chdir(folder)
        evaluate(cases, [Overlap(), ExactMatchMetric()])
        [written] = Path(folder).glob("test_run_*.json")
        shutil.copy(written, out / f"{which}.json")


if __name__ == "__main__":
    target = Path(sys.argv[1]).resolve()
    target.mkdir(parents=True, exist_ok=True)
    for system in ["base", "candidate"]:
        run(system, target)
