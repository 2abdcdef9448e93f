"""The fair league table: rank in the county or among townships of like size, own progress, and apart from it who is not ranked."""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.cached import find_catalog
from dashboard.comparison import compare_townships
from dashboard.components.drawn import drawn
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.figures import COMPARED
from dashboard.level_words import say
from dashboard.links import township_address
from dashboard.selection import Selection
from pipelines.catalog.model import Indicator
from pipelines.reports.numbers import change, count, is_missing, name_few, percent

WAYS = ("全县排名", "同类排名")
NOT_RANKED = {"small": "分母小", "none": "无数据"}


def _moved(moved: object) -> str:
    if is_missing(moved):
        return "—"
    return "持平" if moved == 0 else f"{'↑' if moved > 0 else '↓'} {abs(int(moved))} 位"


def _value(row: object) -> str:
    return light_html("none") if is_missing(row.value) else light_html(row.light, f"{'≥ ' if row.at_least is True else ''}{percent(row.value)}%")


def _points(now: object, before: object) -> str:
    """A change whose unit stands in the heading."""
    return change(now, before, "%").removesuffix(" 个百分点")


def _share(row: object) -> str:
    return "—" if is_missing(row.value) else f"{count(row.numerator)}/{count(row.denominator)}"


def _peer_place(row: object) -> str:
    return escape(row.peers) if is_missing(row.peer_rank) else f"{escape(row.peers)} {int(row.peer_rank)}/{int(row.peer_ranked)}"


def _cells(row: object, first: str, selection: Selection) -> list[str]:
    name = f'<a class="plain" href="{township_address(selection, row.township)}">{escape(row.township)}</a>'
    median = _points(row.value, row.peer_median).replace("↑", "高").replace("↓", "低").replace("持平", "相同")
    return [name, first, _value(row), _share(row), _peer_place(row), median, _points(row.value, row.value_before), _points(row.value, row.value_year_ago), _moved(row.moved)]


def _heading(words: str, columns: int) -> list[str]:
    return [f'<td class="text group" colspan="{columns}">{escape(words)}</td>']


def _by_rank(rows: pandas.DataFrame, selection: Selection) -> list[list[str]]:
    return [_cells(r, str(int(r.rank)), selection) for r in rows[rows.standing == "ranked"].itertuples()]


def _by_peers(rows: pandas.DataFrame, selection: Selection) -> list[list[str]]:
    table = []
    for name in rows.sort_values("workers", ascending=False, na_position="last").peers.unique():
        group = rows[rows.peers == name]
        table.append(_heading(f"{name}：{len(group)} 个乡镇，职工 {count(group.workers.min())}—{count(group.workers.max())} 人" if group.workers.notna().any() else name, 9))
        table += [_cells(r, str(int(r.peer_rank)), selection) for r in group[group.standing == "ranked"].itertuples()]
    return table


def _apart(rows: pandas.DataFrame, selection: Selection, least: int) -> list[list[str]]:
    rest = rows[rows.standing != "ranked"]
    if rest.empty:
        return []
    words = [f"分母小于 {least} 的只列数" if (rest.standing == "small").any() else "", "没有报送或分母为 0 的无数据" if (rest.standing == "none").any() else ""]
    return [_heading(f"不排名：{'，'.join(w for w in words if w)}", 9), *(_cells(r, NOT_RANKED[r.standing], selection) for r in rest.itertuples())]


def _progress(rows: pandas.DataFrame, indicator: Indicator, column: str) -> pandas.Series:
    return (rows.value - rows[column]).astype(float) * (-1 if indicator.direction == "down" else 1)


def comparison_title(rows: pandas.DataFrame, indicator: Indicator, since: str) -> str:
    """Who is first, and who won most against the own past."""
    ranked = rows[rows.standing == "ranked"]
    if len(rows) == 1:
        row = rows.iloc[0]
        return f"{row.township}{indicator.name}" + ("无数据" if is_missing(row.value) else f" {percent(row.value)}%，{since}{change(row.value, row.value_before, '%')}")
    if ranked.empty:
        return f"{indicator.name}没有可以排名的乡镇"
    first = ranked[ranked["rank"] == 1].township.tolist()
    text = f"{indicator.name}排第一的是{name_few(first)}"
    progress = _progress(ranked, indicator, "value_before").dropna()
    if progress.empty or progress.max() < 0.0005:
        return text
    return f"{text}；{since}进步最大的是{name_few(ranked.township[progress[progress == progress.max()].index].tolist())}，{progress.max() * 100:.1f} 个百分点"


@drawn
def _title(selection: Selection, indicator_code: str) -> None:
    indicator = find_catalog().indicator(indicator_code)
    title = comparison_title(compare_townships(selection, indicator_code), indicator, COMPARED[selection.reading][0][0])
    show_section(title, f"{indicator.name}，{selection.span}；同类是职工人数相近的乡镇；名次变化只在两期都排名的乡镇之间比")


@drawn
def _table(selection: Selection, indicator_code: str, by_peers: bool) -> None:
    rows, since = compare_townships(selection, indicator_code), COMPARED[selection.reading][0][0]
    if len(rows) == 1:
        table = [_cells(r, "—", selection) for r in rows.itertuples()]
    else:
        table = (_by_peers if by_peers else _by_rank)(rows, selection) + _apart(rows, selection, find_catalog().peers.least_for(indicator_code))
    chosen = {n for n, cells in enumerate(table) if selection.township and f">{selection.township}<" in cells[0]}
    show_table(["乡镇", "名次", "本期", "分子/分母", "同类名次", *(f"{h}<br><small>百分点</small>" for h in ("与同类中位数", since, "较上年")), "名次变化"], table, chosen)


def show_comparison(selection: Selection, indicator_code: str) -> None:
    """Title, choice of the ranking, and the table; a township clerk sees the own line without rank."""
    _title(selection, indicator_code)
    ways, way = [say(way) for way in WAYS], None
    if len(compare_townships(selection, indicator_code)) > 1:
        way = st.segmented_control("排法", ways, default=ways[0], key="compare_way", bind="query-params", label_visibility="collapsed")
    _table(selection, indicator_code, way == ways[1])
