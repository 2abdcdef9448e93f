"""维权与民主: whose rights were defended, who still waits, and do workers have their say?"""

from __future__ import annotations

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.charts.bars import bars_figure
from dashboard.components.cards import show_cards
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import link_html, link_points, row_address, rows_address
from dashboard.components.funnel import Step, show_funnel
from dashboard.components.league import show_league
from dashboard.components.months import show_months
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.reported import name_year
from dashboard.components.same_period import show_same_period
from dashboard.components.table import day, number, show_table, show_twin, word
from dashboard.components.trend import show_trend
from dashboard.figures import has_report, indicator_card, year_back
from dashboard.selection import Selection
from pipelines.reports.numbers import count, figure, money

CARDS = [("right_law_aid", "法律援助", "件"), ("right_dispute_rate", "调解成功率", "%"), ("right_wage_back", "讨回资金", "元"), ("right_petition", "集体上访", "件"),
         ("dem_proposal_rate", "提案采纳率", "%"), ("right_contract_rate", "集体合同建制率", "%")]  # fmt: skip
DEMOCRACY = [("dem_congress", "职代会", "次"), ("dem_deputy_train", "职工代表培训", "次"), ("dem_cadre_review", "民主评议", "次"), ("dem_idea", "合理化建议", "件"),
             ("dem_idea_rate", "建议采纳率", "%"), ("dem_open_rate", "厂务公开建制率", "%")]  # fmt: skip
WAITING = ("法律援助", "法律咨询", "外出维权", "劳动争议调解", "集体上访", "意见箱诉求")  # kinds in which somebody waits for an answer
SHOWN = 12


def finding(matters: pandas.DataFrame, selection: Selection, reported: bool) -> str:
    """Cases taken up and settled, money recovered, and group petitions."""
    start = f"{selection.span}{selection.place}"
    if not reported:
        return f"{start}还没有报送维权与民主管理台账"
    waiting = matters[[c in WAITING for c in matters.category]].fillna(0).infer_objects()
    if waiting.empty:
        return f"{start}没有受理维权事项"
    taken, settled = int(waiting.cases.sum()), int(waiting.settled.sum())
    open_words = "全部办结" if settled >= taken else f"办结 {count(settled)} 件，还有 {count(taken - settled)} 件没有办结"
    text = f"{start}受理维权事项 {'≥ ' if waiting['at_least'].any() else ''}{count(taken)} 件，{open_words}"
    recovered = float(matters.recovered.fillna(0).sum())
    text += f"；讨回资金 {' '.join(figure(recovered, '元', bool(matters.recovered_at_least.any())))}" if recovered else ""
    petitions = int(matters[matters.category == "集体上访"].cases.sum())
    return text + (f"；发生集体上访 {petitions} 件" if petitions else "")


def _kinds(matters: pandas.DataFrame, selection: Selection) -> None:
    known = matters.assign(settled=matters.settled.fillna(0))
    labels = [f"{count(c)} 件，办结 {count(s)}" for c, s in zip(known.cases, known.settled, strict=True)]
    drawn = bars_figure(known.category.tolist(), known.cases.astype(float).tolist(), labels, unit="", dark=is_dark())
    drawn.update_layout(margin_r=140)
    addresses = [rows_address(selection, "rights", "cases", category=c) for c in known.category]
    link_points(drawn, addresses)
    show_chart(drawn, f"最多的是{known.category.iloc[0]}，{count(known.cases.iloc[0])} 件", "维权与民主管理事项，件（次），按类别；办结含采纳", "rights_kinds")
    headers = {"category": "类别", "entries": "笔数", "cases": "件（次）", "settled": "办结（采纳）", "people": "涉及人数", "recovered": "讨回资金（元）"}
    show_twin(matters, headers, "各类事项的件数、办结与涉及人数", addresses)


