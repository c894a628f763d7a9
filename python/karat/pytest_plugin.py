"""The pytest plugin: a fixture ``karat_gate`` for tests that extraction or summarization did not get
worse.

    def test_extractor(karat_gate):
        karat_gate.assert_at_least(gold, predicted, metric="entities.strict.f1", minimum=0.8)
        karat_gate.assert_not_worse(gold, predicted, baseline="ner", metric="entities.strict.f1", margin=0.02)

Baselines are the predictions of an accepted run, in ``karat-baselines/`` beside the test file; commit
them. ``pytest --karat-accept`` writes them anew.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from . import _api
from ._data import is_path, is_tags, kept, line, rows, with_ids
from .results import Scores, Verdict

FOLDER = "karat-baselines"
#: The most documents and items that a failure names.
MOST = 5


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("karat").addoption(
        "--karat-accept", action="store_true", help="accept the predictions of karat_gate.assert_not_worse as baselines"
    )


@pytest.fixture
def karat_gate(request: pytest.FixtureRequest) -> Gate:
    """Judges predictions; see :class:`Gate`."""
    return Gate(Path(request.path).parent / FOLDER, request.config.getoption("--karat-accept"))


class Gate:
    """Assertions on predictions. The data has the forms that :func:`karat.score` takes."""

    def __init__(self, folder: Path, accepts: bool) -> None:
        self._folder = folder
        self._accepts = accepts

    def assert_at_least(self, gold: Any, pred: Any, *, metric: str, minimum: float, **options: Any) -> Scores:
        """Asserts that a figure is ``minimum`` or more, and returns the scores."""
        __tracebackhide__ = True
        scores = _api.score(gold, pred, **options)
        value = scores[metric].value
        if value is None or value < minimum:
            pytest.fail(f"{scores[metric]} is less than {minimum}\n{_lowest(scores, metric)}", pytrace=False)
        return scores

    def assert_not_worse(
        self, gold: Any, pred: Any, *, baseline: Any, metric: str, margin: float, **options: Any
    ) -> Verdict | None:
        """Asserts that a figure did not drop by more than ``margin`` from the baseline.

        ``baseline`` is the name of an accepted one, or predictions; a file is a ``pathlib.Path``.
        Returns the verdict, or ``None`` if the predictions were accepted.
        """
        __tracebackhide__ = True
        gold, pred = kept(gold), kept(pred)
        if isinstance(baseline, str):
            path = self._folder / f"{baseline}.jsonl"
            if self._accepts:
                _accept(pred, path)
                return None
            if not path.exists():
                pytest.fail(f"there is no baseline {path}: run pytest with --karat-accept, and commit it", pytrace=False)
            baseline = str(path)
        verdict = _api.gate(gold, baseline, pred, metric=metric, margin=margin, **options)
        if not verdict:
            message = "\n".join(str(rule["message"]) for rule in verdict.rules)
            asked = {name: options[name] for name in ("map", "join", "missing", "options") if name in options}
            comparison = _api.compare(gold, baseline, pred, metrics=[metric], **asked)
            lost = [flip for flip in comparison.flips if flip["change"] == "lost"]
            shown = "\n".join(f"  lost: {_item(flip)}" for flip in lost[:MOST])
            more = f"\n  and {len(lost) - MOST} more" if len(lost) > MOST else ""
            pytest.fail(f"{metric}: {message}\n{shown}{more}", pytrace=False)
        return verdict


def _item(flip: dict[str, Any]) -> str:
    place = f" at {flip['start']}..{flip['end']}" if flip.get("start") is not None else ""
    text = f" {flip['text']!r}" if flip.get("text") else ""
    return f"{flip['document']}: {flip.get('label') or flip['layer']}{text}{place}"


def _lowest(scores: Scores, metric: str) -> str:
    """The documents with the lowest value, a line each."""
    values = [(found[metric], id) for id, found in scores.documents.items() if found.get(metric) is not None]
    lowest = sorted(values)[:MOST]
    return "\n".join(f"  {id}: {value:.3f}" for value, id in lowest)


def _accept(pred: Any, path: Path) -> None:
    """Writes predictions beside their place and renames them, since workers of xdist may do so at the
    same time."""
    if is_tags(pred):
        pytest.fail("tags have no accepted baseline: pass those of the baseline as `baseline`", pytrace=False)
    if is_path(pred):
        lines = [json.dumps(document, ensure_ascii=False) for document in _api.read(pred, predictions=False)]
    else:
        found = enumerate(with_ids(rows(pred, "<predicted>"), False, "<predicted>"))
        lines = [line(row, "<predicted>", number) for number, (row, _) in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{one}\n" for one in lines)
    # Others read it, too, unlike a temporary file.
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
