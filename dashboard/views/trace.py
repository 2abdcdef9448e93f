"""数据出处: which rows, of which file and cell, was this figure added up from?"""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cached import Row, figures_of_month, find_catalog, find_reader
from dashboard.components.figure_link import figure_address, link_html, trace_address
from dashboard.components.light import light_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.rows_behind import SHOWN, exact, show_crumbs, show_rows
from dashboard.components.table import show_table
from dashboard.figures import figure_at
from dashboard.links import view_address
from dashboard.selection import Selection
from dashboard.traced import Traced, describe_measure, read_traced
from pipelines.catalog.model import Measure
from pipelines.reports.numbers import NO_DATA, count, figure, is_missing
from pipelines.warehouse.trace import RETURNS, Place, Total, names_unions, read_rows, read_totals

COVERAGE, STANDARDS, RIGHTS = ("coverage", "组织与会员"), ("standards", "五好八有"), ("rights", "维权与民主")
SERVICES = ("services", "活动与服务")
VIEWS = {
    "organisation": COVERAGE, "members": COVERAGE, "register": COVERAGE, "relief": ("relief", "帮扶救助"), "competition": ("competition", "劳动竞赛"),
    "safety": ("safety", "安全生产"), "committees": STANDARDS, "eight_haves": STANDARDS, "home": STANDARDS, "election": STANDARDS, "five_goods": STANDARDS, "standards": STANDARDS,
    "rights": RIGHTS, "democracy": RIGHTS, "culture": SERVICES, "training": SERVICES, "migrant": SERVICES, "evaluation": SERVICES, "activity": SERVICES,
    "issues": ("issues", "问题与计划"),
}  # fmt: skip  # area of an indicator, or form -> the view that shows it


def _asked() -> list[tuple[str, str]]:
    """What the address asks for, beside place and time."""
    return [(key, value) for key in ("indicator", "form", "sum", "where") for value in st.query_params.get_all(key)]


def _address(selection: Selection, township: str | None = None, union: str | None = None) -> str:
    """The same figure of another place."""
    return trace_address(selection, _asked(), township, union=union)


def _crumbs(traced: Traced, selection: Selection, union: str | None) -> list[tuple[str, str | None]]:
    view = VIEWS.get(traced.indicator.area if traced.indicator else traced.numerator.form)
    steps = [("总览", view_address("", selection, selection.township))] + ([(view[1], view_address(view[0], selection, selection.township))] if view else [])
    steps.append((traced.name, _address(selection, "")))
    steps += [(selection.township, _address(selection))] if selection.township else []
    steps += [(union, None)] if union else []
    return [*steps[:-1], (steps[-1][0], None)]


def _place(traced: Traced, selection: Selection, union: str | None = None) -> Place:
    code = traced.indicator.code if traced.indicator else ""
    return Place(selection.reading, selection.period, selection.township_code, union, code)


def _totals(measure: Measure, place: Place, by: str) -> dict[str, Total]:
    return {t.key: t for t in read_totals(find_reader(), find_catalog(), measure, place, by)}


def _published(traced: Traced, selection: Selection) -> Row | None:
    return figure_at(selection, traced.indicator.code) if traced.indicator else None


def _amount(total: Total | None, traced: Traced) -> str:
    """A sum with its unit: an indicator's money as it stands one level up, anything else to its last digit."""
    value, at_least = (total.value, bool(total.at_least)) if total else (0, False)
    if traced.indicator and traced.unit == "元" and not is_missing(value):
        return " ".join(figure(value, traced.unit, at_least))
    return f"{exact(value, at_least)} {traced.unit}".strip()


def finding(traced: Traced, selection: Selection, sums: list[Total | None], union: str | None, row: Row | None) -> str:
    """The figure, its parts, and how many rows they were added up from."""
    rows = "、".join(f"{word}由 {count(t.rows if t else 0)} 行" for (word, _), t in zip(traced.measures, sums, strict=True))
    parts = [f"{word} {exact(t.value if t else 0, bool(t and t.at_least))}".strip() for (word, _), t in zip(traced.measures, sums, strict=True)]
    start = f"{selection.span}{union or selection.place}"
    if union or not traced.indicator:
        told = f"：{'，'.join(parts)}" if len(parts) > 1 else f" {_amount(sums[0], traced)}"
        return f"{start}{traced.name}{told}，{rows}相加"
    if row is None or is_missing(row.value):
        return f"{start}{traced.name}{NO_DATA}"
    text = f"{start}{traced.name} {' '.join(figure(row.value, traced.unit, bool(row.at_least))).replace(' %', '%')}"
    return text + (f"，即 {' ÷ '.join(p.partition(' ')[2] for p in parts)}" if len(parts) > 1 else "") + f"，{rows}相加"


def _show_agreement(sums: list[Total | None], row: Row | None) -> None:
    """Whether the rows add up to the published figure: they always should."""
    if row is None:
        return
    told = [0 if is_missing(v) else float(v) for v in (row.numerator, row.denominator)][: len(sums)]
    fits = all(abs(float(t.value or 0) - said) < 0.0001 if t else said == 0 for t, said in zip(sums, told, strict=True))
    words = "各行相加与公布的数一致" if fits else "各行相加与公布的数不一致，请告诉维护人员"
    st.html(f'<div class="lead">{light_html("green" if fits else "red", words)}</div>')


def _value(row: Row | None, unit: str) -> str:
    return escape(" ".join(figure(None if row is None else row.value, unit)).replace(" %", "%").strip())


