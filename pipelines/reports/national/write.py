"""The national return as a workbook to copy from."""

from __future__ import annotations

import io

import xlsxwriter

from pipelines.reports.national.read import NationalReturn

HEADS = ("类别", "项目", "计量单位", "数值", "说明")
WIDTHS = (18, 36, 10, 16, 56)


def write_national(found: NationalReturn) -> bytes:
    """One sheet: title, heads, a row per item; what the monthly forms cannot give stands on yellow."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("统计年报对照")
    bold, title = book.add_format({"bold": True, "border": 1}), book.add_format({"bold": True, "font_size": 16})
    plain, blank = book.add_format({"border": 1, "text_wrap": True}), book.add_format({"border": 1, "bg_color": "#FFFF00", "text_wrap": True})
    sheet.write_string(0, 0, found.title, title)
    sheet.write_row(1, 0, HEADS, bold)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    for number, line in enumerate(found.lines, 2):
        cells = (line.section, line.name, line.unit)
        for column, text in enumerate(cells):
            sheet.write_string(number, column, text, plain)
        if line.value:
            sheet.write_number(number, 3, float(line.value), plain)
        else:
            sheet.write_blank(number, 3, None, blank)
        sheet.write_string(number, 4, line.remark, plain)
    sheet.freeze_panes(2, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    book.close()
    return out.getvalue()
