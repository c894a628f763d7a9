"""What karat's functions return: objects over the JSON that the command line prints, whose schemas
``karat schema`` has."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import _html


@dataclass(frozen=True)
class Figure:
    """A figure over all documents."""

    #: The name, as in ``entities.strict.f1``.
    name: str
    #: The value, 0 to 1 except for amounts and for figures in percent; ``None`` if it is undefined.
    value: float | None
    #: The lower end of the confidence interval; ``None`` below two documents.
    low: float | None
    #: The upper end of the confidence interval.
    high: float | None
    #: The number of gold items.
    gold: int | None
    #: The number of predicted items, if the metric has a precision.
    predicted: int | None
    #: The number of scored documents.
    documents: int | None
    #: The numbers of items by outcome, if the metric counts items.
    counts: Mapping[str, int] | None
    #: How the figure was computed.
    signature: str

    def __float__(self) -> float:
        return float("nan") if self.value is None else self.value

    def __str__(self) -> str:
        interval = "" if self.low is None or self.high is None else f" ({self.low:.3f} to {self.high:.3f})"
        return f"{self.name} {_value(self.value)}{interval}"


def _value(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


class _Result:
    """An object over the JSON of a command."""

    def __init__(self, data: dict[str, Any]) -> None:
        #: The JSON that the command line prints.
        self.data = data

    def to_json(self, **options: Any) -> str:
        """Returns the JSON, which ``json.dumps`` writes with ``options``."""
        return json.dumps(self.data, **options)


class _Table(_Result):
    """A result with a table."""

    def rows(self) -> list[dict[str, Any]]:
        """Returns the rows of the table."""
        raise NotImplementedError

    def to_pandas(self) -> Any:
        """Returns the table as a ``pandas.DataFrame``."""
        import pandas

        return pandas.DataFrame(self.rows())

    def to_polars(self) -> Any:
        """Returns the table as a ``polars.DataFrame``."""
        import polars

        return polars.DataFrame(self.rows(), infer_schema_length=None)

    def to_arrow(self) -> Any:
        """Returns the table as a ``pyarrow.Table``."""
        import pyarrow

        return pyarrow.Table.from_pylist(self.rows())

    def _repr_html_(self) -> str:
        return _html.table(self._shown())

    def __str__(self) -> str:
        return _text(self._shown())

    def _shown(self) -> list[dict[str, Any]]:
        return self.rows()


def _text(rows: list[dict[str, Any]]) -> str:
    """Returns rows as a table in plain text."""
    if not rows:
        return "(nothing)"
    header = list(rows[0])
    cells = [header, *([_html.cell(row.get(name)) for name in header] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(header))]
    right = [all(isinstance(row.get(name), (int, float, type(None))) for row in rows) for name in header]
    lines = (
        "  ".join(cell.rjust(width) if is_right else cell.ljust(width) for cell, width, is_right in zip(line, widths, right))
        for line in cells
    )
    return "\n".join(line.rstrip() for line in lines)


class Scores(_Table, Mapping[str, Figure]):
    """The scores of predictions: a mapping from the names of figures to figures."""

    def __getitem__(self, name: str) -> Figure:
        try:
            found = self.data["metrics"][name]
        except KeyError:
            raise KeyError(f"there is no figure {name!r}; there are {', '.join(self.data['metrics'])}") from None
        keys = ("value", "low", "high", "predicted", "documents", "counts")
        return Figure(
            name=name, gold=found.get("n"), signature=found.get("signature", ""), **{key: found.get(key) for key in keys}
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.data["metrics"])

    def __len__(self) -> int:
        return len(self.data["metrics"])

    @property
    def documents(self) -> dict[str, dict[str, float | None]]:
        """The figures of each document, by its id and by their names; empty with ``documents=False``."""
        found = self.data.get("documents", {})
        return {id: {name: one["value"] for name, one in document["metrics"].items()} for id, document in found.items()}

    @property
    def statuses(self) -> dict[str, str]:
        """The status of the answer to each document, by its id."""
        return {id: document["status"] for id, document in self.data.get("documents", {}).items()}

    @property
    def errors(self) -> dict[str, dict[str, int]]:
        """The numbers of errors by layer and kind."""
        return self.data.get("errors", {})

    @property
    def confusion(self) -> dict[str, list[dict[str, Any]]]:
        """The pairs of gold and predicted labels by layer, with their numbers."""
        return self.data.get("confusion", {})

    def rows(self) -> list[dict[str, Any]]:
        """Returns a row for each figure."""
        return [
            {
                "metric": figure.name,
                "value": figure.value,
                "low": figure.low,
                "high": figure.high,
                "gold": figure.gold,
                "predicted": figure.predicted,
                "documents": figure.documents,
                "signature": figure.signature,
            }
            for figure in self.values()
        ]

    def _shown(self) -> list[dict[str, Any]]:
        return [{key: value for key, value in row.items() if key not in ("documents", "signature")} for row in self.rows()]

    def __repr__(self) -> str:
        return f"<karat.Scores of {len(self)} figures: {', '.join(map(str, list(self.values())[:3]))}>"


@dataclass(frozen=True)
class Difference:
    """The difference of a figure between two systems."""

    #: The name of the figure.
    name: str
    #: The value of the baseline.
    base: float | None
    #: The value of the candidate.
    candidate: float | None
    #: The candidate's value minus that of the baseline.
    delta: float | None
    #: The lower end of the confidence interval of the difference.
    low: float | None
    #: The upper end.
    high: float | None
    #: The p-value of the test.
    p: float | None
    #: The p-value after the correction over all figures that decide.
    p_adjusted: float | None
    #: ``better``, ``worse``, ``unchanged``, ``identical``, ``inconclusive``, or ``descriptive`` for
    #: figures of which neither end is better.
    verdict: str


class Comparison(_Table, Mapping[str, Difference]):
    """A comparison of two systems: a mapping from the names of figures to differences."""

    def __getitem__(self, name: str) -> Difference:
        found = self.data["metrics"][name]
        keys = ("base", "candidate", "delta", "low", "high", "p", "p_adjusted", "verdict")
        return Difference(name=name, **{key: found.get(key) for key in keys})

    def __iter__(self) -> Iterator[str]:
        return iter(self.data["metrics"])

    def __len__(self) -> int:
        return len(self.data["metrics"])

    @property
    def flips(self) -> list[dict[str, Any]]:
        """The items that only one of the two systems got right."""
        return self.data.get("flips", [])

    def rows(self) -> list[dict[str, Any]]:
        """Returns a row for each figure."""
        return [
            {
                "metric": one.name,
                **{key: getattr(one, key) for key in ("base", "candidate", "delta", "low", "high", "p", "verdict")},
            }
            for one in self.values()
        ]

    def __repr__(self) -> str:
        return f"<karat.Comparison of {len(self)} figures>"


class Verdict(_Table):
    """The verdict of a gate. It is true unless the gate fails: ``assert karat.gate(...)``."""

    @property
    def verdict(self) -> str:
        """``pass``, ``fail``, ``inconclusive``, or ``identical`` for equal predictions."""
        return self.data["verdict"]

    @property
    def rules(self) -> list[dict[str, Any]]:
        """What was found for each rule."""
        return self.data["rules"]

    def __bool__(self) -> bool:
        return self.verdict != "fail"

    def rows(self) -> list[dict[str, Any]]:
        """Returns a row for each rule."""
        keys = ("verdict", "metric", "delta", "low", "high", "margin", "documents", "message")
        return [{key: rule.get(key) for key in keys} for rule in self.rules]

    def __repr__(self) -> str:
        return f"<karat.Verdict: {self.verdict}>"


class Agreement(_Result):
    """The agreement of annotators; ``data`` has the coefficients by layer."""

    def __repr__(self) -> str:
        return f"<karat.Agreement: {', '.join(key for key in self.data if key != 'schema')}>"


class Findings(_Table):
    """What a check of golden files found. It is true if there is no error."""

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings, each with level, code, message and place."""
        return self.data["findings"]

    def __bool__(self) -> bool:
        return not any(finding["level"] == "error" for finding in self.findings)

    def rows(self) -> list[dict[str, Any]]:
        """Returns a row for each finding."""
        keys = ("level", "code", "document", "message", "file", "row", "line")
        return [{key: finding.get(key) for key in keys} for finding in self.findings]

    def __repr__(self) -> str:
        return f"<karat.Findings: {len(self.findings)}>"