def _show_groups(traced: Traced, selection: Selection, by: str) -> None:
    """One line per township or union, the largest first; each opens."""
    place = _place(traced, selection)
    sides = [_totals(m, place, by) for _, m in traced.measures]
    names = {key: t.name for side in sides for key, t in side.items()}
    known = figures_of_month(selection, traced.indicator.code) if traced.indicator and by == "township" else None
    published = {} if known is None else {r.township_code: r for r in known.itertuples()}
    lines = []
    for key, name in names.items():
        address = _address(selection, name) if by == "township" else _address(selection, union=name)
        cells = [exact(side[key].value, side[key].at_least) if key in side else "0" for side in sides]
        value = [_value(published.get(key), traced.unit)] if known is not None and len(sides) > 1 else []
        lines.append([link_html(escape(name), address), *value, *cells, *(count(side[key].rows) if key in side else "0" for side in sides)])
    if by == "township" and known is not None:
        missing = [t.name for t in find_catalog().county.townships if t.code not in names]
        lines += [[escape(name), *[NO_DATA] * (len(lines[0]) - 1 if lines else 1)] for name in missing]
    words = [word for word, _ in traced.measures]
    values = ["值"] if known is not None and len(sides) > 1 else []
    parts = [f"{w or '数'}（{traced.unit}）" if traced.unit and not w else w or "数" for w in words]
    show_section(f"{len(names)} 个{'乡镇' if by == 'township' else '单位'}合成这个数", "点名称往下看")
    show_table(["乡镇" if by == "township" else "单位", *values, *parts, *(f"{w}行数" for w in words)], lines)


def _show_rows(word: str, measure: Measure, traced: Traced, selection: Selection, place: Place, total: Total | None) -> None:
    number = total.rows if total else 0
    unit = traced.unit if not word else ""
    name = describe_measure(find_catalog(), measure)
    said = f"{word}：{name}" if word else name
    added = exact(total.value if total else 0, bool(total and total.at_least))
    sum_words = f"{count(number)} 行都漏填" if total and total.empty == number else f"{count(number)} 行相加得 {added}"
    show_section(f"{said}，{sum_words}", f"其中 {total.empty} 行漏填，不算 0" if total and total.empty else "每一行是原表里的一行；点文件名下载原表")
    if not number:
        st.html('<p class="lead">没有这样的行，按 0 计。</p>')
        return
    pages = range(1, -(-number // SHOWN) + 1)
    asked = st.query_params.get("page", "1")
    page = min(max(int(asked), 1), pages[-1]) if asked.isdecimal() and len(asked) < 10 else 1
    show_rows(measure, read_rows(find_reader(), find_catalog(), measure, place, SHOWN, SHOWN * (page - 1)), unit)
    if number > SHOWN:
        here = escape(trace_address(selection, _asked(), union=place.union))
        links = "　".join(f"<b>{p}</b>" if p == page else f'<a class="plain" href="{here}&amp;page={p}">{p}</a>' for p in pages)
        st.html(f'<div class="lead">每页 {SHOWN} 行：{links}</div>')


def _show_level(traced: Traced, selection: Selection, union: str | None) -> None:
    catalog = find_catalog()
    grouped = [names_unions(catalog, m) for _, m in traced.measures]
    if selection.township_code is None:
        _show_groups(traced, selection, "township")
    elif union is None and all(grouped):
        _show_groups(traced, selection, "union")
    else:
        for (word, measure), by_union in zip(traced.measures, grouped, strict=True):
            place = _place(traced, selection, union if by_union else None)
            _show_rows(word, measure, traced, selection, place, _totals(measure, place, "").get(""))


def _show_definition(traced: Traced) -> None:
    parts = [f"{word}：{describe_measure(find_catalog(), m)}" for word, m in traced.measures if word]
    st.html(f'<div class="note">{escape("；".join(filter(None, ["口径：" + traced.definition, *parts])))}</div>')


def _show_index(selection: Selection) -> None:
    """Every indicator with its figure, for whoever comes without one."""
    indicators = find_catalog().indicators
    rows = figures_of_month(selection, *(i.code for i in indicators))
    here = rows[rows.township_code == selection.place_code]
    found = {r.indicator: r for r in here.itertuples()}
    show_finding(f"{selection.span}{selection.place}有数的指标 {sum(not is_missing(r.value) for r in found.values())} 项，点数字看它由哪些行相加")
    cells = [(i, _value(found.get(i.code), i.unit)) for i in indicators]
    show_table(["指标", "数", "口径"], [[escape(i.name), link_html(v, figure_address(selection, i.code)), escape(i.definition)] for i, v in cells], text=(0, 2))
    show_sources(selection, "全部表")


def show() -> None:
    """One figure, opened one step further with every click: townships, unions, rows."""
    selection = open_page("数据出处")
    if selection is None:
        return
    if not _asked():
        _show_index(selection)
        return
    traced = read_traced(find_catalog(), dict(_asked()), st.query_params.get_all("where"))
    union = st.query_params.get("union") if selection.township_code else None
    show_crumbs(_crumbs(traced, selection, union))
    place = _place(traced, selection, union)
    sums = [_totals(m, place if names_unions(find_catalog(), m) else _place(traced, selection), "").get("") for _, m in traced.measures]
    row = None if union else _published(traced, selection)
    show_finding(finding(traced, selection, sums, union, row))
    _show_definition(traced)
    _show_agreement(sums, row)
    _show_level(traced, selection, union)
    forms = [find_catalog().form(m.form).title if m.form != RETURNS else "报送情况" for _, m in traced.measures]
    show_sources(selection, "、".join(dict.fromkeys(forms)))
