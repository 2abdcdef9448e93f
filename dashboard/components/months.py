"""Columns by month, stacked by kind: the five largest kinds and the rest."""

from __future__ import annotations

from collections.abc import Callable

import pandas

from dashboard.charts.bars import stacked_figure
from dashboard.components.chart import is_dark, show_chart
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


def show_months(rows: pandas.DataFrame, key: str, *, title: Callable[[pandas.DataFrame], str], unit: str, note: str, twin: str) -> None:
    """Chart and table; `title` is made from the spread rows. Nothing where there are none."""
    wide = spread_months(rows)
    if wide.empty:
        return
    parts = {name: wide[name].tolist() for name in wide}
    show_chart(stacked_figure([month_label(p) for p in wide.index], parts, unit=unit, dark=is_dark()), title(wide), note, key)
    show_twin(wide.reset_index().assign(period=[f"{p:%Y-%m}" for p in wide.index]), {"period": "月份", **{n: f"{n}（{unit}）" for n in parts}}, twin)
