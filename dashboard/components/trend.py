"""A rate over the last two years: the county's line, and the chosen township's beside it."""

from __future__ import annotations

from datetime import date

import pandas

from dashboard.cached import find_catalog, query_month
from dashboard.charts.lines import trend_figure
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.figure_link import figure_address, link_points
from dashboard.components.table import show_twin
from dashboard.figures import month_label
from dashboard.level_words import say
from dashboard.selection import Selection
from pipelines.catalog.period import shift_period
from pipelines.reports.numbers import is_missing

MONTHS = 24


def _since(selection: Selection) -> date:
    return shift_period(selection.period, 1 - MONTHS)


def _lines(selection: Selection, indicator: str) -> dict:
    places = {say("全县"): selection.county_code} | ({selection.township: selection.township_code} if selection.township else {})
    lines = {name: query_month(selection, "figure_line", indicator=indicator, place=code, first=_since) for name, code in places.items()}
    return {name: rows.set_index("period") for name, rows in lines.items() if rows.value.notna().any()}  # a township clerk has no line of the county


def trend_title(name: str, place: str, values: list[float | None]) -> str:
    """How far the rate went from the first to the last month that has one, in percentage points, and how many such months there are."""
    known = [v for v in values if v is not None]
    if len(known) == 1:
        return f"{place}{name} {known[0]:.1f}%，只有 1 个月的数"
    rise = known[-1] - known[0]
    word = "提高" if rise > 0.05 else "下降" if rise < -0.05 else "持平"
    return f"{len(known)} 个月{place}{name}{word}" + (f" {abs(rise):.1f} 个百分点" if word != "持平" else "")


def _twin(selection: Selection, indicator: str, name: str, months: list, values: dict) -> None:
    """The lines as a table; a month opens the figure of the chosen township, else of the county."""
    rows = pandas.DataFrame({"period": [f"{p:%Y-%m}" for p in months], **values})
    addresses = [figure_address(selection, indicator, period=p) for p in months]
    show_twin(rows, {"period": "月份", **{place: f"{place}{name}（%）" for place in values}}, f"逐月{name}", addresses)


def show_trend(selection: Selection, indicator: str, key: str) -> None:
    """Draws the lines and their table; nothing where nobody has the rate."""
    name, lines = find_catalog().indicator(indicator).name, _lines(selection, indicator)
    if not lines:
        return
    months = sorted(set().union(*(rows.index for rows in lines.values())))
    values = {n: [None if is_missing(v) else float(v) * 100 for v in rows.value.reindex(months)] for n, rows in lines.items()}
    place = selection.township if selection.township in values else next(iter(values))
    targets = [float(t) * 100 for t in lines[place].target if not is_missing(t)]
    figure = trend_figure([month_label(p) for p in months], values, unit="%", dark=is_dark(), chosen=selection.township, target=targets[-1] if targets else None)
    for n, line in enumerate(lines):
        township = "" if line == say("全县") else line
        link_points(figure, [figure_address(selection, indicator, township=township, period=p) for p in months], n)
    show_chart(figure, trend_title(name, place, values[place]), f"{name}，%；纵轴不从 0 开始", key)
    _twin(selection, indicator, name, months, values)
