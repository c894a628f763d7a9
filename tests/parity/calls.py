"""Calls of the example `statistics`, and the checks of what it answers."""

import json
import subprocess
import sys


def check_calls(program, calls, report):
    """Sends all calls to the program, and has each one's check compare the answer. `calls` are pairs: the call as a dictionary, and
    a function of the answer, the report and the beginning of the call."""
    lines = [json.dumps(call) for call, _ in calls]
    answer = subprocess.run([program], input="".join(f"{line}\n" for line in lines), capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(f"{program}: {answer.stderr}")
    for reply, line, (_, check) in zip(answer.stdout.splitlines(), lines, calls, strict=True):
        check(json.loads(reply), report, line[:2000])
    report.print()
    print(f"{len(calls)} cases, no difference")
