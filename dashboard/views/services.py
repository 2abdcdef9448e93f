"""活动与服务: what was put on for workers, who came, where can they meet, and are they content?"""

from __future__ import annotations

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.charts.bars import bars_figure
from dashboard.components.cards import show_cards
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import link_html, link_points, row_address, rows_address
from dashboard.components.league import show_league
from dashboard.components.months import show_months
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.reported import name_year
from dashboard.components.same_period import show_same_period
from dashboard.components.table import day, number, show_table, show_twin, word
from dashboard.components.trend import show_trend
from dashboard.figures import figure_at, has_report, indicator_card, of_month, year_back
from dashboard.selection import Selection
from pipelines.reports.numbers import count, figure, is_missing, percent

CARDS = [("cult_event", "活动场次", "场"), ("cult_join", "参加人次", "人次"), ("edu_train_join", "培训人次", "人次"), ("eval_satisfaction", "职工满意率", "%"),
         ("eval_adopt_rate", "意见采纳率", "%"), ("cult_site_invest", "阵地建设投入", "元")]  # fmt: skip
FAMILIES = [("mig_out", "常年外出务工", "人"), ("mig_child", "留守学生", "人"), ("mig_child_drop", "留守学生辍学", "人"), ("mig_elder", "空巢老人", "人"),
            ("mig_station", "温馨服务站", "个"), ("mig_law_station", "法律维权分站", "个")]  # fmt: skip
SITES = ("职工活动室", "职工书屋", "阵地建设")
SHOWN = 10


def _figure_words(selection: Selection, indicator: str, unit: str) -> str | None:
    row = figure_at(selection, indicator)
    return None if row is None or is_missing(row.value) else " ".join(figure(row.value, unit, bool(row.at_least)))


def _satisfaction(selection: Selection) -> str:
    row = figure_at(selection, "eval_satisfaction")
    if row is None or is_missing(row.value):
        return ""
    said = f"；职工满意率 {percent(row.value)}%"
    if is_missing(row.target):
        return said
    gap = (float(row.target) - float(row.value)) * 100
    return said + (f"，达到 {float(row.target) * 100:g}% 的目标" if gap <= 0 else f"，离 {float(row.target) * 100:g}% 的目标差 {gap:.1f} 个百分点")


def finding(kinds: pandas.DataFrame, selection: Selection, reported: bool) -> str:
    """Events and who came, courses, what it cost, and whether workers are content."""
    start = f"{selection.span}{selection.place}"
    if not reported:
        return f"{start}还没有报送活动与服务台账"
    if kinds.empty:
        return f"{start}没有开展活动与服务{_satisfaction(selection)}"
    events, joined, trained = (_figure_words(selection, code, unit) for code, unit in (("cult_event", "场"), ("cult_join", "人次"), ("edu_train_join", "人次")))
    cost = " ".join(figure(kinds.cost.fillna(0).sum(), "元", bool(kinds.cost_at_least.any())))
    parts = [f"开展活动 {events}" if events else "", f"参加 {joined}" if joined else "", f"培训 {trained}" if trained else "", f"各类活动与服务投入 {cost}"]
    return start + "，".join(p for p in parts if p) + _satisfaction(selection)


def _kinds(kinds: pandas.DataFrame, selection: Selection) -> None:
    drawn = kinds.dropna(subset=["participants"]).assign(participants=lambda r: r.participants.astype(float))
    if drawn.empty:
        return
    labels = [f"{count(p)} 人次" + (f" / {count(t)} 场" if t == t and t else "") for p, t in zip(drawn.participants, drawn.times, strict=True)]
    chart = bars_figure(drawn.category.tolist(), drawn.participants.tolist(), labels, unit="", dark=is_dark())
    chart.update_layout(margin_r=150)
    link_points(chart, [rows_address(selection, "activity", "participants", category=c) for c in drawn.category])
    show_chart(chart, f"参加最多的是{drawn.category.iloc[0]}，{count(drawn.participants.iloc[0])} 人次", "参加人次和场次，按类别；没有填参加人次的不列", "activity_kinds")
    headers = {"category": "类别", "entries": "笔数", "times": "场次", "items": "件（项）", "participants": "参加人次", "cost": "投入经费（元）"}
    show_twin(kinds, headers, "各类活动与服务", [rows_address(selection, "activity", "participants", category=c) for c in kinds.category])


