"""The one shape that every format is read to: a sheet with its non-blank rows and its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from pipelines.intake.read.refusal import TOO_LARGE, Refused, too_wide
from pipelines.intake.sheet import address

MAX_ROWS = 200_000
MAX_AREA = 3_000_000
MAX_MERGES = 500_000

Rows = list[tuple[int, list[object]]]
Cells = dict[int, dict[int, object]]  # row from 1 -> column from 0 -> value
Notes = dict[str, list[str]]

_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def check_area(sheet: str, last: int, width: int) -> None:
    """Refuses a sheet that reaches down to row `last` and over `width` columns when no monthly report could."""
    if last > MAX_ROWS or last * width > MAX_AREA:
        raise too_wide(sheet, last)


def span(column: int, row: int, columns: int, rows: int) -> str:
    """A1:C1 for a merge that starts in a column from 0 and a row from 1."""
    return f"{address(column, row)}:{address(column + columns - 1, row + rows - 1)}"


def as_date(text: str) -> object:
    """A date of a text that begins with an ISO date; the text itself when there is no such day."""
    try:
        return date.fromisoformat(text[:10]) if _ISO.match(text) else text
    except ValueError:
        return text


def plain(value: object) -> object:
    """What JSON holds for a value that it does not know: {"d": "2026-03-05"} for a date, else its text."""
    if isinstance(value, (date, datetime)):
        return {"d": value.isoformat()[:10]}
    return str(value)


def spread(sheet: str, cells: Cells) -> Rows:
    """The non-blank rows in order, all of one width, of cells kept by address."""
    kept = {number: {c: v for c, v in row.items() if v != ""} for number, row in cells.items()}
    kept = {number: row for number, row in sorted(kept.items()) if row}
    width = max((max(row) + 1 for row in kept.values()), default=0)
    check_area(sheet, max(kept, default=0), width)
    return [(number, [row.get(c, "") for c in range(width)]) for number, row in kept.items()]


def make_sheet(
    name: str, rows: Rows, *, hidden: bool = False, hidden_rows: Iterable[int] = (), hidden_columns: Iterable[range] = (), **notes: list[str]
) -> dict[str, object]:
    """One sheet of the answer; hidden rows and columns (from 1) count only where there is something in them."""
    if len(notes.get("merges", ())) > MAX_MERGES:
        raise Refused(*TOO_LARGE)
    present = {number for number, _ in rows}
    width = max((c for _, row in rows for c, v in enumerate(row, 1) if v != ""), default=0) if hidden_columns else 0
    notes["hidden_rows"] = [str(n) for n in hidden_rows if n in present]
    notes["hidden_columns"] = [str(c) for r in hidden_columns for c in range(r.start, min(r.stop, width + 1))]
    return {"name": name, "rows": rows, "hidden": hidden, "notes": {key: found for key, found in notes.items() if found}}
