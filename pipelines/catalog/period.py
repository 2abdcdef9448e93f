"""Months as the first day of the month: reading, writing, moving, and when a month's workbook is due."""

from __future__ import annotations

import re
from datetime import date, datetime

from pipelines.catalog.model import Catalog

_SPELLINGS = tuple(
    re.compile(p)
    for p in (r"^\s*(\d{4})\s*[-/.]\s*(\d{1,2})\s*$", r"(\d{4})\s*年\s*(\d{1,2})\s*月", r"^\s*(\d{4})(\d{2})\s*$")
)
_RANGE = re.compile(r"[\d\s年月./-]+")


def parse_period(value: object) -> date | None:
    """The month that `2026-03`, `2026年3月`, `202603` or a date names, as its first day; None when it names none, as the number 2026.1, which was 2026.10 when it was typed, or January."""
    if isinstance(value, (date, datetime)):
        return date(value.year, value.month, 1)
    if isinstance(value, float) and str(value).endswith(".1"):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    for spelling in _SPELLINGS:
        found = spelling.search(str(value))
        if found and 1 <= int(found[2]) <= 12 and 1990 <= int(found[1]) <= 2100:
            return date(int(found[1]), int(found[2]), 1)
    return None


def format_period(period: date) -> str:
    """`2026-03`."""
    return f"{period.year}-{period.month:02d}"


def name_period(period: date) -> str:
    """`2026年3月`."""
    return f"{period.year}年{period.month}月"


def shift_period(period: date, months: int) -> date:
    """The month so many months later (earlier when negative)."""
    index = period.year * 12 + period.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def parse_period_range(text: str) -> tuple[date, date] | None:
    """First and last month of `A..B` or of a single month; None when it is neither, or says more."""
    if not _RANGE.fullmatch(text):
        return None
    first, _, last = text.partition("..")
    start, end = parse_period(first), parse_period(last or first)
    return (start, end) if start and end and start <= end else None


def due_date(catalog: Catalog, period: date) -> date:
    """The day by which the month's workbook has to be in: the deadline day of the next month, or the moved date."""
    moved = dict(catalog.calendar.moved).get(format_period(period))
    return date.fromisoformat(moved) if moved else shift_period(period, 1).replace(day=catalog.calendar.deadline_day)
