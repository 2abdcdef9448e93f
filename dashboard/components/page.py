"""What every view begins and ends with: title, filters, the finding, and where the figures come from."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cached import find_reader, is_demo, query, query_month
from dashboard.components.mark import LEGEND
from dashboard.components.reported import describe_reported, returns_of_span, warn_unreviewed
from dashboard.level_words import say
from dashboard.selection import Selection, choose
from pipelines.catalog.period import name_period

EMPTY = """<p class="finding">还没有数据</p><p class="lead">请到“数据上报”放入乡镇的月报表格；入库以后，这里就会显示指标。</p>"""


def open_page(title: str, *, township: bool = True, readings: bool = True, newest: bool = False) -> Selection | None:
    """Draws title, demo mark and filter bar; None, with an explanation drawn, where nothing has been loaded."""
    has_data = find_reader().release is not None and len(query("periods")) > 0
    left, right = st.columns([2, 3])
    mark = '<span class="demo">演示数据</span>' if is_demo() else ""
    left.html(f'<div class="topline">{escape(say(title))}{mark}</div>')
    if not has_data:
        st.html(EMPTY)
        return None
    with right:
        return choose(township, readings, newest)


def show_finding(text: str) -> None:
    """The sentence that says what the page found."""
    st.html(f'<h1 class="finding">{escape(say(text))}</h1>')


def show_section(title: str, note: str = "") -> None:
    """A heading that states the finding of what follows, with unit and definition below it."""
    st.html(f'<h2 class="section">{escape(say(title))}</h2><div class="note">{escape(say(note))}</div>')


def describe_coverage(selection: Selection) -> str:
    """How many townships the figures rest on, how many of them were reviewed, and what changes compare."""
    returns, span = query_month(selection, "returns_of_month"), returns_of_span(selection)
    like = "较上月、较上年只比两期都报了的乡镇" if selection.reading == "month" else "和以前比，只比两期报了相同月份的乡镇"
    told = (describe_reported(returns, span), like, warn_unreviewed(returns if span is None else span))
    return "；".join(part for part in told if part)


def show_sources(selection: Selection, forms: str) -> None:
    """Where the figures come from, what they cover, and of which release they are."""
    rows = [
        ("数据来源", f"{name_period(selection.period)}工会工作月报 · {forms}"),
        ("数据范围", say(describe_coverage(selection))),
        ("标记", LEGEND),
        ("发布版本", find_reader().release or "—"),
    ]
    st.html('<div class="sources">' + "".join(f"<span>{a}</span><span>{escape(b)}</span>" for a, b in rows) + "</div>")
