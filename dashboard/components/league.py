"""One rate of every township as bars against its target, with the table that it is drawn from."""

from __future__ import annotations

import pandas

from dashboard.cached import find_catalog
from dashboard.charts.bars import bars_figure
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.figure_link import figure_address, link_points
from dashboard.components.mark import mark_text
from dashboard.components.page import show_section
from dashboard.components.table import show_twin
from dashboard.figures import of_month
from dashboard.selection import Selection
from pipelines.reports.numbers import count, is_missing, name_few

LAST_YEAR = {"before_percent": "上年同期（%）", "rise": "同比（个百分点）"}


def rates_of_month(selection: Selection, indicator: str) -> pandas.DataFrame:
    """The townships that have the rate, best first, with `percent`."""
    rows = of_month(selection, indicator)
    rows = rows[rows.value.notna()]
    return rows.assign(percent=rows.value.astype(float) * 100).sort_values("percent", ascending=False, kind="stable")


def with_last_year(rows: pandas.DataFrame) -> pandas.DataFrame:
    """The rates with last year's in percent and the change in percentage points, for `LAST_YEAR` of a twin."""
    before = rows.last_year.astype(float) * 100
    return rows.assign(before_percent=before.round(2), rise=(rows.percent - before).round(2), percent=rows.percent.round(2))


def league_title(rows: pandas.DataFrame, name: str) -> str:
    """What the bars show: how many meet the target and who is last; of a single township, its rate."""
    worst = rows.iloc[-1]
    if len(rows) == 1:
        return f"{worst.place}{name} {worst.percent:.1f}%"
    last = f"最低的是{name_few(rows.place[rows.value == worst.value].tolist())}，{worst.percent:.1f}%"
    if is_missing(worst.target):
        return f"{name}{last}"
    met = int((rows.light == "green").sum())
    return f"{len(rows)} 个乡镇{name}全部达标" if met == len(rows) else f"{len(rows)} 个乡镇中 {met} 个{name}达标，{last}"


def show_league(selection: Selection, indicator: str, key: str, *, above: str, below: str, unit: str, without: str = "分母为 0 的乡镇不列") -> None:
    """Bars and table of a rate that should be high; `above` and `below` name numerator and denominator, counted in `unit`."""
    told, rows = find_catalog().indicator(indicator), rates_of_month(selection, indicator)
    note = f"{told.name} = {above} ÷ {below}，%；{without}"
    if rows.empty:
        show_section(f"{told.name}无数据", note)
        return
    target = None if is_missing(rows.target.iloc[0]) else float(rows.target.iloc[0]) * 100
    labels = [f"{r.percent:.1f}%（{count(r.numerator)}/{count(r.denominator)}）{mark_text(r.marks)}" for r in rows.itertuples()]
    figure = bars_figure(rows.place.tolist(), rows.percent.tolist(), labels, unit="%", dark=is_dark(), chosen=selection.township, target=target,
                         target_label=f"目标 {target:g}%" if target else "", top=100)  # fmt: skip
    figure.update_layout(margin_r=24 + 8 * max(map(len, labels)))
    addresses = [figure_address(selection, indicator, township=place) for place in rows.place]
    link_points(figure, addresses)
    show_chart(figure, league_title(rows, told.name), note, key)
    headers = {"place": "乡镇", "denominator": f"{below}（{unit}）", "numerator": f"{above}（{unit}）", "percent": f"{told.name}（%）", **LAST_YEAR}
    show_twin(with_last_year(rows), headers, f"各乡镇{told.name}", addresses)
