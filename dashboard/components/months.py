"""Columns by month, stacked by kind: the five largest kinds and the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas

from dashboard.charts.bars import stacked_figure
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.figure_link import link_points
from dashboard.components.table import show_twin
from dashboard.figures import month_label

KINDS = 5
REST = "其余类别"


def spread_months(rows: pandas.DataFrame) -> pandas.DataFrame:
    """`rows` of period, category and value as one row per month and one column per kind, the largest kind first and the rest together last."""
    rows = rows.dropna(subset=["value"]).assign(value=lambda r: r.value.astype(float))
    top = rows.groupby("category").value.sum().sort_values(ascending=False, kind="stable").index[:KINDS].tolist()
    wide = rows.assign(kind=[c if c in top else REST for c in rows.category]).pivot_table(index="period", columns="kind", values="value", aggfunc="sum", fill_value=0)
    return wide[[name for name in [*top, REST] if name in wide]]


def show_months(rows: pandas.DataFrame, key: str, *, title: Callable[[pandas.DataFrame], str], unit: str, note: str, twin: str,
                opens: Callable[[date, object], str | None]) -> None:  # fmt: skip
    """Chart and table; `title` is made from the spread rows, and `opens` says where a month's figure of one kind, or of a tuple of kinds, is
    opened. Nothing where there are no rows."""
    wide = spread_months(rows)
    if wide.empty:
        return
    parts = {name: wide[name].tolist() for name in wide}
    figure = stacked_figure([month_label(p) for p in wide.index], parts, unit=unit, dark=is_dark())
    kinds = {name: name for name in wide} | {REST: tuple(sorted(set(rows.category.dropna()) - set(wide)))}
    for n, name in enumerate(wide):
        link_points(figure, [opens(p.date(), kinds[name]) for p in wide.index], n)
    show_chart(figure, title(wide), note, key)
    show_twin(wide.reset_index().assign(period=[f"{p:%Y-%m}" for p in wide.index]), {"period": "月份", **{n: f"{n}（{unit}）" for n in parts}}, twin,
              [opens(p.date(), tuple(rows.category.dropna().unique())) for p in wide.index])  # fmt: skip
