#!/usr/bin/env python3
"""Runs the Python of the book's pages for users of other tools, and compares its output with the page.

    python tests/parity/book.py

A block of the language `python` that a block `text` follows prints that text, in a copy of
examples/book. `cargo test` runs the commands of the same pages, so that both stand side by side.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```\n", re.MULTILINE | re.DOTALL)

compared = 0
for page in sorted((ROOT / "docs" / "coming-from").glob("*.md")):
    for code, shown in BLOCKS.findall(page.read_text(encoding="utf-8")):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "examples" / "book", folder, dirs_exist_ok=True)
            done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
        if done.returncode or done.stdout != shown:
            sys.exit(f"{page.relative_to(ROOT)} shows\n{shown}but its Python prints\n{done.stdout}{done.stderr}")
        compared += 1
if not compared:
    sys.exit("no Python was found in docs/coming-from")
print(f"book: the Python of {compared} pages prints what they show")
