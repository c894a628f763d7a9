"""Static word vectors without a download: those of the package wordllama, which ships them.

The extra ``embeddings`` of this package installs wordllama (MIT, Copyright 2024 Lee Miller), whose
32,000 vectors of 256 numbers take 16 MB.

>>> import karat, karat.embeddings
>>> options = {"summaries": {"metrics": ["cosine"], "embeddings": karat.embeddings.folder()}}
>>> scores = karat.score(["The cat sat."], ["A cat was sitting."], options=options)
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import struct
import sys
import tempfile
from pathlib import Path

#: The files of wordllama, and their places in a folder that karat reads.
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
#: The name of the table of vectors in wordllama, and in a Model2Vec folder.
_THEIRS, _OURS = "embedding.weight", "embeddings"


def folder() -> Path:
    """Returns a folder with the word vectors of wordllama in the form of Model2Vec, for
    ``[summaries] embeddings`` and ``--embeddings``. The first call writes it, 18 MB, to the user's cache.

    Raises ImportError without the package wordllama.
    """
    package = importlib.util.find_spec("wordllama")
    if package is None or package.origin is None:
        raise ImportError("the word vectors are those of the package wordllama: `pip install wordllama`")
    source = Path(package.origin).parent
    target = _cache() / f"wordllama-{importlib.metadata.version('wordllama')}"
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed, so that no process meets half a folder.
    with tempfile.TemporaryDirectory(dir=target.parent) as beside:
        written = Path(beside) / "folder"
        written.mkdir()
        (written / "model.safetensors").write_bytes(_renamed((source / _WEIGHTS).read_bytes()))
        shutil.copyfile(source / _TOKENIZER, written / "tokenizer.json")
        (written / "config.json").write_text('{"normalize": false}\n', encoding="utf-8")
        for licence in importlib.metadata.files("wordllama") or ():
            if licence.name == "LICENSE":
                shutil.copyfile(licence.locate(), written / "LICENSE")
        try:
            written.rename(target)
        except OSError:
            # Another process was faster.
            if not target.is_dir():
                raise
    return target


def _renamed(weights: bytes) -> bytes:
    """Returns a file of safetensors with the table of vectors under the name that Model2Vec has."""
    (length,) = struct.unpack("<Q", weights[:8])
    header = json.loads(weights[8 : 8 + length])
    if list(header) != [_THEIRS]:
        raise ValueError(f"wordllama's file has the tables {sorted(header)}, not {_THEIRS!r}: karat knows wordllama 0.4")
    header = json.dumps({_OURS: header[_THEIRS]}).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + weights[8 + length :]


def _cache() -> Path:
    """The folder of karat in the user's cache."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "karat"
