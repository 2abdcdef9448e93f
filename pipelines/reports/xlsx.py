"""The one door to XlsxWriter for tables of figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow
import xlsxwriter

MAX_ROWS = 1_048_576


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object, dates: object) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "true" if value else "false")
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, float(value))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, dates)
    else:
        sheet.write_string(row, column, str(value))


def _add_sheet(book: xlsxwriter.Workbook, names: list[str]) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, names, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    return sheet


def write_xlsx(batches: pyarrow.RecordBatchReader, path: Path) -> None:
    """One sheet with a frozen header; texts are written as texts, so that no formula starts in one. Rows past Excel's limit go on in a next sheet."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet, row = _add_sheet(book, batches.schema.names), 1
        for batch in batches:
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if row == MAX_ROWS:
                    sheet, row = _add_sheet(book, batches.schema.names), 1
                for column, value in enumerate(values):
                    _write_cell(sheet, row, column, value, dates)
                row += 1
