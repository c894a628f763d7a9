"""The layouts of reports, as in ``seqeval.reporters`` 1.2.2."""

from __future__ import annotations

import abc
from typing import Any

#: The columns of a report.
COLUMNS = ("precision", "recall", "f1-score", "support")


class Reporter(abc.ABC):
    """What layouts have in common."""

    @abc.abstractmethod
    def report(self) -> Any:
        """Returns the report."""

    @abc.abstractmethod
    def write(self, row_name: str, precision: float, recall: float, f1: float, support: int) -> None:
        """Adds a row."""


class DictReporter(Reporter):
    """A dict by row and column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.report_dict: dict[str, dict[str, Any]] = {}

    def report(self) -> dict[str, dict[str, Any]]:
        return self.report_dict

    def write(self, row_name: str, precision: float, recall: float, f1: float, support: int) -> None:
        self.report_dict[row_name] = dict(zip(COLUMNS, (precision, recall, f1, support)))

    def write_blank(self) -> None:
        """Dicts have no blank rows."""


class StringReporter(Reporter):
    """A table in plain text. ``width`` is that of the names, ``digits`` the number of decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.buffer: list[str] = []
        self.width: int = kwargs.get("width", 10)
        self.digits: int = kwargs.get("digits", 4)

    def report(self) -> str:
        return self.write_header() + "\n".join(self.buffer)

    def write(self, row_name: str, precision: float, recall: float, f1: float, support: int) -> None:
        values = "".join(f" {value:>9.{self.digits}f}" for value in (precision, recall, f1))
        self.buffer.append(f"{row_name:>{self.width}s} {values} {support:>9}")

    def write_header(self) -> str:
        """Returns the names of the columns, and a blank line."""
        return f"{'':>{self.width}s} " + "".join(f" {column:>9}" for column in COLUMNS) + "\n\n"

    def write_blank(self) -> None:
        """Adds a blank line."""
        self.buffer.append("")
