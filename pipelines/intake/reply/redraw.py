"""Draws a workbook anew from raw sheets, for the formats that cannot be edited in place."""

from __future__ import annotations

import io
import re
from datetime import date

import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from pipelines.intake.sheet import LISTING, Sheet

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_TEXT = 32_767
LOOKED_AT = 500  # rows that decide a column's width


def _name_sheets(sheets: list[Sheet]) -> dict[str, str]:
    """A name that Excel accepts for each sheet, by the sheet's own name."""
    names: dict[str, str] = {}
    for number, sheet in enumerate(sheets, 1):
        name = _FORBIDDEN.sub("_", sheet.name).strip("'")[:31] or f"Sheet{number}"
        if name.lower() in {n.lower() for n in names.values()}:
            name = f"{name[:26]}_{number}"
        names[sheet.name] = name
    return names


def _write(page: Worksheet, row: int, column: int, value: object, dates: Format) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value)
    elif isinstance(value, date) and value.year >= 1900:
        page.write_datetime(row, column, value, dates)
    else:
        page.write_string(row, column, str(value)[:LONGEST_TEXT])


def _width(text: str) -> int:
    return max((sum(2 if ord(c) > 255 else 1 for c in line[:60]) for line in text.splitlines()), default=0)


def _set_widths(page: Worksheet, sheet: Sheet) -> None:
    widths: dict[int, int] = {}
    for _, row in sheet.rows[:LOOKED_AT]:
        for column, value in enumerate(row):
            if value is not None and value != "":
                widths[column] = max(widths.get(column, 0), _width(str(value)))
    for column, width in widths.items():
        page.set_column(column, column, min(max(width + 2, 8), 40))


def _merge(page: Worksheet, ranges: list[str], style: Format) -> None:
    for text in ranges:
        corners = [xl_cell_to_rowcol(corner) for corner in text.split(":")]
        if len(corners) == 2 and corners[0] != corners[1]:
            try:
                page.merge_range(*corners[0], *corners[1], "", style)
            except OverlappingRange:
                continue


def _draw(page: Worksheet, sheet: Sheet, dates: Format, merged: Format) -> None:
    _set_widths(page, sheet)
    _merge(page, sheet.notes.get("merges", []), merged)
    for number, row in sheet.rows:
        for column, value in enumerate(row):
            _write(page, number - 1, column, value, dates)
    if sheet.hidden:
        page.hide()


def redraw(sheets: list[Sheet]) -> tuple[bytes, dict[str, str]]:
    """A plain workbook with the same sheets, rows and merges, and what each sheet is called in it; no text becomes a formula."""
    target = io.BytesIO()
    names = _name_sheets(sheets)
    with xlsxwriter.Workbook(target, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        dates, merged = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"valign": "vcenter"})
        front = next((s for s in sheets if not s.hidden), None)
        for sheet in sheets:
            page = book.add_worksheet(names[sheet.name])
            _draw(page, sheet, dates, merged)
            if sheet is front:
                page.activate()
                page.set_first_sheet()
        if front is None:
            book.add_worksheet(LISTING).activate()  # a workbook must show one sheet; the list takes its place
    return target.getvalue(), names
