"""Writes samples of lm-evaluation-harness with its model `dummy`, whose answers a seed decides.

Usage: lm_eval_logs.py OUT. It writes samples_even_1.jsonl of two seeds, in base/ and candidate/.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TASK = """task: even
dataset_path: json
dataset_kwargs:
  data_files: {data}
test_split: train
output_type: multiple_choice
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
doc_to_choice: ["yes", "no"]
metric_list:
  - metric: acc
  - metric: acc_norm
"""


def run(seed, out):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "even.jsonl"
        docs = [
            {"id": f"q{at}", "question": f"Is {at} even?", "answer": at % 2, "source": f"t{at % 6}"} for at in range(12)
        ]
        data.write_text("".join(json.dumps(doc) + "\n" for doc in docs))
        tasks = folder / "tasks"
        tasks.mkdir()
        (tasks / "even.yaml").write_text(TASK.format(data=data))
        command = [str(Path(sys.executable).parent / "lm_eval"), "--model", "dummy", "--tasks", "even"]
        command += ["--include_path", str(tasks), "--log_samples", "--output_path", str(folder / "out")]
        command += ["--seed", str(seed)]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home")}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        [samples] = (folder / "out").glob("*/samples_*.jsonl")
        out.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples, out / "samples_even_1.jsonl")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    run(1, folder / "base")
    run(2, folder / "candidate")
