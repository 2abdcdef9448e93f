"""目标管理: what does the county want to reach, how far is it, and who changed a target and why?"""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.access import require, visitor
from dashboard.cached import find_catalog, query_month
from dashboard.components.aims import show_form, show_history
from dashboard.components.light import light_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.plain import plain
from dashboard.components.table import show_table, show_twin
from dashboard.components.told import show_told
from dashboard.selection import Selection
from pipelines.catalog.lights import LIGHTS
from pipelines.catalog.period import name_period
from pipelines.faults import UserError
from pipelines.reports.numbers import figure, is_missing


def finding(rows: pandas.DataFrame, year: int, own: int) -> str:
    """How many targets the year has, how many are met now, and how many townships have their own."""
    if rows.empty:
        return f"{year}年还没有设定目标"
    lights = rows.light.value_counts()
    told = [(word, int(lights.get(light, 0))) for light, (_, word) in LIGHTS.items()]
    text = f"{year}年 {len(rows)} 项目标：" + "、".join(f"{word} {n} 项" for word, n in told if n)
    return text + (f"；{own} 项目标按乡镇单独设定" if own else "；各乡镇用同一目标")


def _own(year: int) -> list:
    """The targets of single townships that hold in the year."""
    codes = {t.code for t in find_catalog().county.townships}
    return [t for t in find_catalog().targets if t.township_code in codes and t.year <= year]


def _say(value: object, unit: str, at_least: object = False) -> str:
    return " ".join(figure(value, unit, at_least is True or at_least == 1)).replace(" %", "%").strip()


def _basis(row: object, year: int) -> str:
    """The document of the target in force: the place's own before the common one, this year's before an earlier one's; a dash for one that is just being taken away."""
    fit = [t for t in find_catalog().targets if t.indicator == row.indicator and t.township_code in ("", row.township_code) and t.year <= year]
    held = max(fit, key=lambda t: (t.township_code != "", t.year), default=None)
    if held is None:
        return "—"
    return held.source + (f"（沿用{held.year}年）" if held.year != year else "")


def _row(row: object, year: int) -> list[str]:
    pace = "—" if is_missing(row.pace) else _say(row.pace, row.unit)
    told = [escape(row.name), _say(row.target, row.unit), "全年" if row.reading == "year" else "每月", pace, _say(row.value, row.unit, row.at_least)]
    return [*told, light_html(row.light), f'<td class="text wide">{escape(_basis(row, year))}</td>']


def _board(rows: pandas.DataFrame, selection: Selection) -> None:
    missed = rows[rows.light == "red"].name.tolist()
    title = f"{len(missed)} 项未达标：{'、'.join(missed)}" if missed else f"{selection.place}没有未达标的目标"
    show_section(title, f"{name_period(selection.period)}{selection.place}；全年目标按月份推算“按进度应达”，灯按它亮；每月考核的看当月，全年考核的从 1 月累计")
    show_table(["指标", "目标", "考核", "按进度应达", "现在", "灯", "依据"], [_row(r, selection.period.year) for r in rows.itertuples()], text=(0, 2, 5, 6))
    shown = rows.assign(**{c: rows[c].astype(float) * [100 if u == "%" else 1 for u in rows.unit] for c in ("target", "pace", "value")}).round(2)
    show_twin(shown, {"name": "指标", "unit": "单位", "target": "目标", "pace": "按进度应达", "value": "现在"}, "目标与现状")


def _overrides(year: int) -> None:
    catalog, own = find_catalog(), _own(year)
    if own:
        show_section(f"{len(own)} 项按乡镇单独设定", "单独设定的先于各乡镇共同的目标；没有设当年的，沿用以前年度的")
        rows = [[escape(catalog.township(t.township_code).name), escape(catalog.indicator(t.indicator).name), str(t.year), _say(t.value, catalog.indicator(t.indicator).unit), escape(t.source)] for t in own]
        show_table(["乡镇", "指标", "年度", "目标", "依据"], rows, text=(0, 1, 2, 4))


def _edit(year: int) -> None:
    years = [year, year + 1]
    chosen = st.segmented_control("年度", years, default=year, format_func=lambda y: f"{y}年", key="aim_year") or year
    try:
        show_form(chosen)
    except UserError as fault:
        st.warning(plain(f"{fault.message}{fault.remedy}"))


def show() -> None:
    """The sentence, the targets with how far they are, the county clerk's form, and every change so far."""
    require("oversee")
    selection = open_page("目标管理", readings=False)
    if selection is None:
        return
    rows = query_month(selection, "targets_in_force")
    rows = rows[rows.township_code == selection.place_code]
    year, may = selection.period.year, visitor().may("review")
    show_finding(finding(rows, year, len(_own(year))))
    show_told("targets")
    if len(rows):
        _board(rows, selection)
    _overrides(year)
    if may:
        _edit(year)
    try:
        show_history(may)
    except UserError as fault:
        st.warning(plain(f"{fault.message}{fault.remedy}"))
    show_sources(selection, "目标与各表合计")
