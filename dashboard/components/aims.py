"""Setting a target and taking a change back: the county clerk's forms, and the history that everybody may read."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.access import require
from dashboard.cached import find_catalog, slow_work
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.components.told import tell_and_redraw
from dashboard.place import seen_place
from pipelines.catalog.model import Indicator, Target, TargetChange
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.workflow.targets import change_target, find_target, list_changes, name_place, say_value, undo_change

SHOWN = 50


def _held(indicator: Indicator, year: int, code: str) -> tuple[Target | None, str]:
    """The target set for exactly this year and place, and a sentence about it."""
    catalog = find_catalog()
    held = find_target(catalog, indicator.code, year, code)
    if held:
        return held, f"现在的目标：{say_value(catalog, indicator.code, held.value)}（{held.source}）"
    general = find_target(catalog, indicator.code, year) if code else None
    other = f"，沿用{year}年各乡镇和全县的 {say_value(catalog, indicator.code, general.value)}" if general else ""
    return None, f"{year}年{name_place(catalog, code)}没有单独设目标{other}"


def _wish(indicator: Indicator, year: int, code: str, held: Target | None, number: float, source: str, reason: str, by: str) -> TargetChange:
    value = round(number / 100, 6) if indicator.unit == "%" else number
    reading = held.reading if held else _usual_reading(indicator)
    return TargetChange(indicator.code, year, reason.strip(), source.strip(), by, value, township_code=code, reading=reading)


def _after(indicator: Indicator, year: int, code: str) -> str:
    """Which target holds where the place's own of the year was taken away; the order is that of the mart."""
    fit = [t for t in find_catalog().targets if t.indicator == indicator.code and t.township_code in ("", code) and t.year <= year]
    held = max(fit, key=lambda t: (t.township_code != "", t.year), default=None)
    return f"，现在按{held.year}年{name_place(find_catalog(), held.township_code)}的 {say_value(find_catalog(), indicator.code, held.value)}" if held else "，现在没有目标"


def _usual_reading(indicator: Indicator) -> str:
    """How this indicator's targets are read elsewhere; a new one of what happens in a month is a whole year's."""
    others = [t.reading for t in find_catalog().targets if t.indicator == indicator.code]
    return others[0] if others else "year" if indicator.kind == "flow" else ""


def show_form(year: int) -> None:
    """Choose what and where, see what holds, give the new target with its document and the reason."""
    catalog = find_catalog()
    aimed = {t.indicator for t in catalog.targets}
    indicators = sorted((i for i in catalog.indicators if i.direction != "none"), key=lambda i: i.code not in aimed)
    show_section("设定或修改目标", "保存后看板立即按新目标亮灯；每次修改都留痕，可以撤销")
    left, right = st.columns(2)
    indicator = left.selectbox("指标", indicators, format_func=lambda i: f"{i.name}（{i.unit}）", key="aim_indicator")
    places = ["", catalog.county.code, *(t.code for t in catalog.county.townships)]
    code = right.selectbox("范围", places, format_func=lambda c: name_place(catalog, c), key="aim_place")
    held, words = _held(indicator, year, code)
    st.html(f'<div class="lead">{escape(words)}</div>')
    with st.form("aim", border=False):
        left, right = st.columns(2)
        shown = None if held is None else held.value * 100 if indicator.unit == "%" else held.value
        step = {"%": 0.1}.get(indicator.unit, 1.0)
        number = left.number_input(f"新的目标（{indicator.unit}）", min_value=0.0, value=shown, step=step, format="%.10g", key=f"aim_value {indicator.code} {code} {year}", placeholder="请填写")
        source = right.text_input("依据（哪份文件）", value=held.source if held else "", max_chars=100, key=f"aim_source {indicator.code} {code} {year}")
        reason = st.text_input("修改原因", max_chars=200, key="aim_reason", placeholder="例如：按年度工作要点调整")
        save, remove = st.columns([1, 5])
        saved = save.form_submit_button("保存目标", type="primary")
        removed = remove.form_submit_button("取消这个目标", disabled=held is None)
    if saved and number is None:
        raise UserError("还没有填新的目标。", "请填好再保存。")
    if saved or removed:
        by = require("review").account
        wish = _wish(indicator, year, code, held, number or 0, source, reason, by)
        if removed:
            wish = TargetChange(indicator.code, year, reason.strip(), "取消", by, 0, township_code=code, removed=True)
        with st.spinner("正在保存并更新看板……"), slow_work():
            change_target(find_home(), wish, held.value if held else None, seen_place())
        said = f"已取消{_after(indicator, year, code)}" if removed else f"已改为 {say_value(catalog, indicator.code, wish.value)}"
        tell_and_redraw("targets", f"{year}年{name_place(catalog, code)}“{indicator.name}”的目标{said}，看板已按它更新。")


def _line(number: int, change: TargetChange, before: Target | None) -> list[str]:
    catalog = find_catalog()
    now = "取消" if change.removed else say_value(catalog, change.indicator, change.value)
    was = say_value(catalog, change.indicator, before.value if before else None)
    name = f"{change.year}年{name_place(catalog, change.township_code)}：{catalog.indicator(change.indicator).name}"
    return [str(number), change.at.replace("T", " ")[:16], escape(change.by), escape(name), f"{was} → {now}", *(f'<td class="text wide">{escape(words)}</td>' for words in (change.source, change.reason))]


def show_history(may: bool) -> None:
    """Every change, the newest first; who may change may take one back."""
    listed = list_changes(find_catalog())
    if not listed:
        show_section("目标还没有改过", "现在用的都是出厂目标；改过以后，每一次的原值、新值、依据和原因都列在这里")
        return
    show_section(f"目标改过 {len(listed)} 次", f"新的在前，最多列 {SHOWN} 次")
    show_table(["序号", "时间", "谁", "改了什么", "原值 → 新值", "依据", "原因"], [_line(*entry) for entry in listed[::-1][:SHOWN]], text=(1, 2, 3, 4, 5, 6))
    if may:
        _show_undo([number for number, _, _ in listed[::-1]])


def _show_undo(numbers: list[int]) -> None:
    with st.expander("撤销一次修改"):
        number = st.selectbox("撤销第几次", numbers, key="aim_undo", format_func=lambda n: f"第 {n} 次")
        reason = st.text_input("撤销原因", max_chars=100, key="aim_undo_reason")
        if st.button("撤销", key="aim_undo_button"):
            by = require("review").account
            with st.spinner("正在撤销并更新看板……"), slow_work():
                undo_change(find_home(), number, reason, by, seen_place())
            tell_and_redraw("targets", f"已撤销第 {number} 次修改，原来的目标又生效了。")
