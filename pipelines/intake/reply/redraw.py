"""Draws a file of any format anew as xlsx, cell for cell at its address, with the marks. Runs only inside the guarded child."""

from __future__ import annotations

import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.intake.reply.notes import BORDERS, COMMENT_SIZE, FILLS, HEADERS, LIST_SHEET, WIDTHS, Mark, list_rows, marks_by_cell
from pipelines.intake.sheet import address

DAY = {"num_format": "yyyy-mm-dd"}
WIDEST = 40
_FORBIDDEN = str.maketrans("[]:*?/\\", "（）：＊？／＼")


class _Styles:
    """Formats by severity and kind, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.made: dict[tuple[str, bool], Format] = {}

    def of(self, severity: str, is_day: bool) -> Format | None:
        if not severity and not is_day:
            return None
        if (severity, is_day) not in self.made:
            look = {"bg_color": f"#{FILLS[severity]}", "border": 1, "border_color": f"#{BORDERS[severity]}"} if severity else {}
            self.made[severity, is_day] = self.book.add_format(look | (DAY if is_day else {}))
        return self.made[severity, is_day]


def _write(page: Worksheet, row: int, column: int, cell: object, style: Format | None) -> None:
    if isinstance(cell, dict):
        page.write_string(row, column, cell["d"], style)
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell, style)
    elif isinstance(cell, (int, float)):
        page.write_number(row, column, cell, style)
    elif cell == "":
        page.write_blank(row, column, None, style)
    else:
        page.write_string(row, column, str(cell), style)


def _draw(page: Worksheet, sheet: dict, marks: dict[str, Mark], styles: _Styles) -> None:
    widths: dict[int, int] = {}
    waiting = dict(marks)
    for number, cells in sheet["rows"]:
        for column, cell in enumerate(cells):
            mark = waiting.pop(address(column, number), None)
            if cell != "" or mark:
                _write(page, number - 1, column, cell, styles.of(mark.severity if mark else "", False))
                widths[column] = max(widths.get(column, 8), min(WIDEST, 2 * len(str(cell if not isinstance(cell, dict) else cell["d"])) + 2))
    for place, mark in waiting.items():
        page.write_blank(place, None, styles.of(mark.severity, False))
    for place, mark in marks.items():
        page.write_comment(place, mark.text, {"x_scale": COMMENT_SIZE[0] / 128, "y_scale": COMMENT_SIZE[1] / 74, "author": "核对"})
    for column, width in widths.items():
        page.set_column(column, column, width)


def _write_list(book: xlsxwriter.Workbook, problems: list[dict], names: set[str]) -> None:
    page = book.add_worksheet(LIST_SHEET)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    page.write_row(0, 0, HEADERS, bold)
    for number, row in enumerate(list_rows(problems), 1):
        for column, text in enumerate(row):
            page.write_string(number, column, text, wrap)
        if row[2] and row[1] in names:
            page.write_url(number, 2, f"internal:'{row[1]}'!{row[2]}", string=row[2])
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)


def redraw(sheets: list[dict], problems: list[dict]) -> bytes:
    """The workbook of the raw sheets, as the reader's JSON holds them."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles, marks = _Styles(book), marks_by_cell(problems)
    shown = [s for s in sheets if s["name"] != LIST_SHEET]
    titles = {s["name"]: (s["name"].translate(_FORBIDDEN)[:31] or "1") for s in shown}
    _write_list(book, problems, {name for name, title in titles.items() if name == title})
    for sheet in shown:
        _draw(book.add_worksheet(titles[sheet["name"]]), sheet, marks.get(sheet["name"], {}), styles)
    book.close()
    return target.getvalue()


