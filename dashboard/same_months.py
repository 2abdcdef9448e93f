"""Like for like: who told an indicator of the same months in two spans. Ten months against two would be a rise of nobody's doing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas

from dashboard.cached import Row, find_catalog, histories
from dashboard.selection import Selection
from pipelines.catalog.period import shift_period
from pipelines.catalog.reading import span_months
from pipelines.warehouse.measures import measure_nature


def adds_up(selection: Selection, indicator: str) -> bool:
    """Whether the reading adds up several months of the indicator; stocks stand as of the last month in every reading."""
    if selection.reading == "month":
        return False
    catalog = find_catalog()
    told = catalog.indicator(indicator)
    return any(measure_nature(catalog, measure) == "flow" for measure in (told.numerator, told.denominator) if measure)


def _by_month(selection: Selection, indicator: str, span: list[date]) -> dict[str, dict[date, Row]]:
    """The months' own figures, of the two years that the chosen month's come with, where the span lies in these."""
    known = span[0].year >= selection.period.year - 1
    return histories(replace(selection, reading="month", period=selection.period if known else span[-1]), indicator)


def same_months(selection: Selection, indicator: str, months: int) -> set[str]:
    """Codes of the places that told the indicator of the same months in the chosen span and in the one so many months ago."""
    found, ends = histories(selection, indicator), (selection.period, shift_period(selection.period, -months))
    both = {code for code, rows in found.items() if all(end in rows for end in ends)}
    if not adds_up(selection, indicator):
        return both
    spans = [span_months(selection.reading, end) for end in ends]
    now, then = ((span, _by_month(selection, indicator, span)) for span in spans)

    def told(code: str, span: list[date], rows: dict[str, dict[date, Row]]) -> list[bool]:
        return [month in rows.get(code, {}) for month in span]

    return {code for code in both if told(code, *now) == told(code, *then)}


def keep_same_months(selection: Selection, rows: pandas.DataFrame, **columns: int) -> pandas.DataFrame:
    """Rows by `township_code` and `indicator`, without what is not of the same months in the columns, each so many months ago."""
    if selection.reading == "month":
        return rows
    kept = {}
    for column, months in columns.items():
        alike = {(code, indicator) for indicator in rows.indicator.unique() for code in same_months(selection, indicator, months)}
        kept[column] = rows[column].where([pair in alike for pair in zip(rows.township_code, rows.indicator, strict=True)])
    return rows.assign(**kept)
