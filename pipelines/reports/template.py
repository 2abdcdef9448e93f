"""Writes a township's workbook for a month: protected, explained, with dropdowns and last month's stock rows carried over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipelines.catalog.model import Catalog, Column, Form, Township
from pipelines.catalog.period import format_period, name_period, shift_period
from pipelines.reports.template_style import Styles

VERSION = "1"
SPARE_ROWS = 30  # empty rows below what is carried over
WIDTHS = {"text": 18, "choice": 14, "date": 12, "count": 11, "money": 12, "decimal": 12, "bool": 9}
LISTS = "_选项"
IDENTITY = "_模板"
Rows = Sequence[Mapping[str, object]]


def header_text(column: Column) -> str:
    """The header as staff see it: with the unit in brackets where there is one and no bracket ends the name."""
    return f"{column.header}（{column.unit}）" if column.unit and not column.header.endswith((")", "）")) else column.header


def _list_source(column: Column, lists: dict[str, str]) -> list[str] | str:
    choices = ["是", "否"] if column.type == "bool" else list(column.choices)
    return lists.get(column.key + "".join(choices)) or choices


def _validation(column: Column, lists: dict[str, str], period: date) -> dict[str, object] | None:
    stop = {"ignore_blank": True, "error_title": "请检查", "error_type": "stop"}
    if column.type in ("bool", "choice"):
        return stop | {"validate": "list", "source": _list_source(column, lists), "error_message": "请从下拉列表里选择。"}
    if column.type == "count":
        # a text such as 120余 is a lower bound and has to stay possible, so the number is checked with a warning only
        warn = {"error_type": "warning", "error_message": "这里一般填 0 或正整数。"}
        return stop | {"validate": "integer", "criteria": ">=", "value": 0} | warn
    if column.type == "money":
        warn = {"error_type": "warning", "error_message": "这里一般填 0 或正数，单位是元。"}
        return stop | {"validate": "decimal", "criteria": ">=", "value": 0} | warn
    if column.type == "date" and not column.any_day:
        last = date.fromordinal(shift_period(period, 1).toordinal() - 1)
        message = f"日期应在{name_period(period)}之内。"
        return stop | {"validate": "date", "criteria": "between", "minimum": period, "maximum": last, "error_message": message}
    return None


def _comment(form: Form, column: Column) -> str:
    parts = ["必填。" if column.required else "没有可以不填。", column.note]
    if column.type == "choice":
        parts.append("可选：" + "、".join(column.choices) + "。")
    if column.type == "date" and not column.any_day:
        parts.append("写成 2026-03-05 这样的日期，要在报送月份之内。")
    rules = [r.message for r in form.rules if r.left == column.key]
    return "".join(p for p in [*parts, *(f"{r}。" for r in rules)] if p)


def _write_value(sheet: Worksheet, row: int, index: int, column: Column, value: object, styles: Styles) -> None:
    style = styles.cell(column.type)
    if value is None or value == "":
        sheet.write_blank(row, index, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, index, "是" if value else "否", style)
    elif isinstance(value, date):
        sheet.write_datetime(row, index, value, style)
    elif isinstance(value, str):
        sheet.write_string(row, index, value, style)
    else:
        sheet.write_number(row, index, float(value), style)


def _write_head(sheet: Worksheet, form: Form, title: str, styles: Styles) -> None:
    sheet.merge_range(0, 0, 0, len(form.columns) - 1, title, styles.title)
    sheet.merge_range(1, 0, 1, len(form.columns) - 1, form.note, styles.note)
    for index, column in enumerate(form.columns):
        sheet.set_column(index, index, max(WIDTHS[column.type], 2 * len(column.header) + 2))
        sheet.write_string(2, index, header_text(column), styles.required if column.required else styles.header)
        sheet.write_comment(2, index, _comment(form, column), {"x_scale": 1.6, "author": "县总工会"})


def _write_form(book: xlsxwriter.Workbook, form: Form, rows: Rows, title: str, period: date, lists: dict, styles: Styles) -> None:
    sheet = book.add_worksheet(form.title)
    _write_head(sheet, form, title, styles)
    for number, values in enumerate([*rows, *({} for _ in range(SPARE_ROWS))], start=3):
        for index, column in enumerate(form.columns):
            _write_value(sheet, number, index, column, values.get(column.key), styles)
    last = 2 + len(rows) + SPARE_ROWS
    for index, column in enumerate(form.columns):
        if validation := _validation(column, lists, period):
            sheet.data_validation(3, index, last, index, validation)
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.protect("", {"format_cells": True, "format_columns": True, "insert_rows": True, "delete_rows": True, "sort": True, "autofilter": True})


def _write_cover(book: xlsxwriter.Workbook, township: Township, period: date, styles: Styles, filled_by: str) -> None:
    sheet = book.add_worksheet("封面")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 34)
    sheet.merge_range(0, 0, 0, 1, f"{township.name}工会工作月报", styles.title)
    rows = [("填报单位", township.name), ("统计用区划代码", township.code), ("报送月份", format_period(period))]
    rows += [("填报人", filled_by), ("审核人", ""), ("报送日期", ""), ("模板版本", VERSION)]
    for number, (label, value) in enumerate(rows, start=2):
        sheet.write_string(number, 0, label, styles.label)
        sheet.write_string(number, 1, value, styles.fixed if number < 5 or label == "模板版本" else styles.cell("text"))
    sheet.merge_range(10, 0, 12, 1, "蓝底列标题是必填列；鼠标停在列标题上有填写说明。没有发生的台账，请在第一行写“零报告”。", styles.note)
    sheet.protect()


def _write_lists(book: xlsxwriter.Workbook, catalog: Catalog) -> dict[str, str]:
    """A hidden sheet for lists longer than the 255 characters that a dropdown can hold itself."""
    sheet = book.add_worksheet(LISTS)
    lists = {}
    for form in catalog.forms:
        for column in form.columns:
            if column.type == "choice" and len(",".join(column.choices)) > 240:
                index = len(lists)
                sheet.write_column(0, index, column.choices)
                letter = chr(65 + index)
                lists[column.key + "".join(column.choices)] = f"='{LISTS}'!${letter}$1:${letter}${len(column.choices)}"
    sheet.very_hidden()
    return lists


def monthly_rows(catalog: Catalog, values: Mapping[str, Mapping[str, object]] | None = None) -> list[dict[str, object]]:
    """The 乡镇月报 rows of the template: every item of the catalogue, with values by code where there are some."""
    rows = []
    for item in catalog.monthly_items:
        year = None if item.nature == "flow" else "—"
        row = {"indicator_code": item.code, "indicator_name": item.name, "unit": item.unit, "year_to_date": year}
        rows.append(row | dict((values or {}).get(item.code, {})))
    return rows


def write_template(
    path: Path, catalog: Catalog, township: Township, period: date, rows: Mapping[str, Rows] | None = None, filled_by: str = ""
) -> Path:
    """Writes the workbook; `rows` are the rows that stand in it already, by form key (stock rows of last month, or a filled form)."""
    rows = dict(rows or {})
    rows.setdefault("monthly", monthly_rows(catalog))
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": f"{township.name}{name_period(period)}工会月报", "company": f"{catalog.county.name}总工会"})
        book.set_custom_property("union-board-template", f"{VERSION}:{township.code}:{format_period(period)}")
        styles = Styles(book)
        _write_cover(book, township, period, styles, filled_by)
        identity = book.add_worksheet(IDENTITY)
        identity.write_column(0, 0, ["union-board-template", VERSION, township.code, format_period(period), catalog.sha256])
        identity.very_hidden()
        lists = _write_lists(book, catalog)
        for form in catalog.forms:
            title = f"{township.name}{form.title}（{name_period(period)}）"
            _write_form(book, form, rows.get(form.key, []), title, period, lists, styles)
    return path
