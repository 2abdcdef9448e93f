"""The one door to XlsxWriter for tables of figures."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow
import xlsxwriter

from pipelines.reports.mark import Mark

_SIGNS = re.compile(r"[\[\]:*?/\\']")  # that no name of a sheet may have
MAX_ROWS = 1_048_576
LEAST, MOST = 17, 40  # widths of columns in Latin signs, two of which a Chinese one takes; a moment has 16


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object, days: object, moments: object) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否")
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, float(value))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, moments if isinstance(value, datetime) else days)
    else:
        sheet.write_string(row, column, str(value))


def _footer(mark: Mark) -> str:
    """The mark as a page footer, which may have 255 signs; & begins a code there unless it is doubled."""
    text = mark.sentence.replace("&", "&&")[:240]
    cut = (len(text) - len(text.rstrip("&"))) % 2
    return "&L" + text[: len(text) - cut] + "&R第 &P 页"


def _add_sheet(book: xlsxwriter.Workbook, names: list[str], title: str, mark: Mark | None) -> xlsxwriter.worksheet.Worksheet:
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet(_SIGNS.sub("", title)[:28] + (f" {number}" if number > 1 else ""))
    bold = book.add_format({"bold": True})
    for column, name in enumerate(names):  # a pivot's headings are what people wrote
        sheet.set_column(column, column, min(max(2 * len(name) + 2, LEAST), MOST))
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    if mark:
        sheet.set_footer(_footer(mark))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return sheet


def _add_mark(book: xlsxwriter.Workbook, mark: Mark) -> None:
    """The sheet 说明, behind the rows: what reads the first sheet goes on reading rows."""
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 80)
    wrapped, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True, "valign": "top"})
    sheet.write_string(0, 0, "本文件含个人信息，请勿外传。", bold)
    for row, (label, text) in enumerate(mark.lines.items(), 2):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text, wrapped)
    sheet.set_footer(_footer(mark))
    book.set_properties({"title": mark.table, "author": mark.who, "comments": mark.sentence})


def write_xlsx(batches: pyarrow.RecordBatchReader, path: Path, mark: Mark | None = None, title: str = "数据") -> None:
    """One sheet of that title with a frozen header; texts are written as texts, so that no formula starts in one. Rows past Excel's limit go on in a next sheet.

    A mark is a sheet of its own behind them, and at the foot of every printed page.
    """
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        days, moments = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        sheet, row = _add_sheet(book, batches.schema.names, title, mark), 1
        for batch in batches:
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if row == MAX_ROWS:
                    sheet, row = _add_sheet(book, batches.schema.names, title, mark), 1
                for column, value in enumerate(values):
                    _write_cell(sheet, row, column, value, days, moments)
                row += 1
        if mark:
            _add_mark(book, mark)
