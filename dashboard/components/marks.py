"""What people put down: the county's points, vetoes and rulings, the township's own points; with remark, on record, and to be taken back."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard.access import require, visitor
from dashboard.asof import pinned
from dashboard.cached import find_catalog, slow_work
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.components.told import show_told, tell_and_redraw
from dashboard.selection import Selection
from pipelines.catalog.period import name_period
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.scoring.board import Board, Standing
from pipelines.scoring.journal import KINDS, SEPARATOR, Act, Entry, record_act, undo_act, undone
from pipelines.scoring.words import plain

LISTED = 12


def _write(words: str, work: Callable[[], object]) -> None:
    """Does it, tells it, and draws the page anew; a refusal is a sentence on the page."""
    try:
        with st.spinner("正在保存……"), slow_work():
            work()
    except UserError as fault:
        st.warning(f"{fault.message}{fault.remedy}")
        return
    for key in [k for k in st.session_state if str(k).endswith((" remark", "veto sure"))]:
        del st.session_state[key]  # what was written down belongs to what was just saved
    tell_and_redraw("standards", words)


def _record(selection: Selection, board: Board, kind: str, right: str, entries: list[Entry], words: str) -> None:
    person = require(right, selection.township_code)
    _write(words, lambda: record_act(find_home(), find_catalog(), kind, board.rubric.key, selection.township_code, selection.period, entries, person.account))


def _points(selection: Selection, board: Board, standing: Standing) -> None:
    """The county's points for one item, with the reason."""
    names = {f"{i.name}（满分 {plain(i.full)}）": i for i in board.rubric.items}
    first = next((n for n, i in enumerate(names.values()) if i.kind == "manual"), 0)
    item = names[st.selectbox("给哪一项评分", list(names), index=first, key="score item")]
    line = next(x for x in standing.score.lines if x.item.key == item.key)
    before = item.full if line.points is None else line.points
    number = st.number_input("考核分", min_value=0.0, max_value=float(item.full), value=float(before), step=0.5, format="%g", key=f"score points {item.key}")
    remark = st.text_input("依据（乡镇看得到，必填）", key="score remark", max_chars=200)
    if st.button("保存评分", key="score save", type="primary", disabled=not remark.strip()):
        _record(selection, board, "score", "review", [Entry(item.key, number, remark)], f"{standing.township}“{item.name}”的考核分已保存：{number:g} 分。")


def _own_points(selection: Selection, board: Board, standing: Standing) -> None:
    """The township's own points for the items of one group, saved together."""
    groups = {f"{g.group.name}（满分 {plain(g.group.full)}）": g for g in standing.score.groups}
    group = groups[st.selectbox("自评哪一组", list(groups), key="own group")]
    entries = []
    for line, column in zip(group.lines, (c for _ in range(0, len(group.lines), 4) for c in st.columns(4)), strict=False):
        before = line.own.points if line.own else line.points if line.points is not None else 0
        label = f"{line.item.name}（满分 {plain(line.item.full)}）"
        number = column.number_input(label, 0.0, float(line.item.full), float(before), 0.5, "%g", key=f"own points {line.item.key}")
        entries.append((line.item.key, number))
    remark = st.text_input("佐证在哪里（可以不写）", key="own remark", max_chars=200)
    if st.button("保存自评", key="own save", type="primary"):
        told = [Entry(key, number, remark) for key, number in entries]
        _record(selection, board, "self_score", "upload", told, f"{standing.township}“{group.group.name}”的自评已保存：共 {plain(sum(n for _, n in entries))} 分。")


def _ruling(selection: Selection, board: Board, standing: Standing) -> None:
    """Yes or no to one answer of the self-check, the contradicted ones first."""
    claims = [c for c in board.claims if c.township_code == standing.township_code]
    names = {f"{c.union_name}　{c.item_name}{'（有矛盾）' if c.finding else ''}": c for c in sorted(claims, key=lambda c: (c.finding is None, c.union_name))}
    if not names:
        st.caption("没有自查表可以核定。")
        return
    claim = names[st.selectbox("核定哪一格", list(names), key="ruling claim")]
    yes = st.radio("核定为", ["有", "缺"], index=0 if claim.verified else 1, horizontal=True, key="ruling verdict")
    remark = st.text_input("核定依据（乡镇看得到，必填）", key="ruling remark", max_chars=200)
    if st.button("保存核定", key="ruling save", disabled=not remark.strip()):
        entry = Entry(f"{claim.union_name}{SEPARATOR}{claim.item}", 1 if yes == "有" else 0, remark)
        _record(selection, board, "ruling", "review", [entry], f"{claim.union_name}“{claim.item_name}”已核定为{yes}。")


