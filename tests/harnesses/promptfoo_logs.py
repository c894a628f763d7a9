"""Writes results of promptfoo with its provider `echo`, which answers with the prompt.

Usage: promptfoo_logs.py OUT PROGRAM. It writes base and candidate as JSON and as JSON lines.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(which, out, program):
    word = {"base": "no", "candidate": "yes"}[which]
    tests = [
        {
            "vars": {"number": at, "source": f"t{at % 2}"},
            "assert": [
                {"type": "contains", "value": "yes" if at % 4 else "no", "metric": "says"},
                {"type": "javascript", "value": "output.length / 100"},
            ],
        }
        for at in range(8)
    ]
    configuration = {"prompts": [f"Is {{{{number}}}} even? {word}"], "providers": ["echo"], "tests": tests}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "promptfooconfig.json").write_text(json.dumps(configuration))
        environment = {
            **os.environ,
            "PROMPTFOO_CONFIG_DIR": folder,
            "PROMPTFOO_DISABLE_TELEMETRY": "1",
            "PROMPTFOO_DISABLE_UPDATE": "1",
        }
        command = [program, "eval", "-c", "promptfooconfig.json", "--no-cache", "--no-table"]
        command += ["-o", "results.json", "-o", "results.jsonl"]
        # The program exits with 100 if a test fails.
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        assert done.returncode in (0, 100), done
        for kind in ["json", "jsonl"]:
            (out / f"{which}.{kind}").write_text((Path(folder) / f"results.{kind}").read_text())


if __name__ == "__main__":
    target = Path(sys.argv[1]).resolve()
    target.mkdir(parents=True, exist_ok=True)
    for system in ["base", "candidate"]:
        run(system, target, str(Path(sys.argv[2]).resolve()))