def _months(selection: Selection) -> None:
    rows = query_month(selection, "rights_months", first=year_back)
    show_months(rows, "rights_months", title=lambda wide: f"{name_year(selection)}共 {count(wide.to_numpy().sum())} 件，{wide.columns[0]}最多", unit="件",
                note="维权与民主管理事项，件（次），按类别", twin="逐月事项",
                opens=lambda period, kinds: rows_address(selection, "rights", "cases", period=period, reading="month", category=kinds))  # fmt: skip


def _waiting(selection: Selection) -> None:
    rows = query_month(selection, "rights_open", waiting=",".join(WAITING))
    title = f"{len(rows)} 笔事项还没有全部办结，共 {count(rows.remaining.sum())} 件" if len(rows) else "受理的维权事项全部办结"
    show_section(title, "以登记当月的办结数为准；集体上访在前，其余按日期先后；出处是台账里的行")
    cells = [[day(r.date), word(r.township), word(r.union_name), word(r.category), count(r.remaining), number(r.people), word(r.note),
              link_html(f"第 {r.source_row} 行", row_address(selection, "rights", "cases", r))] for r in rows.head(SHOWN).itertuples()]  # fmt: skip
    if cells:
        show_table(["日期", "乡镇", "单位", "事项", "未办结（件）", "涉及（人）", "备注", "出处"], cells, text=(0, 1, 2, 3, 6, 7))
    if len(rows) > SHOWN:
        st.caption(f"另有 {len(rows) - SHOWN} 笔，请到“明细导出”查看维权与民主管理台账。")


def _recovered(selection: Selection) -> None:
    rows = query_month(selection, "rights_recovered")
    if rows.empty:
        show_section("没有讨回资金的记录", "按台账的“讨回资金”列")
        return
    helped = rows.people.fillna(0).sum()
    show_section(f"{len(rows)} 笔讨回资金 {' '.join(money(rows.recovered.sum()))}，涉及 {count(helped)} 人", "金额大的在前")
    cells = [[day(r.date), word(r.township), word(r.union_name), link_html(" ".join(figure(r.recovered, "元", bool(r.recovered_at_least))), row_address(selection, "rights", "recovered", r)), number(r.people), word(r.note)] for r in rows.head(SHOWN).itertuples()]  # fmt: skip
    show_table(["日期", "乡镇", "单位", "讨回资金", "涉及（人）", "备注"], cells, text=(0, 1, 2, 5))


def _proposals(matters: pandas.DataFrame, selection: Selection) -> None:
    rows = matters[matters.category == "提案议案"]
    if rows.empty:
        show_section("没有征集提案议案", "维权与民主管理台账中类别为提案议案的事项")
        return
    steps = [Step(name, float(rows[c].fillna(0).sum()), rows_address(selection, "rights", c, category="提案议案"), of)
             for name, c, of in (("征集", "cases", None), ("采纳", "settled", 0), ("优秀", "excellent", 0))]  # fmt: skip
    title = f"征集提案 {count(steps[0].value)} 件，采纳 {count(steps[1].value)} 件"
    show_funnel(steps, "件", title, "提案议案，件", "proposals", "提案议案的征集、采纳与优秀")


@drawn
def _body(selection: Selection) -> None:
    matters = query_month(selection, "rights_matters")
    show_finding(finding(matters, selection, has_report(selection, "right_law_aid")))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS])
    if not matters.empty:
        left, right = st.columns(2, gap="large")
        with left:
            _kinds(matters, selection)
        with right:
            show_league(selection, "right_dispute_rate", "dispute_league", above="调解成功", below="受理", unit="件", without="没有受理争议的乡镇不列")
        _waiting(selection)
        left, right = st.columns(2, gap="large")
        with left:
            _months(selection)
            _proposals(matters, selection)
        with right:
            _recovered(selection)
            show_trend(selection, "right_contract_rate", "contract_trend")
    show_section("民主管理", "职代会、厂务公开、民主评议和合理化建议")
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in DEMOCRACY])
    show_same_period(selection, CARDS)
    show_sources(selection, "维权与民主管理台账、乡镇月报")


def show() -> None:
    """Matters by kind and month, who still waits, money recovered, and democratic management."""
    if selection := open_page("维权与民主"):
        _body(selection)
