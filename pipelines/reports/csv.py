"""Rows as CSV that opens right in a Chinese Excel: UTF-8 with BOM, no formula can start in a cell, streamed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pyarrow

from pipelines.reports.mark import COLUMN, Mark

BOM = "\ufeff".encode()
_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def escape_formula(text: str) -> str:
    """The text with a leading ' where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def format_value(value: object) -> str:
    """A value as the export contract writes it: blank, true/false, YYYY-MM-DD, plain decimals."""
    if value is None:
        return ""
    if isinstance(value, str):
        return escape_formula(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def iter_csv(batches: pyarrow.RecordBatchReader, mark: Mark | None = None) -> Iterator[bytes]:
    """The CSV in pieces, the header first; a mark is the last column, so that no reader stumbles and no row goes without."""
    last = [mark.sentence] if mark else []
    head = io.StringIO()
    csv.writer(head).writerow([*map(escape_formula, batches.schema.names), *([COLUMN] if mark else [])])
    yield BOM + head.getvalue().encode()
    for batch in batches:
        text = io.StringIO()
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        csv.writer(text).writerows([*map(format_value, row), *last] for row in rows)
        yield text.getvalue().encode()
