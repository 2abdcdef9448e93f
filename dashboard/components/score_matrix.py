"""All townships under one rubric: bars of what they reached, and the matrix township × item."""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.cached import find_catalog
from dashboard.charts.bars import bars_figure
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.page import show_section
from dashboard.components.standing_link import standing_link
from dashboard.components.table import show_table, show_twin
from dashboard.selection import Selection
from pipelines.scoring.board import Board, Standing, is_added_up
from pipelines.scoring.engine import Line
from pipelines.scoring.figure import exact
from pipelines.scoring.words import plain, points_text

LOW, MIDDLE = 0.5, 0.8  # shares of an item's points below which its cell is tinted


def in_order(board: Board) -> list[Standing]:
    """By rank, then those that cannot be compared in official order."""
    return sorted(board.standings, key=lambda s: (s.rank is None, s.rank))


def show_bars(board: Board) -> None:
    """The share of the points that could be judged, best first."""
    ranked = [s for s in in_order(board) if s.rank]
    unranked = [s.township for s in board.standings if not s.rank]
    note = "得分占可评分的比例，%；右边是得分 / 可评分" + (f"；{'、'.join(unranked)}可评的不足 {plain(board.rubric.rank_from * 100)}%，不比较" if unranked else "")
    if not ranked:
        show_section("还没有乡镇可以比较", note)
        return
    shares = [round(float(s.score.share) * 100, 1) for s in ranked]
    labels = [f"{x:.1f}%　{points_text(s.score.total)} / {plain(s.score.judged)}" for x, s in zip(shares, ranked, strict=True)]
    figure = bars_figure([s.township for s in ranked], shares, labels, unit="%", dark=is_dark(), top=100)
    figure.update_layout(margin_r=150)
    show_chart(figure, f"{ranked[0].township} {shares[0]:.1f}% 最高，{ranked[-1].township} {shares[-1]:.1f}% 最低", note, "score_bars")


def _lines(name: str) -> str:
    return "<br>".join(escape(name[n : n + 2]) for n in range(0, len(name), 2))


def _cell(line: Line) -> str:
    if line.points is None:
        word = "待评" if line.item.kind == "manual" else "无数据"
        return f'<td><span class="light none" title="{word}">○ {"待" if line.item.kind == "manual" else "无"}</span></td>'
    share = float(line.points / exact(line.item.full))
    shade = " class=red" if share < LOW else " class=amber" if share < MIDDLE else ""
    return f"<td{shade}>{plain(line.points)}</td>"


def _own(standing: Standing) -> list[str]:
    score = standing.score
    if score.own_total is None or score.total is None:
        return ["—", "—"]
    return [plain(score.own_total), f"{'↓' if score.gap < 0 else '↑'} {plain(abs(score.gap))}" if score.gap else "持平"]


def show_matrix(selection: Selection, board: Board) -> None:
    """Every item of every township, the totals and the self-score beside them; a name opens the township."""
    items = board.rubric.items
    weakest = min((i for i in items if _reached(board, i.key) is not None), key=lambda i: _reached(board, i.key), default=None)
    title = f"得分率最低的是“{weakest.name}”，平均只得 {_reached(board, weakest.key) * 100:.0f}%" if weakest else "还没有可以评的项目"
    show_section(title, "每格是得分；红底不到一半，黄底不到八成；○ 待 是待县总工会评分，○ 无 是无数据；差是考核比自评（只比两边都有分的项）")
    heads = ["乡镇", "名次", "得分", "可评", "自评", "差", *(f"{_lines(i.name)}<br>{plain(i.full)}" for i in items)]
    rows = []
    for s in in_order(board):
        name = standing_link(selection, s)
        rows.append([name, str(s.rank or "—"), f"<td class=strong>{points_text(s.score.total)}{' 否决' if s.score.vetoes else ''}</td>", plain(s.score.judged), *_own(s), *map(_cell, s.score.lines)])
    with st.container(key="score_matrix"):
        show_table(heads, rows)
    show_twin(_frame(board), {"township": "乡镇", "group": "组", "item": "项目", "points": "得分", "full": "满分", "own": "自评"}, "各乡镇逐项得分")


def _reached(board: Board, key: str) -> float | None:
    shares = [float(line.points) / line.item.full for s in board.standings for line in s.score.lines if line.item.key == key and line.points is not None]
    return sum(shares) / len(shares) if shares else None


def _frame(board: Board) -> pandas.DataFrame:
    rows = [(s.township, g.group.name, line.item.name, None if line.points is None else float(line.points), line.item.full, float(line.own.points) if line.own else None)
            for s in board.standings for g in s.score.groups for line in g.lines]  # fmt: skip
    return pandas.DataFrame(rows, columns=["township", "group", "item", "points", "full", "own"])


def show_verified(selection: Selection, board: Board) -> None:
    """八有 and 六会 by township: unions that have all, as they say and as the county counts."""
    rows = []
    for s in board.standings:
        tallies = [board.tally(standard, s.township_code) for standard in ("eight_haves", "six_committees")]
        unions, told = max(t.unions for t in tallies), [n for t in tallies for n in (t.own, t.verified)]
        found = board.verdicts.get(s.township_code, {})
        name = standing_link(selection, s)
        cells = [f"{n:,}" for n in told] if unions else ["无数据"] * 4
        shaded = [f"<td class={'red' if told[n] > told[n + 1] else 'text'}>{cells[n + 1]}</td>" if told[n] > told[n + 1] else cells[n + 1] for n in (0, 2)]
        rows.append([name, f"{unions:,}" if unions else "—", cells[0], shaded[0], cells[2], shaded[1], *(f"{found.get(verdict, 0):,}" for verdict in ("deny", "doubt"))])
    denied, doubted = (sum(found.get(verdict, 0) for found in board.verdicts.values()) for verdict in ("deny", "doubt"))
    below = "点乡镇看下一级，到县一级看逐个工会的理由和依据" if is_added_up(find_catalog()) else "点乡镇看逐个工会的理由和依据"
    show_section(f"八有、六会自评里有 {denied:,} 处不予认定，{doubted:,} 处存疑", f"八有齐全、六会健全的工会数，个；红底是核定少于自评；{below}")
    show_table(["乡镇", "工会", "八有自评", "八有核定", "六会自评", "六会核定", "不予认定", "存疑"], rows)
