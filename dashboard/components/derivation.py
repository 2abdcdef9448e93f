"""How a township's score came about, item by item: value, rule, points earned, deducted and cut, 自评 beside 考核."""

from __future__ import annotations

from fractions import Fraction
from html import escape

import streamlit as st

from dashboard.cached import find_catalog
from dashboard.components.figure_link import figure_address, link_html
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.selection import Selection
from pipelines.scoring.board import Board, Standing
from pipelines.scoring.engine import GroupScore, Line
from pipelines.scoring.words import actual_text, deduction_text, derive, line_points, parts_text, plain, points_text, rule_words, veto_text

HEADS = ["五好", "指标", "实际", "计分办法", "台阶分", "扣分", "封顶", "得分", "满分", "自评", "差"]


def _difference(points: Fraction | None, own: Fraction | None) -> str:
    if own is None or points is None:
        return "<td>—</td>"
    gap = points - own
    if not gap:
        return "<td>持平</td>"
    return f"<td{' class=minus' if gap < 0 else ''}>{'↓' if gap < 0 else '↑'} {plain(abs(gap))}</td>"


def _rule(line: Line) -> str:
    said = [rule_words(find_catalog(), line.item)] + ([line.item.note] if line.item.note else [])
    if line.given:
        said.append(f"{line.given.by}核定 {plain(line.given.points)}" + (f"（规则得 {points_text(line.computed)}）" if line.item.kind != "manual" else "") + f"：{line.given.remark}")
    said += [deduction_text(d) for d in line.deductions if d.points is None or d.points]
    return "<br>".join(map(escape, said))


def _actual(selection: Selection, reading: str, line: Line) -> str:
    catalog = find_catalog()
    block = line.deductions[0].rule if line.item.kind == "deduct" else line.item
    value = escape(actual_text(catalog, line))
    address = figure_address(selection, block.indicator, reading=reading) if block.indicator and line.figure is not None else None
    parts = parts_text(line)
    return link_html(value, address) + (f"<br><small>{escape(parts)}</small>" if parts else "")


def _row(selection: Selection, reading: str, name: str, line: Line) -> list[str]:
    earned = points_text(line.earned) if line.earned is not None else "—"
    off = f"<td class=minus>−{points_text(line.deducted)}</td>" if line.deducted else "<td></td>"
    points = f'<td class=strong title="{escape(derive(find_catalog(), line))}">{line_points(line)}</td>'
    own = line.own.points if line.own else None
    return [name, escape(line.item.name), _actual(selection, reading, line), _rule(line), earned, off, plain(line.item.full) if line.is_capped else "", points,
            plain(line.item.full), points_text(own) if own is not None else "—", _difference(line.points, own)]  # fmt: skip


def _group_rows(selection: Selection, board: Board, group: GroupScore) -> list[list[str]]:
    own = [line.own.points for line in group.lines if line.own]
    head = f"<b>{escape(group.group.name)}</b><br>{points_text(group.points)} / {plain(group.judged) if group.judged else plain(group.group.full)}"
    rows = [_row(selection, board.rubric.reading, head if n == 0 else "", line) for n, line in enumerate(group.lines)]
    extra = [deduction_text(d) for d in group.deductions]
    if extra or group.group.capped:
        said = extra + ([f"本组最多 {plain(group.group.full)} 分"] if group.group.capped else [])
        rows.append(["", "本组合计", "", "<br>".join(map(escape, said)), "", "", "", f"<td class=strong>{points_text(group.points)}</td>", plain(group.group.full), plain(sum(own)) if own else "—", ""])
    return rows


def show_derivation(selection: Selection, board: Board, standing: Standing) -> None:
    """The whole table, with what a veto left at its end."""
    score = standing.score
    own = f" {points_text(score.own_total)} 分" if score.own_total is not None else "还没有填"
    title = f"{points_text(score.total)} 分是这样算出来的" if score.total is not None else f"{standing.township}还没有可以评的分"
    show_section(title, f"先按台阶得分，再扣分，最后封顶；流量按{'本年累计' if board.rubric.reading == 'year' else '本月'}，点开实际数可看到行；差是考核比自评（合计只比两边都有分的项），自评{own}")
    rows = [row for group in score.groups for row in _group_rows(selection, board, group)]
    rows += [["<b>一票否决</b>", "", "", escape(veto_text(v, m.remark if m else "")), "", "", "", f"<td class=strong>≤ {plain(v.cap)}</td>", "", "", ""] for v, m in score.vetoes]
    rows.append(["<b>合计</b>", "", "", f"可评 {plain(score.judged)} 分" + ("" if score.judged == score.rubric.full else "，其余无数据或待评"), "", "", "",
                 f"<td class=strong>{points_text(score.total)}</td>", plain(score.judged), points_text(score.own_total) if score.own_total is not None else "—", _difference(score.gap, Fraction())])  # fmt: skip
    with st.container(key="derivation"):
        show_table(HEADS, rows, text=(0, 1, 3))
