"""Writes per-instance statistics of HELM with its model `simple/model1`, which needs no network.

Usage: helm_logs.py OUT. It writes base.json and candidate.json, of zero and of two examples in the
prompt.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def run(examples, target):
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(sys.executable).parent / "helm-run")
        entry = f"simple_mcqa:model=simple/model1,max_train_instances={examples}"
        command = [program, "--run-entries", entry, "--suite", "tests", "--max-eval-instances", "5"]
        command += ["--num-threads", "1", "--disable-cache"]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        [written] = Path(folder).glob("benchmark_output/runs/tests/*/per_instance_stats.json")
        assert done.returncode == 0
        shutil.copy(written, target)


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    run(0, out / "base.json")
    run(2, out / "candidate.json")
