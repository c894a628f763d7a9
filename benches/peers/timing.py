"""Commands measured as whole processes, in turn."""

import os
import statistics
import subprocess
import sys
import time


def measure(command, stdin=None):
    """Wall seconds, CPU seconds, resident megabytes, and standard output."""
    with open(stdin or os.devnull) as given:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE)
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed.decode()


def in_turn(commands, most_runs, most_seconds=60):
    """Medians of wall and CPU time of commands that take turns, and what each printed last."""
    runs, spent = [[] for _ in commands], [0.0] * len(commands)
    for _ in range(most_runs):
        for at, (command, stdin) in enumerate(commands):
            if spent[at] < most_seconds or not runs[at]:
                runs[at].append(measure(command, stdin))
                spent[at] += runs[at][-1][0]
    return [(statistics.median(r[0] for r in of), statistics.median(r[1] for r in of), len(of), of[-1][3]) for of in runs]


def row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)
