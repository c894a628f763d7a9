"""Writes tables of ragas with metrics that need no model.

Usage: ragas_logs.py OUT. It writes base and candidate as CSV and as JSON.
"""

import os
import sys
from pathlib import Path

os.environ["RAGAS_DO_NOT_TRACK"] = "true"

from ragas import EvaluationDataset, evaluate
from ragas.metrics import ExactMatch, NonLLMStringSimilarity


def run(which):
    right = {"base": lambda at: at % 2 == 0, "candidate": lambda at: at % 3 == 0}[which]
    rows = [
        {
            "user_input": f"question {at}",
            "response": f"the answer is {at if right(at) else 'open'}",
            "reference": f"the answer is {at}",
        }
        for at in range(8)
    ]
    return evaluate(
        EvaluationDataset.from_list(rows), metrics=[ExactMatch(), NonLLMStringSimilarity()], show_progress=False
    ).to_pandas()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for system in ["base", "candidate"]:
        table = run(system)
        table.to_csv(folder / f"{system}.csv", index=False)
        table.to_json(folder / f"{system}.json")