class Power(_Result):
    """What a comparison of this size can show; ``data`` has the smallest detectable differences."""

    def __repr__(self) -> str:
        return "<karat.Power>"


@dataclass(frozen=True)
class Shown:
    """A document with its gold and predicted spans."""

    #: The id of the document.
    id: str
    #: The text.
    text: str
    #: The gold spans, dicts with ``start``, ``end`` and ``label``.
    gold: list[dict[str, Any]]
    #: The predicted spans.
    predicted: list[dict[str, Any]]

    def _repr_html_(self) -> str:
        return _html.document(self.text, self.gold, self.predicted)


class Report:
    """A report, which is rendered when it is asked for."""

    def __init__(self, render: Callable[[str], str]) -> None:
        self._render = render

    def html(self) -> str:
        """Returns one self-contained page for a browser."""
        return self._render("html")

    def markdown(self) -> str:
        """Returns Markdown for a review."""
        return self._render("md")

    def csv(self) -> str:
        """Returns a table of the figures."""
        return self._render("csv")

    def latex(self) -> str:
        """Returns tables for a paper."""
        return self._render("latex")

    def save(self, path: str) -> None:
        """Writes the report in the format that the ending of the path names: .html, .md, .csv, .tex."""
        formats = {"html": "html", "md": "md", "csv": "csv", "tex": "latex"}
        ending = str(path).rsplit(".", 1)[-1]
        if ending not in formats:
            raise ValueError(f"a report ends in .html, .md, .csv or .tex, and not in .{ending}")
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(self._render(formats[ending]))

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{html.escape(self.html(), quote=True)}" style="width:100%;height:600px;border:0"></iframe>'
