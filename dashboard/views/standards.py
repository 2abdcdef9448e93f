"""五好八有: who meets the standard, is it true, and what would raise the score?"""

from __future__ import annotations

from html import escape
from statistics import median

import streamlit as st

from dashboard.access import visitor
from dashboard.cached import find_board, find_catalog, lifts_of
from dashboard.charts.goods import goods_figure
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.claims import show_claims
from dashboard.components.derivation import show_derivation
from dashboard.components.lifts import show_county_lifts, show_lifts, show_trial
from dashboard.components.marks import show_marks
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.same_period import show_same_period
from dashboard.components.score_matrix import in_order, show_bars, show_matrix, show_verified
from dashboard.components.standing_link import standing_link
from dashboard.level_words import say
from dashboard.selection import Selection, pick, write_address
from pipelines.catalog.scoring import find_rubric
from pipelines.scoring.board import VERIFIED, Board, Standing, is_added_up
from pipelines.scoring.words import plain, points_text

RATES = [("have_eight_rate", "八有达标率", "%"), ("cmt_six_rate", "六会健全率", "%"), ("home_rate", "建家率", "%"), ("archive_rate", "档案规范率", "%"),
         ("elect_direct_rate", "主席直选率", "%"), ("fund_rate", "经费收缴率", "%")]  # fmt: skip


def _said_claims(board: Board, township_code: str | None) -> str:
    told = [board.tally(standard, township_code) for standard in VERIFIED]
    if not any(t.reported for t in told):
        return "还没有报送规范化建设自查表"
    eight = board.tally("eight_haves", township_code)
    return f"{max(t.unions for t in told):,} 个工会自评 {eight.own:,} 个八有齐全，核定 {eight.verified:,} 个"


def county_finding(board: Board) -> str:
    """How many can be compared, who leads, who is last, and how many unions have all eight."""
    ranked = [s for s in in_order(board) if s.rank]
    name = board.rubric.name.split("（")[0]
    if not ranked:
        return f"全县 {_said_claims(board, None)}；按{name}还没有乡镇可以比较"
    first, last = (f"{s.township} {points_text(s.score.total)} 分" for s in (ranked[0], ranked[-1]))
    return f"全县 {_said_claims(board, None)}；{len(ranked)} 个乡镇可比，{first}居首" + (f"，{last}居末" if len(ranked) > 1 else "")


def township_finding(board: Board, standing: Standing) -> str:
    """八有 said and counted, the score, and the best next thing."""
    score = standing.score
    start = f"{standing.township} {_said_claims(board, standing.township_code)}"
    if score.total is None:
        return f"{start}；得分无数据"
    part = "" if score.judged == score.rubric.full else f"（可评 {plain(score.judged)} 分）"
    if score.vetoes:
        return f"{start}；被一票否决，得分 {points_text(score.total)} 分，否决前 {points_text(score.before_veto)} 分{part}"
    best = next(iter(lifts_of(standing)), None)
    return f"{start}；得分 {points_text(score.total)} 分{part}" + (f"，{best.words}就能加 {plain(best.gain)} 分" if best else "")


def _choose_rubric(selection: Selection) -> str:
    """The rubric looked at; the one in force unless another is asked for."""
    found = {r.key: find_rubric(find_catalog().rubrics, selection.period.year, r.key) for r in find_catalog().rubrics}
    inforce = find_rubric(find_catalog().rubrics, selection.period.year)
    known = sorted((r for r in found.values() if r), key=lambda r: r is not inforce)
    if len(known) < 2:
        return known[0].key if known else ""
    names = {r.name: r.key for r in known}
    name = pick("评分办法", list(names), "rubric", label_visibility="collapsed")
    write_address("rubric")
    return names[name]


def _groups(board: Board, standing: Standing) -> None:
    scored = [g for g in standing.score.groups if g.points is not None]
    blank = [g.group.name for g in standing.score.groups if g.points is None]
    weakest = min(scored, key=lambda g: g.points / g.judged, default=None)
    place = f"，{board.ranked} 个可比乡镇中第 {standing.rank}" if standing.rank and len(board.standings) > 1 else ""
    title = f"得分 {points_text(standing.score.total)} 分{place}；得分率最低的是{weakest.group.name}" if weakest else "得分无数据"
    many = len(board.standings) > 1
    medians = [float(m) if many and (m := board.median(g.group.key)) is not None else None for g in scored]
    note = "每组得分 / 可评分" + ("；竖线为全县中位数（按满分折算）" if many else "") + (f"；{'、'.join(blank)}无数据" if blank else "")
    labels = [f"{points_text(g.points)} / {plain(g.judged)}" for g in scored]
    figure = goods_figure([g.group.name for g in scored], [float(g.points) for g in scored], [g.group.full for g in scored], medians, labels,
                          dark=is_dark(), weakest=weakest.group.name if weakest else None)  # fmt: skip
    if scored:
        show_chart(figure, title, note, "goods")
    else:
        show_section(title, note)
    st.html(f'<div class="hint">{escape(board.rubric.note or board.rubric.name)}</div>')


def _missing_note(board: Board, standing: Standing) -> None:
    if months := board.missing_months.get(standing.township_code):
        st.html(f'<div class="hint">{"、".join(f"{m.month}月" for m in months)}未报，累计的指标只计已报的月份。</div>')


def _point_down(selection: Selection, standing: Standing) -> None:
    """Where the unions of a place above the townships are shown one by one."""
    st.html(f'<div class="hint">{standing_link(selection, standing, "的五好八有")}里有下一级的得分，逐个工会的自评和核定在县一级看。</div>')


def _show_township(selection: Selection, board: Board) -> None:
    standing = board.standing(selection.township_code)
    _missing_note(board, standing)
    left, right = st.columns([7, 4], gap="large")
    with left:
        _groups(board, standing)
    with right:
        lifts = show_lifts(selection, standing)
    show_trial(board, standing, lifts)
    if is_added_up(find_catalog()):
        show_derivation(selection, board, standing)
        _point_down(selection, standing)
        return
    show_claims(selection, board, standing.township_code)
    show_derivation(selection, board, standing)
    show_marks(selection, board, standing)


def _show_county(selection: Selection, board: Board) -> None:
    left, right = st.columns([7, 4], gap="large")
    with left:
        show_bars(board)
    with right:
        show_county_lifts(selection, board)
    shares = [float(s.score.share) for s in board.standings if s.rank]
    middle = f"；可比乡镇的中位数是可评分的 {median(shares) * 100:.1f}%" if shares else ""
    st.html(f'<div class="hint">{escape(board.rubric.note or board.rubric.name)}{say(middle)}</div>')
    show_matrix(selection, board)
    show_verified(selection, board)


def show() -> None:
    """All townships under the rubric, or one of them point by point; a township clerk always sees the own one."""
    selection = open_page("五好八有", readings=False)
    if selection is None:
        return
    said, chosen = st.columns([5, 2], gap="large")
    with chosen:
        board = find_board(selection, _choose_rubric(selection))
    alone = selection.township is not None or visitor().township_code is not None
    with said:
        show_finding(township_finding(board, board.standing(selection.township_code)) if alone else county_finding(board))
    if alone:
        _show_township(selection, board)
    else:
        _show_county(selection, board)
    show_same_period(selection, RATES)
    show_sources(selection, "规范化建设自查表、单位与工会名册、各台账、乡镇月报；评分记录")
