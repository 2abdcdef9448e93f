"""Townships compared fairly: within groups of like size, against their own past, small denominators and missing figures apart."""

from __future__ import annotations

import pandas

from dashboard.cached import find_catalog, query_month
from dashboard.figures import COMPARED, is_too_early, period_before, year_ago
from dashboard.same_months import keep_same_months
from dashboard.selection import Selection
from pipelines.catalog.model import Indicator


def list_comparable() -> list[Indicator]:
    """The indicators by which townships can be ranked: rates that should be high or low; sums would rank by size. The overview's come first."""
    catalog = find_catalog()
    first = [a.indicator for a in catalog.overview.areas]
    fit = [i for i in catalog.indicators if i.unit == "%" and i.direction != "none"]
    return sorted(fit, key=lambda i: first.index(i.code) if i.code in first else len(first))


def compare_townships(selection: Selection, indicator: str) -> pandas.DataFrame:
    """One row per township that the visitor may see, ranked ones first: see `sql/comparison.sql`. Set against its own past only where it told the same months."""
    peers = find_catalog().peers
    groups = {"size": peers.size, "groups": len(peers.groups), "names": ",".join(peers.groups), "own": ",".join(f"{code}:{name}" for code, name in peers.own)}
    rows = query_month(selection, "comparison", indicator=indicator, least=peers.least_for(indicator), before=period_before, year_ago=year_ago, **groups)
    rows = rows.assign(light="none") if is_too_early(selection, indicator) else rows
    months = COMPARED[selection.reading][0][1]
    return keep_same_months(selection, rows.assign(indicator=indicator), value_before=months, moved=months, value_year_ago=12)
