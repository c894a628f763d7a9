"""Exceptions, with where each error is and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnostic:
    """One error of the input."""

    #: What is wrong.
    message: str
    #: The path of the file, or ``<gold>``, ``<predicted>`` and the like for data in memory.
    file: str | None = None
    #: The index of the row or element of data in memory, from 0.
    row: int | None = None
    #: The line of the file, from 1.
    line: int | None = None
    #: The column of the line in code points, from 1; for data in memory, the name of the column.
    column: int | str | None = None
    #: The id of the document.
    document: str | None = None
    #: How to correct the error.
    help: str | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if self.row is not None:
            place += f"[{self.row}]"
            if self.column is not None:
                place += f", column {self.column!r}"
        elif self.line is not None:
            place += f":{self.line}" + (f":{self.column}" if self.column is not None else "")
        parts = [place] if place else []
        if self.document is not None:
            parts.append(f"document {self.document!r}")
        text = ": ".join([*parts, self.message])
        return f"{text}\n  help: {self.help}" if self.help else text


class KaratError(ValueError):
    """karat refused an input.

    ``code`` is the exit code of the command (docs/FORMAT.md lists them), ``diagnostics`` has every
    error that was found, and ``notes`` is what the command printed besides.
    """

    def __init__(self, message: str, code: int = 2, diagnostics: tuple[Diagnostic, ...] = (), notes: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.diagnostics = diagnostics
        self.notes = notes


def of_input(message: str, side: str, row: int | None = None, column: str | None = None, help: str | None = None):
    """Returns the error of data in memory that cannot be read."""
    diagnostic = Diagnostic(message, file=side, row=row, column=column, help=help)
    return KaratError(str(diagnostic), diagnostics=(diagnostic,))
