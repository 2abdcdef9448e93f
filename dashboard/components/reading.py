"""How an uploaded file was read, form by form: columns, units, totals left out, and the change to last month."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.table import show_table
from pipelines.catalog.model import Catalog, Form
from pipelines.intake.report import FileReport


def _number(value: object) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _changes(form: Form, report: FileReport) -> list[list[str]]:
    headers = {c.key: c.header for c in form.columns} | {"rows": "行数"}
    rows = []
    for key, (before, now) in report.changes.get(form.key, {}).items():
        if before != now:
            rows.append([headers[key], _number(before), _number(now), f"{'↑' if now > before else '↓'} {_number(abs(now - before))}"])
    return rows


def show_columns(catalog: Catalog, report: FileReport) -> None:
    """One folded part per form; the first row shows what a value became."""
    for form in (f for f in catalog.forms if f.key in report.columns):
        with st.expander(f"{form.title}：{len(report.columns[form.key])} 列怎样读的"):
            names = {c.key: c.header for c in form.columns}
            rows = [[c.letters, escape(c.header), escape(names[c.key]), c.unit or "—", escape(c.example) or "（空）"] for c in report.columns[form.key]]
            show_table(["列", "您的列标题", "读作", "单位", "第一行读成"], rows, text=(0, 1, 2, 3, 4))
            if totals := report.totals.get(form.key):
                st.caption(f"合计、小计在第 {'、'.join(map(str, totals))} 行，只核对，不入库。")
            if changes := _changes(form, report):
                show_table(["与上月相比", "上月", "本月", "变化"], changes)
