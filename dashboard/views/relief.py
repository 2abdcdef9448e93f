"""帮扶救助: who was helped, with whose money, how fairly?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.charts.bars import bars_figure
from dashboard.components.cards import show_cards
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import figure_address, link_points, rows_address
from dashboard.components.mark import mark_text
from dashboard.components.months import show_months
from dashboard.components.page import open_page, show_finding, show_sources
from dashboard.components.relief_detail import show_funds, show_once, show_outliers
from dashboard.components.reported import months_of_year, name_year
from dashboard.components.same_period import show_same_period
from dashboard.components.table import show_twin
from dashboard.figures import compare, has_report, indicator_card, of_month, year_back
from dashboard.selection import Selection
from pipelines.reports.numbers import count, is_missing, money

CARDS = [("relief_amount", "救助金额", "元"), ("relief_times", "救助人次", "人次"), ("relief_average", "人均救助", "元/人次"),
         ("relief_spring_amount", "送温暖慰问", "元"), ("relief_heat_times", "高温慰问", "人次"), ("relief_student_amount", "金秋助学", "元")]  # fmt: skip


UNSAID = "未注明"  # how `relief_parts.sql` calls a source that is not filled in


def _parts(selection: Selection, **months: Callable[[Selection], date]) -> pandas.DataFrame:
    rows = query_month(selection, "relief_parts", **months)
    return rows.assign(amount=rows.amount.astype(float), recipients=rows.recipients.astype(float))


def finding(now: pandas.DataFrame, compared: tuple[float | None, float | None], selection: Selection, reported: bool) -> str:
    """How much was spent on how many, and whether that is more than a year ago, as `compare` tells it."""
    if not reported:
        return f"{selection.span}{selection.place}还没有报送帮扶救助台账"
    if now.empty:
        return f"{selection.span}{selection.place}没有救助支出记录"
    total, times = now.amount.sum(), now.recipients.sum()
    text = f"{selection.span}{selection.place}救助 {count(times)} 人次，支出 {' '.join(money(total))}"
    spent, last = compared
    if spent is not None and last:
        share = (spent / last - 1) * 100
        text += f"，比上年同期{'多' if share > 0 else '少'} {abs(share):.0f}%" if abs(share) >= 0.5 else "，与上年同期持平"
    top = now.groupby("category").amount.sum().sort_values(ascending=False)
    return text + (f"；{top.index[0]}占 {top.iloc[0] / total * 100:.0f}%" if total else "")


def _by(rows: pandas.DataFrame, column: str, title: str, key: str, selection: Selection) -> None:
    sums = rows.groupby(column).agg(amount=("amount", "sum"), recipients=("recipients", "sum")).sort_values("amount", ascending=False).reset_index()
    labels = [" ".join(money(a)) for a in sums.amount]
    hover = [f"{count(r)} 人次" for r in sums.recipients]
    figure = bars_figure(sums[column].tolist(), (sums.amount / 1e4).tolist(), labels, unit="", dark=is_dark(), hover=hover)
    figure.update_xaxes(title={"text": "万元", "standoff": 4})
    addresses = [rows_address(selection, "relief", "amount", **{column: None if name == UNSAID else name}) for name in sums[column]]
    link_points(figure, addresses)
    show_chart(figure, f"{title}最多的是{sums[column].iloc[0]}，{labels[0]}", "万元", key)
    show_twin(sums, {column: "项目", "amount": "金额（元）", "recipients": "人次"}, title, addresses)


def _months(selection: Selection) -> None:
    rows = _parts(selection, first=year_back)

    def title(wide: pandas.DataFrame) -> str:
        total, festive = wide.to_numpy().sum(), wide[[p.month in (1, 2) for p in wide.index]].to_numpy().sum()
        if {1, 2} <= {p.month for p in months_of_year(selection)} and total:
            return f"{name_year(selection)}春节前后（1、2 月）占全部支出的 {festive / total * 100:.0f}%"
        return f"{name_year(selection)}共支出 {' '.join(money(total * 1e4))}"

    show_months(rows.assign(value=rows.amount / 1e4), "relief_months", title=title, unit="万元", note="救助支出，万元，按类别", twin="逐月救助支出",
                opens=lambda period, kinds: rows_address(selection, "relief", "amount", period=period, reading="month", category=kinds))  # fmt: skip


def _townships(selection: Selection) -> None:
    rows = of_month(selection, "relief_amount", "relief_average")
    wide = rows.assign(value=[None if is_missing(v) else float(v) for v in rows.value]).pivot(index="place", columns="indicator", values="value")
    sums = rows[rows.indicator == "relief_amount"].set_index("place")
    wide = wide.join(sums[["last_year", "marks"]]).sort_values("relief_amount", ascending=False).reset_index()
    wide["growth"] = ((wide.relief_amount / wide.last_year.where(wide.last_year > 0) - 1) * 100).round(1)
    labels = [" ".join(money(a)) + mark_text(m) for a, m in zip(wide.relief_amount, wide.marks, strict=True)]
    hover = [f"人均 {a:,.2f} 元" if a == a else "人均无数据" for a in wide.relief_average]
    figure = bars_figure(wide.place.tolist(), (wide.relief_amount / 1e4).tolist(), labels, unit="", dark=is_dark(), chosen=selection.township, hover=hover)
    figure.update_xaxes(title={"text": "万元", "standoff": 4})
    addresses = [figure_address(selection, "relief_amount", township=place) for place in wide.place]
    link_points(figure, addresses)
    per_head = wide.dropna(subset=["relief_average"]).sort_values("relief_average")
    low, high = (f"{per_head.relief_average.iloc[n]:,.0f} 元（{per_head.place.iloc[n]}）" for n in (0, -1))
    title = f"人均从 {low}到 {high}" if len(per_head) > 1 else f"人均 {low}"
    show_chart(figure, title, "各乡镇救助金额，万元；指向横条看人均", "relief_townships")
    show_twin(wide, {"place": "乡镇", "relief_amount": "金额（元）", "relief_average": "人均（元/人次）", "last_year": "上年同期（元）", "growth": "同比（%）"}, "各乡镇救助金额与人均", addresses)


@drawn
def _body(selection: Selection) -> None:
    now = _parts(selection)
    show_finding(finding(now, compare(selection, "relief_amount", 12), selection, has_report(selection, "relief_times")))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS])
    if not now.empty:
        left, right = st.columns(2, gap="large")
        with left:
            _by(now, "category", "救助类别", "relief_category", selection)
        with right:
            _by(now, "source", "资金来源", "relief_source", selection)
        left, right = st.columns(2, gap="large")
        with left:
            _months(selection)
        with right:
            _townships(selection)
        left, right = st.columns(2, gap="large")
        with left:
            show_once(selection, int(now.payments.sum()))
            show_outliers(selection)
        with right:
            show_funds(selection)
    show_same_period(selection, CARDS)
    show_sources(selection, "帮扶救助台账")


def show() -> None:
    """Spending by category, source, month and township."""
    if selection := open_page("帮扶救助"):
        _body(selection)