def _months(selection: Selection) -> None:
    rows = query_month(selection, "activity_months", first=year_back)

    def title(wide: pandas.DataFrame) -> str:
        best = wide.sum(axis=1).idxmax()
        return f"{name_year(selection)}共 {count(wide.to_numpy().sum())} 人次" + (f"，{best.year}年{best.month}月最多" if len(wide) > 1 else "")

    show_months(rows, "activity_months", title=title, unit="人次", note="活动与服务，参加人次，按类别", twin="逐月参加人次",
                opens=lambda period, kinds: rows_address(selection, "activity", "participants", period=period, reading="month", category=kinds))  # fmt: skip


def _money(value: object) -> str:
    return "—" if is_missing(value) else " ".join(figure(value, "元"))


def _township(selection: Selection, r: object) -> list[str]:
    words = {"times": number(r.times), "participants": number(r.participants), "cost": _money(r.cost)}
    times, participants, cost = (link_html(w, rows_address(selection, "activity", c, township=r.township)) for c, w in words.items())
    return [word(r.township), times, participants, number(r.per_hundred), cost]


def _townships(selection: Selection) -> None:
    rows = query_month(selection, "activity_townships")
    known = rows.dropna(subset=["per_hundred"])
    title = f"每百名会员参加人次最多的是{known.township.iloc[0]}，{count(known.per_hundred.iloc[0])} 人次" if len(known) else "各乡镇活动与服务"
    show_section(title, "参加人次按全部活动与服务；会员数为月末数，大小乡镇可以相比")
    table = [_township(selection, r) for r in rows.itertuples()]
    chosen = {n for n, name in enumerate(rows.township) if name == selection.township}
    show_table(["乡镇", "场次", "参加人次", "每百名会员", "投入经费"], table, chosen)


def _sites(selection: Selection) -> None:
    rows = query_month(selection, "sites", first=year_back, kinds=",".join(SITES))
    if rows.empty:
        show_section(f"{name_year(selection)}没有新建或改善阵地", "职工活动室、职工书屋、阵地建设")
        return
    built = {kind: rows[rows.category == kind]["items"].fillna(0).sum() for kind in SITES[:2]}
    cost = " ".join(figure(rows.cost.fillna(0).sum(), "元", bool(rows.cost_at_least.fillna(False).any())))
    show_section(f"{name_year(selection)}新建活动室 {count(built['职工活动室'])} 个、书屋 {count(built['职工书屋'])} 个，阵地共投入 {cost}", "职工活动室、职工书屋、阵地建设；新的在前")
    table = [[day(r.date), word(r.township), word(r.union_name), word(r.category), link_html(number(r.items), row_address(selection, "activity", "items", r)), link_html(_money(r.cost), row_address(selection, "activity", "cost", r))]
             for r in rows.head(SHOWN).itertuples()]  # fmt: skip
    show_table(["日期", "乡镇", "单位", "类别", "个（项）", "投入"], table, text=(0, 1, 2, 3))
    if len(rows) > SHOWN:
        st.caption(f"另有 {len(rows) - SHOWN} 处，请到“明细导出”查看活动与服务台账。")


def _families(selection: Selection) -> None:
    show_section("外出务工与留守家庭", "乡镇月报，月末数；辍学为所选时段的合计")
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in FAMILIES])
    rows = of_month(selection, *(code for code, _, _ in FAMILIES))
    if rows.empty:
        return
    wide = rows.assign(value=rows.value.astype(float)).pivot(index="place", columns="indicator", values="value").reset_index()
    show_twin(wide, {"place": "乡镇"} | {code: f"{label}（{unit}）" for code, label, unit in FAMILIES if code in wide}, "各乡镇外出务工与留守家庭")


@drawn
def _body(selection: Selection) -> None:
    kinds = query_month(selection, "activity_kinds")
    show_finding(finding(kinds, selection, has_report(selection, "cult_event")))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS])
    if not kinds.empty:
        left, right = st.columns(2, gap="large")
        with left:
            _kinds(kinds, selection)
            _months(selection)
        with right:
            show_league(selection, "eval_satisfaction", "satisfaction", above="满意", below="发放", unit="份", without="没有测评的乡镇不列")
            show_trend(selection, "eval_satisfaction", "satisfaction_trend")
        left, right = st.columns(2, gap="large")
        with left:
            _townships(selection)
        with right:
            _sites(selection)
    _families(selection)
    show_same_period(selection, CARDS)
    show_sources(selection, "活动与服务台账、乡镇月报")


def show() -> None:
    """Activities by kind, month and township, sites, families of migrants, and whether workers are content."""
    if selection := open_page("活动与服务"):
        _body(selection)
