"""Typed tables to the records that the warehouse takes: the tables of one form joined, each row with its sheet and number."""

from __future__ import annotations

from pipelines.intake.sheet import Typed, letters
from pipelines.warehouse.submission import FormRows


def build_form(parts: list[Typed]) -> FormRows:
    """One form of the upload, from all its tables."""
    first = parts[0].table
    rows = [{k: v for k, v in row.items() if k != "_unread"} for part in parts for row in part.rows]
    return FormRows(
        form=first.form.key,
        sheet=first.sheet.name,
        range=first.range,
        rows=rows,
        source_rows=[n for part in parts for n in part.numbers],
        source_sheets=[part.table.sheet.name for part in parts for _ in part.numbers],
        columns=[{key: letters(index) for key, index in part.table.columns.items()} for part in parts],
        nil_return=not rows,
        source_tables=[number for number, part in enumerate(parts) for _ in part.numbers],
    )
