"""Readings: over which months a figure is read. Flows add up from the first month of the span to the chosen one, stocks are the chosen month's.

The statistical year of the national return runs from 1 October to 30 September and is named after the year in which it ends.
"""

from __future__ import annotations

from datetime import date

from pipelines.catalog.period import shift_period

READINGS = {"month": "本月", "quarter": "本季度", "half": "本半年", "year": "本年累计", "statistical_year": "统计年度"}
LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "statistical_year": 12}  # in months
_STARTS = {"statistical_year": 10}  # the month of the year in which a span begins, where it is not January
_ORDINALS = "一二三四"


def first_month(reading: str, period: date) -> date:
    """The month in which the span around `period` begins."""
    return shift_period(period, -((period.month - _STARTS.get(reading, 1)) % LENGTHS[reading]))


def span_months(reading: str, period: date) -> list[date]:
    """The months of the span up to and with `period`."""
    first = first_month(reading, period)
    return [shift_period(first, n) for n in range((period.month - first.month) % 12 + 1)]


def is_whole(reading: str, period: date) -> bool:
    """Whether `period` is the last month of its span."""
    return len(span_months(reading, period)) == LENGTHS[reading]


def _months(first: date, last: date) -> str:
    if first == last:
        return f"{last.month}月"
    return f"{first.month}—{last.month}月" if first.year == last.year else f"{first.year}年{first.month}月—{last.year}年{last.month}月"


def name_span(reading: str, period: date) -> str:
    """`3月`, `第一季度`, `上半年`, `1—10月`, `2026统计年度`; a span that is not over is told by its months."""
    first = first_month(reading, period)
    if not is_whole(reading, period) or reading == "month":
        return _months(first, period)
    if reading == "quarter":
        return f"第{_ORDINALS[first.month // 3]}季度"
    if reading == "half":
        return "上半年" if first.month == 1 else "下半年"
    return "全年" if reading == "year" else f"{period.year}统计年度"
