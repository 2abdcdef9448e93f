"""五好八有: who meets the standard?"""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.cached import query
from dashboard.components.cards import show_cards
from dashboard.components.figure_link import figure_address, link_html
from dashboard.components.light import light_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.table import show_table, show_twin
from dashboard.figures import at, indicator_card, of_place
from dashboard.numbers import figure, is_missing, percent
from dashboard.selection import Selection

CARDS = [("have_eight_rate", "八有达标率", "%"), ("cmt_six_rate", "六会健全率", "%"), ("home_rate", "建家率", "%"), ("archive_rate", "档案规范率", "%"),
         ("elect_direct_rate", "主席直选率", "%"), ("fund_rate", "经费收缴率", "%")]  # fmt: skip


def finding(selection: Selection) -> str:
    """How many unions have all eight and all six."""
    eight, six = (at(of_place(selection, code), selection.period) for code in ("have_eight_rate", "cmt_six_rate"))
    if eight is None or six is None or is_missing(eight.value):
        return f"{selection.span}{selection.place}还没有报送规范化建设自查表"
    n, total = int(eight.numerator), int(eight.denominator)
    return f"{selection.place} {total} 个基层工会中，{n} 个八有齐全（{percent(eight.value)}%），{int(six.numerator)} 个六会健全（{percent(six.value)}%）"


def _mark(row: pandas.Series, single: bool) -> str:
    if single:
        return '<span aria-label="有">✓</span>' if row.met else f"<td class=red>{'×' if row.reported else '未自查'}</td>"
    share = row.met / row.unions
    shade = " class=red" if share < 0.7 else " class=amber" if share < 0.9 else ""
    return f'<td{shade} title="{row.met} / {row.unions}">{share * 100:.0f}</td>'


def _matrix(selection: Selection) -> None:
    rows = query("standards_units", period=selection.period, place=selection.township_code or "")
    if rows.empty:
        return
    items = rows[["standard", "item", "item_name", "sort_order"]].drop_duplicates().sort_values(["standard", "sort_order"])
    single = selection.township is not None
    cells = {(r.unit, r.item): r for r in rows.itertuples()}
    totals = rows.groupby("unit").agg(met=("met", "sum"), asked=("unions", "sum"))
    order = totals.assign(share=totals.met / totals.asked).sort_values("share").index
    weakest = rows.groupby("item_name").agg(met=("met", "sum"), unions=("unions", "sum")).assign(share=lambda f: f.met / f.unions).sort_values("share")
    show_section(f"最弱的一项是“{weakest.index[0]}”，{weakest.share.iloc[0] * 100:.0f}% 的工会做到",
                 "✓ 有　× 缺；按做到的项数从少到多排" if single else "每格是做到的工会占比（%），粉底低于 70，黄底低于 90；按做到的项数从少到多排")  # fmt: skip
    heads = ["工会" if single else "乡镇", *(escape(n).replace("委员会", "<br>委员会") for n in items.item_name), "合计（%）"]
    table = [[escape(unit), *(_mark(cells[unit, i], single) for i in items.item), f"{totals.met[unit] / totals.asked[unit] * 100:.0f}"] for unit in order]
    show_table(heads, table)
    headers = {"unit": "单位", "standard_name": "标准", "item_name": "项目", "unions": "工会（个）", "met": "做到（个）"}
    show_twin(rows.sort_values(["unit", "standard", "sort_order"]), headers, "八有、六会逐项")


def _groups(selection: Selection) -> None:
    rows = query("group_indicators", period=selection.period, place=selection.place_code, reading=selection.reading)
    judged = rows[[light != "none" for light in rows.light]]
    met = judged.groupby("item_name").light.apply(lambda lights: (lights == "green").all())
    show_section(f"{selection.place}五好：有目标的 {len(met)} 组中 {int(met.sum())} 组全部达标", rows.note.iloc[0])
    table = []
    for name, group in rows.groupby("item_name", sort=False):
        for n, r in enumerate(group.itertuples()):
            value = " ".join(figure(r.value, r.unit, bool(r.at_least) if not is_missing(r.at_least) else False)).replace(" %", "%")
            target = "—" if is_missing(r.target) else " ".join(figure(r.target, r.unit)).replace(" %", "%")
            light = "只作参考" if is_missing(r.target) else light_html(r.light)
            table.append([escape(name) if n == 0 else "", escape(r.name), link_html(value, figure_address(selection, r.indicator)), target, light])
    show_table(["五好", "指标", "实际", "目标", "灯"], table, text=(0, 1))


def show() -> None:
    """Rates, the matrix of items, and the groups of 五好."""
    selection = open_page("五好八有")
    if selection is None:
        return
    show_finding(finding(selection))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS])
    _matrix(selection)
    st.space("small")
    _groups(selection)
    show_sources(selection, "规范化建设自查表、单位与工会名册、乡镇月报")
