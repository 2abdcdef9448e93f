"""The rows behind a figure as tables: by township, by union, and one by one with file, sheet, cell, version, who and when."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.access import visitor
from dashboard.cached import find_catalog, find_reader
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.traced import YES
from pipelines.catalog.model import Measure
from pipelines.catalog.period import name_period
from pipelines.warehouse.cell_versions import Changed, find_changed
from pipelines.warehouse.trace import RETURNS, Row

SHOWN = 200  # rows on one page
EMPTY = "漏填"


def exact(value: object, at_least: bool = False) -> str:
    """A figure to the last digit: `12,345`, `3,000.5`, `≥ 120`; 漏填 for an empty cell."""
    if value is None:
        return EMPTY
    whole = Decimal(value)
    text = f"{whole:,.4f}".rstrip("0").rstrip(".")
    return f"≥ {text}" if at_least else text


def _said(value: object) -> str:
    return YES[value] if isinstance(value, bool) else str(value)


def describe_row(measure: Measure, row: Row) -> str:
    """What the row is about: its dates, kinds and words, in the form's order; names are masked by the reader."""
    if measure.form == RETURNS:
        return f"{row.township}{name_period(row.period)}月报，期限 {row.told['due']:%Y-%m-%d}"
    asked = {c.field for c in measure.where}
    columns = [c for c in find_catalog().form(measure.form).columns if c.key not in ("union_name", "indicator_code") and c.stored and c.key != measure.field]
    words = [c for c in columns if c.type in ("text", "choice", "date") or c.key in asked]
    told = [(c, row.told.get(c.key)) for c in words]
    return "，".join(f"{c.header} {_said(v)}" if c.type in ("bool", "count", "money", "decimal") else _said(v) for c, v in told if v is not None)


def _file(row: Row) -> str:
    if row.submission_id is None:
        return "未报"
    name = escape(row.file)
    if not visitor().may("upload", row.township_code):
        return name
    return f'<a class="plain" href="/files/original/{row.submission_id}" download title="下载原表">{name}</a>'


def _review(row: Row) -> str:
    if row.submission_id is None:
        return "—"
    if row.action == "return":
        return "已退回"
    return f"{escape(row.approved_by)} {row.approved_at:%Y-%m-%d} 通过" if row.action and row.approved_by else "未审核"


def _cells(measure: Measure, row: Row) -> list[str]:
    where = row.cell or (f"第 {row.line} 行" if row.line else "—")
    version = f"第 {row.version} 版" + (f"，共 {row.versions} 版" if row.versions > 1 else "") if row.submission_id else "—"
    sent = f"{escape(row.sent_by)} {row.sent_at:%Y-%m-%d %H:%M}" if row.submission_id else "—"
    return [escape(where), exact(row.value, row.at_least), f'<td class="text wide">{escape(describe_row(measure, row))}</td>', escape(row.sheet or "—"), _file(row), version, sent, _review(row)]


def show_rows(measure: Measure, rows: Sequence[Row], unit: str) -> None:
    """One line per row, with the versions of the cells that were changed below."""
    heads = ["单元格", f"数（{unit}）" if unit else "数", "这一行", "工作表", "文件", "版本", "报送", "审核"]
    show_table(heads, [_cells(measure, r) for r in rows], text=(0, 2, 3, 4, 5, 6, 7))
    _show_changed(find_changed(find_reader(), find_catalog(), measure, rows))


def _show_changed(changed: Sequence[Changed]) -> None:
    if not changed:
        return
    show_section(f"{len(changed)} 个单元格改过", "每一次报送里的数都保留；最后一版是现在使用的")
    lines = []
    for one in changed:
        for n, said in enumerate(one.versions):
            lines.append([escape(said.cell or "—") if n == 0 or said.cell != one.versions[n - 1].cell else "", f"第 {said.version} 版", _shown(said.said),
                          f"{escape(said.sent_by)} {said.sent_at:%Y-%m-%d %H:%M}", escape(said.file), escape(said.reason or "—")])  # fmt: skip
    show_table(["单元格", "版本", "原数", "报送", "文件", "订正原因"], lines, text=(0, 1, 3, 4, 5))


def _shown(said: str | None) -> str:
    if said is None:
        return EMPTY
    if said in ("true", "false"):
        return YES[said == "true"]
    try:
        return exact(Decimal(said))
    except ArithmeticError:
        return escape(said)


def show_crumbs(crumbs: Sequence[tuple[str, str | None]]) -> None:
    """The way from the overview to here; the last one is where one is."""
    parts = [f'<li><a href="{escape(a)}">{escape(w)}</a></li>' if a else f'<li aria-current="page">{escape(w)}</li>' for w, a in crumbs]
    st.html(f'<nav class="crumbs" aria-label="所在位置"><ol>{"".join(parts)}</ol></nav>')
