"""The pytest plugin, in a pytest of its own."""

import json

pytest_plugins = ["pytester"]

TEST = """
GOLD = {f"d{at}": [(0, 3, "PERSON"), (8, 11, "PERSON")] for at in range(60)}
PREDICTED = {id: spans[:KEPT] for id, spans in GOLD.items()}

def test_floor(karat_gate):
    karat_gate.assert_at_least(GOLD, PREDICTED, metric="entities.strict.recall", minimum=0.6)

def test_change(karat_gate):
    karat_gate.assert_not_worse(GOLD, PREDICTED, baseline="ner", metric="entities.strict.f1", margin=0.02)
"""


def test_accept_then_judge(pytester):
    pytester.makepyfile(TEST.replace("KEPT", "2"))
    missing = pytester.runpytest("-q")
    missing.stdout.fnmatch_lines(["*there is no baseline*ner.jsonl: run pytest with --karat-accept, and commit it*"])
    pytester.runpytest("-q", "--karat-accept").assert_outcomes(passed=2)
    baseline = pytester.path / "karat-baselines" / "ner.jsonl"
    assert json.loads(baseline.read_text().splitlines()[0])["id"] == "d0"
    pytester.runpytest("-q").assert_outcomes(passed=2)
    pytester.makepyfile(TEST.replace("KEPT", "1"))
    worse = pytester.runpytest("-q")
    worse.assert_outcomes(failed=2)
    worse.stdout.fnmatch_lines(
        ["*entities.strict.recall 0.500* is less than 0.6*", "*lost: d0: PERSON at 8..11*", "*and 55 more*"]
    )


def test_under_xdist(pytester):
    import pytest

    pytest.importorskip("xdist")
    pytester.makepyfile(TEST.replace("KEPT", "2"))
    pytester.runpytest("-q", "--karat-accept", "-n", "2").assert_outcomes(passed=2)
    pytester.runpytest("-q", "-n", "2").assert_outcomes(passed=2)