def _veto(selection: Selection, board: Board, standing: Standing) -> None:
    names = {v.words: v for v in board.rubric.vetoes if not (v.indicator or v.fact)}
    if not names:
        st.caption("这个办法没有要人认定的一票否决。")
        return
    veto = names[st.selectbox("一票否决的情形", list(names), key="veto which")]
    remark = st.text_input("查实的情况（乡镇看得到，必填）", key="veto remark", max_chars=200)
    sure = st.checkbox(f"我确定：{standing.township}总分最多 {plain(veto.cap)} 分", key="veto sure")
    if st.button("认定一票否决", key="veto save", disabled=not (sure and remark.strip())):
        _record(selection, board, "veto", "review", [Entry(veto.key, 1, remark)], f"已认定{standing.township}一票否决。")


def _subject(board: Board, act: Act, entry: Entry) -> str:
    items = {i.key: i.name for s in find_catalog().standards for i in s.items}
    if act.kind == "ruling":
        union, _, item = entry.subject.rpartition(SEPARATOR)
        return f"{union} {items.get(item, item)}：{'有' if entry.points else '缺'}"
    if act.kind == "veto":
        return next((v.words for v in board.rubric.vetoes if v.key == entry.subject), entry.subject)
    name = next((i.name for i in board.rubric.items if i.key == entry.subject), entry.subject)
    return f"{name} {plain(entry.points)} 分"


def _told(board: Board, act: Act) -> str:
    if act.kind == "undo":
        return f"撤销第 {act.undoes} 号"
    said = [_subject(board, act, e) + (f"（{e.remark}）" if e.remark else "") for e in act.entries]
    return "；".join(said[:3]) + (f"等 {len(said)} 项" if len(said) > 3 else "")


def _history(selection: Selection, board: Board, may: Callable[[Act], bool]) -> None:
    acts = [a for a in board.acts if a.township_code == selection.township_code and a.rubric == board.rubric.key and a.period.year == selection.period.year]
    if not acts:
        return
    gone = undone(acts)
    show_section(f"{len(acts)} 条评分记录", "新的在前；只增不改，撤销也留下记录")
    rows = [[str(a.sequence), f"{a.at:%Y-%m-%d %H:%M}", escape(a.by), KINDS[a.kind], name_period(a.period), escape(_told(board, a)) + ("（已撤销）" if a.sequence in gone else "")]
            for a in reversed(acts)]  # fmt: skip
    show_table(["编号", "时间", "谁", "做了什么", "从哪月起", "内容"], rows[:LISTED], text=(1, 2, 3, 4, 5))
    open_acts = {f"第 {a.sequence} 号　{KINDS[a.kind]}": a for a in reversed(acts) if a.kind != "undo" and a.sequence not in gone and may(a)}
    if not open_acts:
        return
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    act = open_acts[left.selectbox("撤销哪一条", list(open_acts), key=f"undo act {acts[-1].sequence}")]  # the newest stands chosen after each act
    if right.button("撤销这一条", key="undo save"):
        person = require("upload" if act.kind == "self_score" else "review", selection.township_code)
        _write(f"第 {act.sequence} 号已撤销，之前的分恢复生效。", lambda: undo_act(find_home(), act.sequence, person.account, selection.township_code))


def show_marks(selection: Selection, board: Board, standing: Standing) -> None:
    """The desk of whoever may put something down for this township, and the record of what was."""
    person = visitor()
    show_told("standards")
    live = pinned() is None
    reviews, uploads = (live and person.may(right, standing.township_code) for right in ("review", "upload"))
    if not live:
        st.caption("正在看较早的数据；评分和核定总是最新的，要改请先回到最新数据。")
    if reviews or uploads:
        show_section(f"{standing.township}：评分和核定" if reviews else f"{standing.township}：自评", f"从{name_period(selection.period)}起在本年内有效，以后月份可以再改")
    tabs = ([("县总工会评分", lambda: _points(selection, board, standing)), ("八有六会核定", lambda: _ruling(selection, board, standing)),
             ("一票否决", lambda: _veto(selection, board, standing))] if reviews else []) + ([("乡镇自评", lambda: _own_points(selection, board, standing))] if uploads else [])  # fmt: skip
    if tabs:
        for tab, (_, draw) in zip(st.tabs([name for name, _ in tabs]), tabs, strict=True):
            with tab:
                draw()
    _history(selection, board, lambda act: uploads if act.kind == "self_score" else reviews)
