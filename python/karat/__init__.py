"""karat: evaluation of extraction and summarization quality.

>>> import karat
>>> gold = [[(0, 3, "PERSON"), (17, 21, "GPE")], [(4, 9, "ORG")]]
>>> predicted = [[(0, 3, "PERSON"), (17, 21, "ORG")], []]
>>> scores = karat.score(gold, predicted)
>>> scores["entities.strict.f1"].value
0.4

``score``, ``compare``, ``gate``, ``agree``, ``check``, ``power`` and ``convert`` take what a program
has in memory (lists, dicts, tables of pandas, Polars and Arrow, datasets of Hugging Face) or paths of
files in any format that the command line reads. They run the code of the program ``karat``, so that
figures, intervals and messages are the same.
"""

from importlib.metadata import version

from ._api import agree, check, compare, convert, gate, power, read, report, run, score, show, write
from ._counts import compare_counts, counts, gate_counts, summarize
from .errors import Diagnostic, KaratError
from .extractors import extractor
from .results import Agreement, Comparison, Difference, Figure, Findings, Power, Report, Scores, Shown, Verdict

__version__ = version("karat")

__all__ = [
    "Agreement",
    "Comparison",
    "Diagnostic",
    "Difference",
    "Figure",
    "Findings",
    "KaratError",
    "Power",
    "Report",
    "Scores",
    "Shown",
    "Verdict",
    "agree",
    "check",
    "compare",
    "compare_counts",
    "convert",
    "counts",
    "extractor",
    "gate",
    "gate_counts",
    "power",
    "read",
    "report",
    "run",
    "score",
    "show",
    "summarize",
    "write",
]
