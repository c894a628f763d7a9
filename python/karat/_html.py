"""Tables and documents as HTML for notebooks. All texts are escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

#: The most rows of a table that a notebook shows.
MOST_ROWS = 200


def cell(value: Any) -> str:
    """Returns a value as a cell of a table."""
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns rows as a table; numbers stand right."""
    if not rows:
        return "<p>(nothing)</p>"
    header = "".join(f"<th style='text-align:left'>{escape(str(name))}</th>" for name in rows[0])
    body = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>" for row in rows[:MOST_ROWS])
    more = f"<p>and {len(rows) - MOST_ROWS} more</p>" if len(rows) > MOST_ROWS else ""
    return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: Any) -> str:
    side = "right" if isinstance(value, (int, float)) else "left"
    return f"<td style='text-align:{side}'>{escape(cell(value))}</td>"


def document(text: str, gold: Iterable[Mapping[str, Any]], predicted: Iterable[Mapping[str, Any]]) -> str:
    """Returns a document with a line above the text for its gold spans and one below for those that
    were predicted. Equal spans are green, others red; the colour is repeated in words."""
    of_gold = [(span["start"], span["end"], span["label"]) for span in gold]
    of_predicted = [(span["start"], span["end"], span["label"]) for span in predicted]
    cuts = sorted({0, len(text), *(at for span in of_gold + of_predicted for at in span[:2] if 0 <= at <= len(text))})
    parts = []
    for start, end in zip(cuts, cuts[1:]):
        names = [("gold", span, span in of_predicted) for span in of_gold if span[0] <= start < span[1]]
        names += [("predicted", span, span in of_gold) for span in of_predicted if span[0] <= start < span[1]]
        shown = escape(text[start:end])
        if not names:
            parts.append(shown)
            continue
        is_right = all(is_equal for _, _, is_equal in names)
        labels = ", ".join(f"{side} {label}" for side, (_, _, label), _ in names)
        colour, word = ("#2e7d32", "right") if is_right else ("#c62828", "wrong")
        title = escape(f"{word}: {labels}", quote=True)
        parts.append(f"<span title='{title}' style='border-bottom:3px solid {colour}'>{shown}</span>")
        if any(span[1] == end for _, span, _ in names):
            parts.append(f"<sub style='color:{colour}'>{escape(labels)}</sub>")
    return f"<div style='white-space:pre-wrap;line-height:1.8'>{''.join(parts)}</div>"
