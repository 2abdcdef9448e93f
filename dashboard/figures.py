"""Indicator figures as the views need them: of one place over the months, of all places in one month."""

from __future__ import annotations

from datetime import date

import pandas

from dashboard.cached import Row, figures_of_month, find_catalog, histories
from dashboard.components.cards import Card
from dashboard.components.figure_link import figure_address
from dashboard.same_months import keep_same_months, same_months
from dashboard.selection import Selection
from pipelines.catalog.period import due_date, shift_period
from pipelines.reports.numbers import change, figure, is_missing

COMPARED = {  # reading -> what its figures are set against, and how many months ago that was
    "month": [("较上月", 1), ("较上年", 12)], "quarter": [("较上季", 3), ("较上年", 12)], "half": [("较上一个半年", 6), ("较上年", 12)],
    "year": [("较上年同期", 12)], "statistical_year": [("较上年同期", 12)],
}  # fmt: skip


def year_back(selection: Selection) -> date:
    """The first of the twelve months that end with the chosen one."""
    return shift_period(selection.period, -11)


def year_ago(selection: Selection) -> date:
    """The same month of the year before."""
    return shift_period(selection.period, -12)


def period_before(selection: Selection) -> date:
    """The month in which the reading's period before the chosen one ends: a month, a quarter, half a year, a year ago."""
    return shift_period(selection.period, -COMPARED[selection.reading][0][1])


def of_month(selection: Selection, *indicators: str) -> pandas.DataFrame:
    """The indicators of every township in the chosen month, with last year's value as `last_year` where it is of the same months, without the county's own row."""
    rows = figures_of_month(selection, *indicators)
    return keep_same_months(selection, rows[rows.township_code != selection.county_code], last_year=12)


def figure_at(selection: Selection, indicator: str, period: date | None = None) -> Row | None:
    """The indicator's row of the chosen place in a month, the chosen one unless told."""
    return histories(selection, indicator).get(selection.place_code, {}).get(period or selection.period)


def rows_of_month(selection: Selection, *indicators: str, period: date | None = None) -> list[Row]:
    """The indicators' rows of every township in a month, the chosen one unless told, by township and then as asked for."""
    found = [histories(selection, code) for code in indicators]
    rows = [months[period or selection.period] for places in found for months in places.values() if (period or selection.period) in months]
    return sorted((r for r in rows if r.township_code != selection.county_code), key=lambda r: r.township_code)


def is_too_early(selection: Selection, indicator: str, today: date | None = None) -> bool:
    """Whether the indicator counts what came in time and the month's deadline is not over, so that nothing can be said against anybody yet."""
    catalog = find_catalog()
    return catalog.indicator(indicator).numerator.form == "returns" and (today or date.today()) <= due_date(catalog, selection.period)


def has_report(selection: Selection, indicator: str) -> bool:
    """Whether the form that the indicator is counted from was reported, be it as nil, for the place and month."""
    return figure_at(selection, indicator) is not None


def _sum_up(rows: list[Row]) -> float | None:
    """Σ numerator, or Σ numerator ÷ Σ denominator."""
    if not rows:
        return None
    top, below = sum(float(r.numerator) for r in rows), [float(r.denominator) for r in rows if not is_missing(r.denominator)]
    if not below:
        return top
    return top / sum(below) if sum(below) else None


def compare(selection: Selection, indicator: str, months: int) -> tuple[float | None, float | None]:
    """Now and so many months ago, over the townships that reported the same months of both: a missing township or month is neither fall nor rise."""
    found, alike, earlier = histories(selection, indicator), same_months(selection, indicator, months), shift_period(selection.period, -months)
    wanted = [selection.township_code] if selection.township_code else [code for code in found if code != selection.county_code]
    both = [found[code] for code in wanted if code in alike]
    return tuple(_sum_up([months_of[p] for months_of in both]) for p in (selection.period, earlier))


def _value(row: Row | None) -> object:
    return None if row is None or is_missing(row.value) else float(row.value)


def _last_year(selection: Selection, indicator: str) -> list[float]:
    """The values of the chosen place in its last twelve reported months, over the townships that reported all of them: a missing township is no fall."""
    found = histories(selection, indicator)
    past = {month: row for month, row in found.get(selection.place_code, {}).items() if month <= selection.period and not is_missing(row.value)}
    months = list(past)[-12:]
    whole = [] if selection.township_code else [rows for code, rows in found.items() if code != selection.county_code and all(m in rows for m in months)]
    values = [_sum_up([rows[m] for rows in whole]) for m in months] if whole else [float(past[m].value) for m in months]
    return [v for v in values if v is not None]


def indicator_card(selection: Selection, indicator: str, label: str, unit: str) -> Card:
    """A card with light, changes to last month and last year, target and trend."""
    now = figure_at(selection, indicator)
    value = _value(now)
    shown, shown_unit = figure(value, unit, now is not None and bool(now.at_least))
    compared = [(word, change(*compare(selection, indicator, months), unit)) for word, months in COMPARED[selection.reading]]
    target = None if now is None or is_missing(now.target) else float(now.target)
    if target is not None:
        compared.append(("目标", " ".join(figure(target, unit)).replace(" %", "%")))
    if now is not None and not is_missing(now.pace):
        compared.append(("按进度应达", " ".join(figure(now.pace, unit))))
    light = None if target is None or (value is not None and is_too_early(selection, indicator)) else "none" if value is None else now.light
    return Card(label, shown, shown_unit, light, compared, _last_year(selection, indicator),
                figure_address(selection, indicator), "" if value is None else now.marks)  # fmt: skip


def month_label(period: object) -> str:
    """`2026年<br>3月` for an axis."""
    stamp = pandas.Timestamp(period)
    return f"{stamp.year}年<br>{stamp.month}月"
