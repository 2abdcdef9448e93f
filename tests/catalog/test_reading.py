"""Which months a reading covers, and what it is called."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.catalog.reading import first_month, is_whole, name_span, span_months


@pytest.mark.parametrize(
    ("reading", "month", "first", "name"),
    [
        ("month", "2026-03", "2026-03", "3月"), ("quarter", "2026-03", "2026-01", "第一季度"), ("quarter", "2026-05", "2026-04", "4—5月"), ("quarter", "2026-12", "2026-10", "第四季度"),
        ("half", "2026-06", "2026-01", "上半年"), ("half", "2026-07", "2026-07", "7月"), ("half", "2026-12", "2026-07", "下半年"), ("year", "2026-10", "2026-01", "1—10月"),
        ("year", "2026-12", "2026-01", "全年"), ("statistical_year", "2026-09", "2025-10", "2026统计年度"), ("statistical_year", "2026-10", "2026-10", "10月"),
        ("statistical_year", "2026-02", "2025-10", "2025年10月—2026年2月"),
    ],
)  # fmt: skip
def test_a_span_begins_where_its_reading_says_and_is_named_by_it(reading, month, first, name):
    period = date.fromisoformat(f"{month}-01")
    assert f"{first_month(reading, period):%Y-%m}" == first
    assert name_span(reading, period) == name
    months = span_months(reading, period)
    assert months[0] == first_month(reading, period) and months[-1] == period and len(set(months)) == len(months)


def test_a_span_is_whole_in_its_last_month_only():
    assert [m for m in range(1, 13) if is_whole("statistical_year", date(2026, m, 1))] == [9]
    assert [m for m in range(1, 13) if is_whole("quarter", date(2026, m, 1))] == [3, 6, 9, 12]
