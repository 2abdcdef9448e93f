"""What the figures rest on, in plain words: how many townships reported, how many were reviewed, and what that means."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.components.state import SHORT
from dashboard.level_words import say
from dashboard.selection import Selection

WAITING = ("submitted", "resubmitted")
REVIEWED = ("approved", "locked")
MARKS = {"approved": "full", "locked": "full", "submitted": "half", "resubmitted": "half", "returned": "half", "missing": "empty"}


def _count(returns: pandas.DataFrame, *states: str) -> int:
    return int(returns.state.isin(states).sum())


def _units(returns: pandas.DataFrame) -> str:
    """How many of the reports from below are there, where a row stands for several."""
    if "units" not in returns or (returns.units == 1).all():
        return ""
    return f"（下面 {int(returns.units.sum())} 份月报到了 {int(returns.units_reported.sum())} 份）"


def returns_of_span(selection: Selection) -> pandas.DataFrame | None:
    """The returns of every month that the reading adds up; None where it is one month."""
    if selection.reading == "month":
        return None
    rows = query_month(selection, "returns_board")
    return rows[rows.period >= pandas.Timestamp(selection.first)]


def months_of_year(selection: Selection) -> list[date]:
    """The months that the chosen place reported of the twelve that end with the chosen one."""
    rows = query_month(selection, "returns_board")
    told = rows[(rows.state != "missing") & ((rows.township_code == selection.township_code) if selection.township_code else True)]
    return [p.date() for p in sorted(told.period.unique())]


def name_year(selection: Selection) -> str:
    """`近 12 个月`, or how many of them there are reports of."""
    months = len(months_of_year(selection))
    return "近 12 个月" if months == 12 else f"近 12 个月里有报送的 {months} 个月"


def _left_out(returns: pandas.DataFrame, span: pandas.DataFrame | None) -> str:
    """Who is not in the figures, and of a span for which months."""
    if span is None:
        missing = returns.township[returns.state == "missing"].tolist()
        return f"；{'、'.join(missing)}未报，不计入分子和分母" if missing and len(returns) > 1 else ""
    lacking = span[(span.state == "missing") & span.township.isin(returns.township)]
    told = [f"{name} {'、'.join(str(p.month) for p in of.period)}月" for name, of in lacking.groupby("township", sort=False)]
    return f"；没有报的月份不计入分子和分母：{'，'.join(told)}" if told else ""


def describe_reported(returns: pandas.DataFrame, span: pandas.DataFrame | None = None) -> str:
    """`15 个乡镇已报 13 个，其中审核通过 12 个、退回修改 1 个；未报：…`, from rows of `submission_status` of one month and, where the reading is longer, of `returns_of_span`."""
    month = "" if span is None else f"{returns.period.iloc[0].month}月"
    reported = len(returns) - _count(returns, "missing")
    parts = [("审核通过", _count(returns, *REVIEWED)), ("待审核", _count(returns, *WAITING)), ("退回修改", _count(returns, "returned"))]
    told = "、".join(f"{word} {n} 个" for word, n in parts if n)
    first = f"{month + '，' if month else ''}{len(returns)} 个乡镇已报 {reported} 个{_units(returns)}" if len(returns) > 1 else f"{returns.township.iloc[0]}{month}{'已报' if reported else '未报'}"
    return first + (f"，其中{told}" if told and len(returns) > 1 else f"，{told.split(' ')[0]}" if told else "") + _left_out(returns, span)


def explain_unreviewed(returns: pandas.DataFrame) -> str:
    """What 未审核 means, where there is any."""
    if not _count(returns, *WAITING, "returned"):
        return "已报的都审核通过，数据以后只会因订正而变" if _count(returns, *REVIEWED) else ""
    return "未审核：乡镇已经报来、县总工会还没有审核通过的数，是暂用数，审核后可能会改"


def warn_unreviewed(returns: pandas.DataFrame) -> str:
    """The same in a few words; empty where all is reviewed."""
    return "未审核的为暂用数" if _count(returns, *WAITING, "returned") else ""


def show_reported(returns: pandas.DataFrame, address: str = "", span: pandas.DataFrame | None = None) -> None:
    """A square per township, full when reviewed, half when reported, empty when missing; and the same in words."""
    order = sorted(returns.itertuples(), key=lambda r: ("full", "half", "empty").index(MARKS[r.state]))
    squares = "".join(f'<i class="{MARKS[r.state]}" title="{escape(r.township)} {SHORT[r.state]}"></i>' for r in order)
    link = f'<a class="plain" href="{address}">看报送与审核</a>' if address else ""
    words = f"<b>{escape(say(describe_reported(returns, span)))}</b><small>{escape(say(explain_unreviewed(returns)))}</small>{link}"
    st.html(f'<div class="reported"><span class="squares" aria-hidden="true">{squares}</span><span>{words}</span></div>')
