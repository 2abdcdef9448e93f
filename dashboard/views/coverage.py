"""组织与会员: who is covered, and where are the gaps?"""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.charts.bars import bars_figure
from dashboard.charts.lines import dumbbell_figure
from dashboard.components.cards import show_cards
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import figure_address, link_html, link_points, row_address, rows_address
from dashboard.components.league import LAST_YEAR, with_last_year
from dashboard.components.mark import mark_text
from dashboard.components.member_gaps import show_joined_and_left, show_member_gaps
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.same_period import show_same_period
from dashboard.components.table import MOST, show_table, show_twin
from dashboard.components.trend import show_trend
from dashboard.figures import has_report, indicator_card, of_month
from dashboard.selection import Selection
from pipelines.reports.numbers import count, is_missing

CARDS = [
    ("org_union_rate", "建会率", "%"), ("org_should_union_rate", "25 人以上单位", "%"), ("mem_rate_units", "入会率·已建会", "%"),
    ("mem_rate_all", "入会率·全部", "%"), ("mem_member_total", "会员人数", "人"), ("mem_new", "新发展会员", "人"),
    ("mem_left", "减少会员", "人"), ("mem_member_migrant", "农民工会员", "人"), ("mem_member_female", "女会员", "人"), ("mem_member_gig", "新就业形态会员", "人"),
]  # fmt: skip


