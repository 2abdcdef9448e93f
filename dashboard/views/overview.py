"""总览: how does the county stand this month, in ten seconds?"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import pandas
import streamlit as st

from dashboard.cached import query
from dashboard.components.cards import show_cards
from dashboard.components.light import light_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.table import show_table, show_twin
from dashboard.figures import at, indicator_card, of_month, of_place
from dashboard.numbers import NO_DATA, is_missing, percent
from dashboard.selection import Selection
from pipelines.catalog.period import name_period

CARDS = [
    ("org_union_rate", "建会率", "%"), ("mem_rate_units", "入会率", "%"), ("have_eight_rate", "八有达标率", "%"), ("relief_amount", "救助金额", "元"),
    ("comp_done_rate", "攻关完成率", "%"), ("safe_fix_rate", "隐患整改率", "%"), ("safe_accident", "安全事故", "起"), ("returns_on_time_rate", "按时报送率", "%"),
]  # fmt: skip
AREAS = [
    ("org_union_rate", "组织", "建会率"), ("mem_rate_units", "会员", "入会率"), ("have_eight_rate", "规范化", "八有达标率"),
    ("cmt_six_rate", "六会", "健全率"), ("comp_done_rate", "竞赛", "攻关完成率"), ("safe_fix_rate", "安全", "隐患整改率"),
    ("right_dispute_rate", "维权", "调解成功率"), ("eval_satisfaction", "评价", "职工满意率"),
]  # fmt: skip
VIEWS = {"org_union_rate": "coverage", "mem_rate_units": "coverage", "have_eight_rate": "standards", "cmt_six_rate": "standards",
         "comp_done_rate": "competition", "safe_fix_rate": "safety"}  # fmt: skip


def link(view: str, selection: Selection, township: str | None = None) -> str:
    """The address of a view with the same month and, if named, a township."""
    address = f"/{view}?period={quote(name_period(selection.period))}"
    return address + (f"&township={quote(township)}" if township else "")


def _gap(row: pandas.Series) -> int:
    """How many more of the numerator reach the target."""
    return max(0, -int(-(float(row.target) * float(row.denominator)) // 1) - int(row.numerator))


def finding(selection: Selection) -> str:
    """The sentence on top: 建会率 against its target, the gap, and where it is largest."""
    row = at(of_place(selection, "org_union_rate"), selection.period)
    place, span = selection.place, selection.span
    if row is None or is_missing(row.value):
        return f"{place}{span}还没有报送工会名册，建会率无数据"
    start = f"{span}{place}建会率 {percent(row.value)}%"
    if is_missing(row.target):
        return f"{start}，当年没有设定目标"
    if row.light == "green":
        return f"{start}，达到 {float(row.target) * 100:g}% 的目标"
    text = f"{start}，离 {float(row.target) * 100:g}% 的目标还差 {_gap(row)} 家"
    if selection.township:
        return text
    rows = of_month(selection, "org_union_rate")
    rows = rows[rows.value < rows.target]
    worst = sorted(((_gap(r), r.place) for r in rows.itertuples()), reverse=True)[:2]
    return text + (f"，缺口最大的是{'、'.join(name for _, name in worst)}" if worst else "")


def _cell(row: pandas.Series | None) -> str:
    if row is None or is_missing(row.value):
        return f"<td>{light_html('none', NO_DATA)}</td>"
    shade = f' class="{row.light}"' if row.light in ("red", "amber") else ""
    return f"<td{shade}>{light_html(row.light, percent(row.value))}</td>"


def _matrix(selection: Selection) -> None:
    rows = of_month(selection, *(code for code, _, _ in AREAS))
    cells = {(r.township_code, r.indicator): r for r in rows.itertuples()}
    table, chosen, best, none = [], set(), 0, 0
    returns = query("returns_of_month", period=selection.period)
    for n, place in enumerate(returns.itertuples()):
        found = [cells.get((place.township_code, code)) for code, _, _ in AREAS]
        judged = [f for f in found if f is not None and not is_missing(f.value) and f.light != "none"]
        met = sum(f.light == "green" for f in judged)
        best, none = best + (bool(judged) and met == len(judged)), none + (bool(judged) and met == 0)
        name = f'<a class="plain" href="{link("coverage", selection, place.township)}">{escape(place.township)}</a>'
        score = f"{met}/{len(judged)}" if judged else ("未报" if place.status == "missing" else "—")
        table.append([name, *map(_cell, found), score])
        if place.township == selection.township:
            chosen.add(n)
    heads = ["乡镇", *(f"{area}<br><small>{name}</small>" for _, area, name in AREAS), "达标<br><small>领域</small>"]
    title = (f"{best} 个乡镇所报领域全部达标" if best else "还没有乡镇在所报领域全部达标") + (f"，{none} 个没有一项达标" if none else "")
    if len(table) == 1:
        title = f"{returns.township.iloc[0]}所报领域达标 {table[0][-1]}"
    show_section(title, "单位：%　● 达标　▲ 接近（目标的九成以上）　■ 未达标　○ 无数据")
    show_table(heads, table, chosen)
    with_names = rows.assign(percent=[None if is_missing(v) else round(float(v) * 100, 2) for v in rows.value])
    headers = {"place": "乡镇", "name": "指标", "numerator": "分子", "denominator": "分母", "percent": "比率（%）"}
    show_twin(with_names, headers, "各乡镇各领域的分子、分母与比率")


def list_attention(selection: Selection) -> list[tuple[str, str, str, str]]:
    """(light, sentence, link word, address), most serious first: accidents, missing returns, then the widest gaps."""
    items = []
    for row in query("accidents", last=selection.period, place=selection.township_code or "").itertuples():
        if row.date.year == selection.period.year and row.date.month == selection.period.month:
            words = f"{row.township}{row.union_name}发生{row.accident_level}事故，死亡 {row.deaths or 0} 人、轻伤 {row.minor_injuries or 0} 人。"
            items.append(("red", words, "看安全生产", link("safety", selection, row.township)))
    returns = query("returns_of_month", period=selection.period)
    missing = returns[returns.status == "missing"].township.tolist()
    if missing and not selection.township:
        words = f"{'、'.join(missing)} {selection.period.month}月月报未报，期限是 {returns.due.iloc[0]:%m月%d日}。"
        items.append(("none", words, "去数据上报", link("upload", selection)))
    rows = of_month(selection, *(code for code, _, _ in AREAS))
    rows = rows[(rows.light == "red") & ((selection.township_code or "") in ("", *rows.township_code.tolist()))]
    if selection.township_code:
        rows = rows[rows.township_code == selection.township_code]
    for row in rows.assign(lag=(rows.target - rows.value).astype(float)).nlargest(5, "lag").itertuples():
        words = f"{row.place}{row.name} {percent(row.value)}%，低于目标 {row.lag * 100:.1f} 个百分点。"
        items.append(("red", words, f"看{row.place}", link(VIEWS.get(row.indicator, "standards"), selection, row.place)))
    return items[:5]


def _attention(selection: Selection) -> None:
    items = list_attention(selection)
    rows = "".join(
        f'<li>{light_html(light, "")}<span>{escape(words)} <a href="{address}">{escape(word)}</a></span></li>' for light, words, word, address in items
    )
    st.html(f'<h2 class="section">需要关注</h2><ul class="attention">{rows or "<li>没有需要特别关注的事项。</li>"}</ul>')


def show() -> None:
    """Sentence, cards, matrix of lights, and what needs attention."""
    selection = open_page("总览")
    if selection is None:
        return
    show_finding(finding(selection))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS])
    left, right = st.columns([5, 2], gap="large")
    with left:
        _matrix(selection)
    with right:
        _attention(selection)
    show_sources(selection, "全部表")
