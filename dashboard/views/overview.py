"""总览: how does the county stand this month, in ten seconds?"""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.access import visitor
from dashboard.attention import list_attention
from dashboard.cached import find_catalog, kept, query_month
from dashboard.comparison import list_comparable
from dashboard.components.attention import attention_html
from dashboard.components.cards import Card, show_cards
from dashboard.components.comparison import show_comparison
from dashboard.components.county_map import show_map
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import figure_address
from dashboard.components.light import UNTARGETED, light_html
from dashboard.components.mark import mark_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.reported import returns_of_span, show_reported
from dashboard.components.same_period import show_same_period
from dashboard.components.table import show_table, show_twin
from dashboard.figures import indicator_card, of_month
from dashboard.level_words import say
from dashboard.links import township_address, view_address
from dashboard.selection import Selection
from dashboard.standing import describe_standing, read_standing
from pipelines.reports.numbers import NO_DATA, is_missing, percent

SHOWN = 5  # items of 需要关注 that stand open


def _cell(row: pandas.Series | None, address: str) -> str:
    if row is None or is_missing(row.value):
        return f"<td>{light_html('none', NO_DATA)}</td>"
    shade = f' class="{row.light}"' if row.light in ("red", "amber") else ""
    return f'<td{shade}><a href="{address}">{light_html(row.light, percent(row.value))}</a>{mark_html(row.marks)}</td>'


def _title(scores: list[tuple[int, int]], year: int, has_figures: bool) -> str:
    """What the matrix found; (areas met, areas judged) per township. Without a target or a figure nothing is judged."""
    scores = [s for s in scores if s[1]]
    if not scores:
        return f"{year}年{UNTARGETED}，只列数，不评达标" if has_figures else "还没有乡镇报来这些领域的数"
    best, none = sum(met == judged for met, judged in scores), sum(met == 0 for met, _ in scores)
    return (f"{best} 个乡镇所报领域全部达标" if best else "还没有乡镇在所报领域全部达标") + (f"，{none} 个没有一项达标" if none else "")


def _matrix(selection: Selection) -> None:
    areas = find_catalog().overview.areas
    rows = of_month(selection, *(a.indicator for a in areas))
    cells = {(r.township_code, r.indicator): r for r in rows.itertuples()}
    table, scores, chosen = [], [], set()
    for n, place in enumerate(query_month(selection, "returns_of_month").itertuples()):
        found = [cells.get((place.township_code, a.indicator)) for a in areas]
        judged = [f for f in found if f is not None and not is_missing(f.value) and f.light != "none"]
        met = sum(f.light == "green" for f in judged)
        scores.append((met, len(judged)))
        name = f'<a class="plain" href="{township_address(selection, place.township)}">{escape(place.township)}</a>'
        score = f"{met}/{len(judged)}" if judged else ("未报" if place.status == "missing" else "—")
        cells_of_row = [_cell(f, figure_address(selection, a.indicator, township=place.township)) for f, a in zip(found, areas, strict=True)]
        blank = f'<td class="text" colspan="{len(areas)}">{light_html("none", f"{NO_DATA}：{selection.period.month}月月报未报")}</td>'
        table.append([name, *([blank] if place.status == "missing" and not judged else cells_of_row), score])
        if place.township == selection.township:
            chosen.add(n)
    heads = ["乡镇", *(f'<a class="plain" href="{view_address(a.view, selection)}">{a.area}</a><br><small>{a.label}</small>' for a in areas), "达标<br><small>领域</small>"]
    has_figures = any(not is_missing(v) for v in rows.value)
    title = _title(scores, selection.period.year, has_figures) if len(table) > 1 or table[0][-1] == "—" else f"所报领域达标 {table[0][-1]}"
    show_section(title, "单位：%　● 达标　▲ 接近（目标的九成以上）　■ 未达标　○ 无数据；点数字看它从哪里来，点领域看这一类")
    show_table(heads, table, chosen)
    with_names = rows.assign(percent=[None if is_missing(v) else round(float(v) * 100, 2) for v in rows.value])
    headers = {"place": "乡镇", "name": "指标", "numerator": "分子", "denominator": "分母", "percent": "比率（%）"}
    addresses = [figure_address(selection, r.indicator, township=r.place) for r in with_names.itertuples()]
    show_twin(with_names, headers, "各乡镇各领域的分子、分母与比率", addresses)


def _attention(selection: Selection) -> None:
    items = kept(selection, list_attention)
    show_section("需要关注", "按后果轻重排列" if items else "")
    st.html(attention_html(items[:SHOWN]))
    if len(items) > SHOWN:
        with st.expander(f"其余 {len(items) - SHOWN} 件"):
            st.html(attention_html(items[SHOWN:]))
        st.html(f'<div class="paper">{attention_html(items[SHOWN:])}</div>')


def _reported(selection: Selection) -> None:
    returns = query_month(selection, "returns_of_month")
    mine = returns[returns.township_code == selection.township_code] if selection.township_code else returns
    show_reported(mine, view_address("returns", selection) if visitor().may("oversee") else "", returns_of_span(selection))


def _cards(selection: Selection) -> list[Card]:
    catalog = find_catalog()
    return [indicator_card(selection, c.indicator, c.label, catalog.indicator(c.indicator).unit) for c in catalog.overview.cards]


def _compare(selection: Selection) -> None:
    names = {i.name: i.code for i in list_comparable()}
    st.html(f'<h2 class="section">{say("乡镇对比")}</h2>')
    name = st.selectbox("比哪一项", list(names), key="compare", bind="query-params")
    left, right = st.columns([2, 5], gap="large")
    with left:
        show_map(selection, names[name])
    with right:
        show_comparison(selection, names[name])


@drawn
def _standing(selection: Selection) -> None:
    show_finding(describe_standing(kept(selection, read_standing)))
    show_cards(kept(selection, _cards))
    left, right = st.columns([5, 2], gap="large")
    with left:
        _matrix(selection)
        _reported(selection)
    with right:
        _attention(selection)


@drawn
def _foot(selection: Selection) -> None:
    catalog = find_catalog()
    show_same_period(selection, [(c.indicator, c.label, catalog.indicator(c.indicator).unit) for c in catalog.overview.cards])
    show_sources(selection, "全部表")


def show() -> None:
    """Sentence, cards, matrix of lights, what needs attention, and what the figures rest on."""
    if selection := open_page("总览"):
        _standing(selection)
        _compare(selection)
        _foot(selection)