def measure_gaps(rows: pandas.DataFrame) -> pandas.DataFrame:
    """The rows with value, sorted, with percent and the number of units still missing."""
    rows = rows[rows.value.notna()].copy()
    rows["percent"] = rows.value.astype(float) * 100  # rounded where it is written, once
    wanted = [0 if is_missing(t) else max(0, -int(-(float(t) * float(d)) // 1) - int(n)) for t, d, n in zip(rows.target, rows.denominator, rows.numerator, strict=True)]
    return rows.assign(gap=wanted).sort_values("percent", ascending=False)


def _has_register(selection: Selection) -> bool:
    """Whether the chosen township, if one is chosen, reported its register: of one that did not nothing can be said, not even that there is none to visit."""
    return not selection.township or has_report(selection, "org_union_rate")


def finding(rows: pandas.DataFrame, selection: Selection) -> str:
    """How many townships reach the target, and how far the others are from it; of a chosen one without a register, that it has none."""
    if not _has_register(selection):
        return f"{selection.period.month}月{selection.township}还没有报送工会名册"
    if rows.empty:
        return f"{selection.span}还没有乡镇报送工会名册"
    if all(is_missing(t) for t in rows.target):
        return f"{len(rows)} 个乡镇报了工会名册；当年没有设定建会率目标"
    short = rows[rows.gap > 0].sort_values("gap", ascending=False)
    if len(rows) == 1:
        return f"{rows.place.iloc[0]}建会率 {rows.percent.iloc[0]:.1f}%，" + (f"还差 {short.gap.iloc[0]} 家达标" if len(short) else "已达标")
    if short.empty:
        return f"{len(rows)} 个乡镇建会率全部达标"
    worst = short.iloc[0]
    return f"{len(rows)} 个乡镇中 {len(rows) - len(short)} 个建会率达标，{len(short)} 个合计还差 {short.gap.sum()} 家；{worst.place}还差 {worst.gap} 家，最多"


def _union_bars(rows: pandas.DataFrame, selection: Selection) -> None:
    target = None if is_missing(rows.target.iloc[0]) else float(rows.target.iloc[0]) * 100
    labels = [f"{r.percent:.1f}% {'还差 ' + str(r.gap) + ' 家' if r.gap else '已达标' if target else ''}{mark_text(r.marks)}" for r in rows.itertuples()]
    hover = [f"{count(n)} ÷ {count(d)}" for n, d in zip(rows.numerator, rows.denominator, strict=True)]
    figure = bars_figure(rows.place.tolist(), rows.percent.tolist(), labels, unit="%", dark=is_dark(), chosen=selection.township, target=target,
                         target_label=f"目标 {target:g}%" if target else "", hover=hover, top=100)  # fmt: skip
    figure.update_layout(margin_r=140)
    link_points(figure, [figure_address(selection, "org_union_rate", township=place) for place in rows.place])
    best, worst = (f"{rows.place.iloc[n]} {rows.percent.iloc[n]:.1f}%" for n in (0, -1))
    show_chart(figure, f"建会率最高 {best}，最低 {worst}" if len(rows) > 1 else f"{best} 的单位已建会",
               "已建会单位（含联合工会涵盖）÷ 单位总数，%", "union_rate")  # fmt: skip


def _two_readings(selection: Selection) -> None:
    rows = of_month(selection, "mem_rate_units", "mem_rate_all")
    wide = rows.assign(value=rows.value.astype(float) * 100).pivot(index="place", columns="indicator", values="value").dropna()
    if wide.empty:
        return
    wide = wide.sort_values("mem_rate_units", ascending=False)
    targets = [float(t) * 100 for t in rows.target if not is_missing(t)]
    figure = dumbbell_figure(wide.index.tolist(), wide.mem_rate_all.tolist(), wide.mem_rate_units.tolist(), words=("全部职工", "已建会单位"),
                             dark=is_dark(), chosen=selection.township, target=targets[0] if targets else None)  # fmt: skip
    for n, place in enumerate(wide.index):
        link_points(figure, [figure_address(selection, code, township=place) for code in ("mem_rate_all", "mem_rate_units")], n)
    lower = (wide.mem_rate_units - wide.mem_rate_all).mean()
    show_chart(figure, f"按全部职工算，入会率平均低 {lower:.1f} 个百分点", "● 会员 ÷ 已建会单位职工　○ 会员 ÷ 全部职工，%", "two_rates")
    headers = {"place": "乡镇", "mem_rate_units": "入会率·已建会（%）", "mem_rate_all": "入会率·全部（%）"}
    show_twin(wide.reset_index(), headers, "各乡镇入会率的两个口径", [figure_address(selection, "mem_rate_units", township=place) for place in wide.index])


def _to_visit(selection: Selection) -> None:
    rows = query_month(selection, "unorganised")
    show_section(f"{count(len(rows))} 家 25 人以上单位未建会，涉及职工 {count(rows.workers.sum())} 人", "走访名单，按职工人数排列；出处是报送文件里的行")
    addresses = [row_address(selection, "register", "workers", r) for r in rows.head(MOST).itertuples()]
    cells = [[escape(r.employer), escape(r.township), link_html(count(r.workers), a), link_html(f"第 {r.source_row} 行", a)]
             for r, a in zip(rows.head(12).itertuples(), addresses, strict=False)]  # fmt: skip
    show_table(["单位", "乡镇", "职工（人）", "出处"], cells, text=(0, 1, 3))
    if len(rows) > 12:
        headers = {"employer": "单位", "employer_kind": "类型", "township": "乡镇", "workers": "职工（人）", "source_file": "文件", "source_row": "行"}
        show_twin(rows, headers, f"全部 {count(len(rows))} 家", addresses)


def _kind(selection: Selection, r: object) -> list[str]:
    def linked(value: object, field: str, **where: object) -> str:
        return link_html(count(value), rows_address(selection, "register", field, employer_kind=r.employer_kind, **where))

    units, organised = linked(r.units, "covered_units"), linked(r.organised, "covered_units", has_union=True)
    return [escape(r.employer_kind), units, organised, f"{r.organised / r.units * 100:.1f}" if r.units else "—", linked(r.workers, "workers"), linked(r.members, "members")]


def _kinds(selection: Selection) -> None:
    rows = query_month(selection, "register_kinds")
    show_section("各类单位建会情况", "单位：家、人")
    table = [_kind(selection, r) for r in rows.itertuples()]
    show_table(["单位类型", "单位", "已建会", "建会率（%）", "职工", "会员"], table)


@drawn
def _body(selection: Selection) -> None:
    rows = measure_gaps(of_month(selection, "org_union_rate"))
    show_finding(finding(rows, selection))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS[:6]])
    if not rows.empty:
        left, right = st.columns([3, 2], gap="large")
        with left:
            _union_bars(rows, selection)
        with right:
            _two_readings(selection)
        show_twin(with_last_year(rows), {"place": "乡镇", "denominator": "单位（家）", "numerator": "已建会（家）", "percent": "建会率（%）", "gap": "还差（家）", **LAST_YEAR}, "各乡镇建会率",
                  [figure_address(selection, "org_union_rate", township=place) for place in rows.place])  # fmt: skip
        left, right = st.columns([3, 2], gap="large")
        with left:
            show_trend(selection, "org_union_rate", "union_trend")
            if _has_register(selection):
                _kinds(selection)
        with right:
            if _has_register(selection):
                _to_visit(selection)
        left, right = st.columns([3, 2], gap="large")
        with left:
            show_member_gaps(selection)
        with right:
            show_joined_and_left(selection)
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS[6:]])
    show_same_period(selection, CARDS)
    show_sources(selection, "单位与工会名册")


def show() -> None:
    """Rates by township against target, both readings, trend, and the list to visit."""
    if selection := open_page("组织与会员"):
        _body(selection)
