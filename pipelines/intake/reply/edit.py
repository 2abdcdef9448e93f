"""Marks an xlsx in place: everything else in the sender's file stays as it is. Runs only inside the guarded child.

Formulas keep their text and lose their last results, which WPS and Excel compute again when they open the copy.
"""

from __future__ import annotations

import io

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.intake.reply.notes import BORDERS, COMMENT_SIZE, FILLS, FIRST_LINE, HEADERS, LIST_SHEET, WIDTHS, Mark, list_rows, marks_by_cell

_OURS = {f"00{fill}" for fill in FILLS.values()}


def _wipe(sheet: Worksheet) -> None:
    """Takes off the marks of an earlier copy."""
    for row in sheet.iter_rows():
        for cell in row:
            if getattr(cell, "comment", None) and cell.comment.text.startswith(FIRST_LINE):
                cell.comment = None
                if cell.fill.fgColor.rgb in _OURS:
                    cell.fill, cell.border = PatternFill(), Border()


def _corner(sheet: Worksheet, address: str) -> str:
    """The top left cell of the merge that the address lies in."""
    merge = next((m for m in sheet.merged_cells.ranges if address in m), None)
    return f"{get_column_letter(merge.min_col)}{merge.min_row}" if merge else address


def _mark(sheet: Worksheet, address: str, mark: Mark) -> None:
    cell = sheet[_corner(sheet, address)]
    side = Side("thin", color=BORDERS[mark.severity])
    cell.fill = PatternFill("solid", fgColor=FILLS[mark.severity])
    cell.border = Border(side, side, side, side)
    cell.comment = Comment(mark.text, "核对", height=COMMENT_SIZE[1], width=COMMENT_SIZE[0])


def _write_list(book: Workbook, problems: list[dict]) -> None:
    sheet = book.create_sheet(LIST_SHEET, 0)
    for number, row in enumerate([HEADERS, *list_rows(problems)], 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column, text)
            cell.data_type = "s"  # never a formula
            cell.alignment = Alignment(wrap_text=column > 4, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
        if number > 1 and row[2] and row[1] in book.sheetnames:
            name = row[1].replace("'", "''")
            sheet.cell(number, 3).hyperlink = f"#'{name}'!{row[2]}"
            sheet.cell(number, 3).font = Font(color="0563C1", underline="single")
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def mark_in_place(content: bytes, problems: list[dict]) -> bytes:
    """The marked workbook; whatever openpyxl raises when it cannot read the file."""
    book = load_workbook(io.BytesIO(content))
    if LIST_SHEET in book.sheetnames:
        del book[LIST_SHEET]
    for sheet in book.worksheets:
        _wipe(sheet)
    for name, cells in marks_by_cell(problems).items():
        for address, mark in cells.items() if name in book.sheetnames else ():
            _mark(book[name], address, mark)
    _write_list(book, problems)
    book.active = 0
    book.calculation.fullCalcOnLoad = True
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet.title == LIST_SHEET
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
