"""本月 and 累计 side by side, each with 同期 and 同比, as a table of the view's indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from dashboard.cached import Row, kept
from dashboard.components.figure_link import figure_address, link_html
from dashboard.components.mark import mark_html
from dashboard.components.table import show_table
from dashboard.figures import compare, figure_at
from dashboard.same_months import adds_up
from dashboard.selection import Selection
from pipelines.catalog.period import shift_period
from pipelines.catalog.reading import READINGS, name_span
from pipelines.reports.numbers import figure, growth

Wanted = Sequence[tuple[str, str, str]]  # indicator, label, unit


def _said(row: Row | None, unit: str) -> str:
    if row is None:
        return escape(figure(None, unit)[0])
    return escape(" ".join(figure(row.value, unit, bool(row.at_least))).replace(" %", "%").strip())


def _marks(row: Row | None) -> str:
    return "" if row is None else mark_html(row.marks)


def _said_before(selection: Selection, code: str, unit: str, before: float | None) -> str:
    """A year ago, as far as this year's townships told it then; all of it where none of them did, — where they told other months."""
    row = figure_at(selection, code, shift_period(selection.period, -12))
    if row is not None and before is None and adds_up(selection, code):
        return "—"
    if row is None or before is None:
        return _said(row, unit) + _marks(row)
    return escape(" ".join(figure(before, unit, bool(row.at_least))).replace(" %", "%").strip()) + _marks(row)


def _cells(selection: Selection, code: str, unit: str) -> list[str]:
    """Now, a year ago, and the change, the last two over the townships that reported the same months of both."""
    now, compared = figure_at(selection, code), compare(selection, code, 12)
    address = figure_address(selection, code) if now is not None else None
    return [link_html(_said(now, unit), address) + _marks(now), _said_before(selection, code, unit, compared[1]), growth(*compared, unit)]


def same_period_rows(selection: Selection, wanted: Wanted) -> list[list[str]]:
    """Per indicator: label, and for the month and for the year so far the three cells."""
    total = selection.reading if selection.reading in ("year", "statistical_year") else "year"
    sides = [replace(selection, reading=r) for r in ("month", total)]
    return [[escape(label), *(c for chosen in sides for c in _cells(chosen, code, unit))] for code, label, unit in wanted]


def show_same_period(selection: Selection, wanted: Wanted) -> None:
    """The table, folded away."""
    total = selection.reading if selection.reading == "statistical_year" else "year"
    with st.expander("本月与累计：同期、同比"):
        months = name_span(total, selection.period)
        heads = ["指标", f"本月<br><small>{selection.period.month}月</small>", "上年同月", "同比", f"{READINGS[total].removeprefix('本年')}<br><small>{months}</small>", "上年同期", "同比"]
        show_table(heads, kept(selection, same_period_rows, tuple(wanted)), caption="同期、同比只算两期报了相同月份的乡镇；数量、金额按百分比，比率按百分点；存量（如会员人数）的累计就是当月数")
