"""Indicator figures as the views need them: of one place over the months, of all places in one month."""

from __future__ import annotations

from datetime import date

import pandas

from dashboard.cached import figures
from dashboard.components.cards import Card
from dashboard.components.figure_link import figure_address
from dashboard.selection import Selection
from pipelines.catalog.period import shift_period
from pipelines.reports.numbers import change, figure, is_missing

COMPARED = {  # reading -> what its figures are set against, and how many months ago that was
    "month": [("较上月", 1), ("较上年", 12)], "quarter": [("较上季", 3), ("较上年", 12)], "half": [("较上半年", 6), ("较上年", 12)],
    "year": [("较上年同期", 12)], "statistical_year": [("较上年同期", 12)],
}  # fmt: skip


def of_place(selection: Selection, indicator: str) -> pandas.DataFrame:
    """The indicator of the chosen place, month by month up to the chosen one."""
    rows = figures(selection.reading, indicator)
    return rows[(rows.township_code == selection.place_code) & (rows.period <= pandas.Timestamp(selection.period))]


def of_month(selection: Selection, *indicators: str) -> pandas.DataFrame:
    """The indicators of every township in the chosen month, with last year's value as `last_year`, without the county's own row."""
    rows = figures(selection.reading, *indicators)
    rows = rows[rows.township_code != selection.county_code]
    before = rows[rows.period == pandas.Timestamp(shift_period(selection.period, -12))].set_index(["township_code", "indicator"]).value
    now = rows[rows.period == pandas.Timestamp(selection.period)]
    return now.join(before.astype(float).rename("last_year"), on=["township_code", "indicator"])


def at(rows: pandas.DataFrame, period: date) -> pandas.Series | None:
    """The row of one month."""
    found = rows[rows.period == pandas.Timestamp(period)]
    return found.iloc[0] if len(found) else None


def has_report(selection: Selection, indicator: str) -> bool:
    """Whether the form that the indicator is counted from was reported, be it as nil, for the place and month."""
    return at(of_place(selection, indicator), selection.period) is not None


def _sum_up(rows: pandas.DataFrame) -> float | None:
    """Σ numerator, or Σ numerator ÷ Σ denominator."""
    if rows.empty:
        return None
    top = float(rows.numerator.sum())
    if rows.denominator.isna().all():
        return top
    below = float(rows.denominator.sum())
    return top / below if below else None


def compare(selection: Selection, indicator: str, months: int) -> tuple[float | None, float | None]:
    """Now and so many months ago, over the townships that reported both: a missing township is no fall."""
    return compare_rows(figures(selection.reading, indicator), selection, months)


def compare_rows(rows: pandas.DataFrame, selection: Selection, months: int) -> tuple[float | None, float | None]:
    """The same of one indicator's rows of every place and month."""
    rows = rows[rows.township_code != selection.county_code]
    if selection.township_code:
        rows = rows[rows.township_code == selection.township_code]
    now = rows[rows.period == pandas.Timestamp(selection.period)]
    before = rows[rows.period == pandas.Timestamp(shift_period(selection.period, -months))]
    both = set(now.township_code) & set(before.township_code)
    return tuple(_sum_up(part[part.township_code.isin(both)]) for part in (now, before))


def _value(row: pandas.Series | None) -> object:
    return None if row is None or is_missing(row.value) else float(row.value)


def indicator_card(selection: Selection, indicator: str, label: str, unit: str) -> Card:
    """A card with light, changes to last month and last year, target and trend."""
    rows = of_place(selection, indicator)
    now = at(rows, selection.period)
    value = _value(now)
    shown, shown_unit = figure(value, unit, now is not None and bool(now.at_least))
    compared = [(word, change(*compare(selection, indicator, months), unit)) for word, months in COMPARED[selection.reading]]
    target = None if now is None or is_missing(now.target) else float(now.target)
    if target is not None:
        compared.append(("目标", " ".join(figure(target, unit)).replace(" %", "%")))
    if now is not None and not is_missing(now.pace):
        compared.append(("按进度应达", " ".join(figure(now.pace, unit))))
    light = ("none" if value is None else now.light) if target is not None else None
    return Card(label, shown, shown_unit, light, compared, [float(v) for v in rows.value.tail(12) if not is_missing(v)],
                figure_address(selection, indicator), "" if value is None else now.marks)  # fmt: skip


def month_label(period: object) -> str:
    """`2026年<br>3月` for an axis."""
    stamp = pandas.Timestamp(period)
    return f"{stamp.year}年<br>{stamp.month}月"
