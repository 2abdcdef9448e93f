"""Targets of many counties in one table.

In a county's own table a target without a place holds for all its places. Brought together it would hold for everybody's: only what every county
has alike stays so, and holds for the places above them too; anything else is written out for the county's places, where these have none of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

Row = dict[str, Any]


def _common(rows: list[Row]) -> dict[str, set[tuple]]:
    """Indicator -> its targets that hold for all places of a county."""
    found: dict[str, set[tuple]] = {}
    for row in rows:
        if not row["township_code"]:
            found.setdefault(row["indicator"], set()).add(tuple(row.values()))
    return found


def _write_out(row: Row, places: Sequence[str], first_own: dict[tuple[str, str], int]) -> Iterator[Row]:
    """One row per place; `indicator.sql` takes a place's own target of any year before one that holds for all, so that none may follow it."""
    for place in places:
        if row["year"] < first_own.get((place, row["indicator"]), 10_000):
            yield row | {"township_code": place}


def bring_together(tables: Sequence[pa.Table], places: Sequence[Sequence[str]]) -> pa.Table:
    """The targets of all counties, given each county's table and the codes of its places."""
    counties = [table.to_pylist() for table in tables]
    known = [_common(rows) for rows in counties]
    alike = {indicator for indicator, targets in known[0].items() if all(other.get(indicator) == targets for other in known)}
    together = [row for row in counties[0] if not row["township_code"] and row["indicator"] in alike]
    for rows, inside in zip(counties, places, strict=True):
        own = [row for row in rows if row["township_code"]]
        first_own: dict[tuple[str, str], int] = {}
        for row in own:
            key = (row["township_code"], row["indicator"])
            first_own[key] = min(row["year"], first_own.get(key, row["year"]))
        together += own
        for row in rows:
            if not row["township_code"] and row["indicator"] not in alike:
                together += _write_out(row, inside, first_own)
    return pa.Table.from_pylist(together, schema=tables[0].schema)
