"""Every block of Python in the documents runs; the blocks of a page run one after the other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "docs/guides/python.md", ROOT / "docs/scale.md", ROOT / "python/README.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks(page, tmp_path, monkeypatch):
    for name in ("pandas", "polars", "pyarrow"):
        pytest.importorskip(name)
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "documents"}
    blocks = BLOCK.findall(page.read_text())
    assert blocks
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)
