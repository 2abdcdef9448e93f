"""Hazards that were not put right when they were reported, over one stretch of months for every page that counts them."""

from __future__ import annotations

from datetime import date, timedelta

import pandas

from dashboard.cached import find_catalog, query_month
from dashboard.selection import Selection
from pipelines.catalog.period import shift_period


def hazards_since(selection: Selection) -> date:
    """The first month looked at: the reading's, or as far back as the rule of 需要关注 looks where that is longer."""
    months = max((r.months for r in find_catalog().overview.attention if r.finder == "hazard"), default=1)
    return min(selection.first, shift_period(selection.period, 1 - months))


def counted_until(selection: Selection, today: date | None = None) -> date:
    """The day until which days are counted: the month's last, or today where that is still to come."""
    return min(shift_period(selection.period, 1) - timedelta(days=1), today or date.today())


def open_hazards(selection: Selection, today: date | None = None) -> pandas.DataFrame:
    """The inspections with hazards left; `days` is how long they are overdue at `counted_until`, NaN without a due date, negative before it."""
    rows = query_month(selection, "hazards_open", first=hazards_since)
    end = pandas.Timestamp(counted_until(selection, today))
    return rows.assign(days=(end - pandas.to_datetime(rows.due)).dt.days)
