"""劳动竞赛: what came of the contests?"""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.components.cards import show_cards
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import link_html, rows_address
from dashboard.components.funnel import Step, show_funnel
from dashboard.components.league import show_league
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.same_period import show_same_period
from dashboard.components.table import number, show_table, word
from dashboard.components.trend import show_trend
from dashboard.figures import has_report, indicator_card
from dashboard.selection import Selection
from pipelines.reports.numbers import count, is_missing, money

CARDS = [("comp_done_rate", "攻关完成率", "%"), ("comp_award_rate", "攻关获奖率", "%"), ("comp_held", "开展竞赛", "场"), ("comp_join", "参赛人次", "人次"),
         ("comp_participation_rate", "竞赛参与率", "%"), ("comp_benefit", "经济效益", "元")]  # fmt: skip


def _kinds(selection: Selection) -> pandas.DataFrame:
    return query_month(selection, "competition_kinds")


def finding(kinds: pandas.DataFrame, selection: Selection, reported: bool) -> str:
    """Projects set up, finished and awarded."""
    if not reported:
        return f"{selection.span}{selection.place}还没有报送劳动竞赛台账"
    if kinds.empty:
        return f"{selection.span}{selection.place}没有开展劳动竞赛"
    start = f"{selection.span}{selection.place}开展竞赛 {count(kinds.contests.sum())} 场，参赛 {count(kinds.participants.sum())} 人次"
    tackling = kinds[kinds.category == "攻关竞赛"]
    if tackling.empty:
        return f"{start}，没有攻关竞赛"
    row = tackling.fillna(0).iloc[0]
    return f"{start}；攻关立项 {count(row.projects)} 项，完成 {count(row.completed)} 项，获奖 {count(row.awarded)} 项"


def _funnel(kinds: pandas.DataFrame, selection: Selection) -> None:
    steps = [Step(name, float(kinds[c].sum()), rows_address(selection, "competition", c), of)
             for name, c, of in (("立项", "projects", None), ("完成", "completed", 0), ("获奖", "awarded", 1))]  # fmt: skip
    title = "，".join(f"{step.name} {count(step.value)} 项" for step in steps)
    show_funnel(steps, "项", title, "全部竞赛，项", "contest_funnel", "竞赛的立项、完成与获奖")


COLUMNS = ("", "projects", "completed", "awarded", "participants", "winners", "teams", "benefit")  # of the ledger, as they stand in the table; "" counts contests


def _kind(selection: Selection, r: object) -> list[str]:
    words = [number(getattr(r, c or "contests")) for c in COLUMNS[:-1]] + ["—" if is_missing(r.benefit) else " ".join(money(r.benefit))]
    return [escape(r.category), *(link_html(w, rows_address(selection, "competition", c, category=r.category)) for w, c in zip(words, COLUMNS, strict=True))]


def _by_kind(kinds: pandas.DataFrame, selection: Selection) -> None:
    show_section("各类竞赛的成果", "单位：场、项、人次、人、个")
    rows = [_kind(selection, r) for r in kinds.itertuples()]
    show_table(["类别", "场数", "立项", "完成", "获奖", "参赛人次", "获奖人数", "创优团队", "经济效益"], rows)


def _levels(selection: Selection) -> None:
    rows = query_month(selection, "competition_levels")
    top = f"最高的是{rows.award_level.iloc[0]}" if len(rows) else "没有填写奖项级别"
    show_section(f"奖项级别：{top}", "单位：场、项、人")
    if len(rows):
        show_table(["级别", "场数", "获奖项目", "获奖人数"], [[word(r.award_level), number(r.contests), number(r.awarded), number(r.winners)] for r in rows.itertuples()])


@drawn
def _body(selection: Selection) -> None:
    kinds = _kinds(selection)
    show_finding(finding(kinds, selection, has_report(selection, "comp_held")))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS])
    if not kinds.empty:
        left, right = st.columns(2, gap="large")
        with left:
            _funnel(kinds, selection)
            _by_kind(kinds, selection)
        with right:
            show_league(selection, "comp_done_rate", "contest_league", above="攻关完成", below="攻关立项", unit="项", without="没有立项的乡镇不列")
            show_trend(selection, "comp_done_rate", "contest_trend")
            _levels(selection)
    show_same_period(selection, CARDS)
    show_sources(selection, "劳动竞赛台账")


def show() -> None:
    """Funnel, league and results by kind."""
    if selection := open_page("劳动竞赛"):
        _body(selection)
