"""What pages take from the figures of two years is what the statement gives, in its order."""

from __future__ import annotations

from datetime import date

import pandas
import pytest

from dashboard.cached import SQL, figures, figures_of_month, histories
from dashboard.selection import Selection
from pipelines.access.model import VISITOR
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.reports.numbers import is_missing
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope

LAST = date(2026, 10, 1)
ASKED = ("safe_fix_rate", "org_union_rate", "relief_amount")


@pytest.fixture
def whole(demo_home: Home) -> pandas.DataFrame:
    """Every row of the statement, read plainly."""
    reader = open_reader(demo_home, None, make_scope(load_catalog(), VISITOR))
    return reader.frame((SQL / "figures.sql").read_text("utf-8"), {"first": date(2025, 1, 1), "last": date(2026, 12, 1), "reading": "month"})


def _plain(rows: pandas.DataFrame) -> list[tuple]:
    return [tuple(None if is_missing(v) else v for v in row) for row in rows.itertuples(index=False)]


def _chosen() -> Selection:
    return Selection(LAST, None, None, "month", "420324", "竹溪县")


def _expected(whole: pandas.DataFrame, keys: list[str]) -> pandas.DataFrame:
    rows = whole[whole.indicator.isin(ASKED)]
    return rows.assign(place_in=rows.indicator.map(ASKED.index)).sort_values([*keys, "place_in"], kind="stable").drop(columns="place_in")


def test_a_year_is_read_by_month_and_place_and_then_as_asked_for(whole):
    assert _plain(figures("month", 2026, *ASKED)) == _plain(_expected(whole, ["period", "township_code"]))
    assert figures("month", 2026, "nothing_like_it").empty


def test_a_month_is_read_by_place_with_last_year_beside(whole):
    wanted = _expected(whole, ["period", "township_code"])
    found = figures_of_month(_chosen(), *ASKED)
    assert _plain(found.drop(columns="last_year")) == _plain(wanted[wanted.period == pandas.Timestamp(LAST)])
    assert len(found) > 30


def test_single_rows_are_found_by_place_and_month(whole):
    for code in ASKED:
        rows = {(r.township_code, r.period.date()): r for r in whole[whole.indicator == code].itertuples(index=False)}
        found = {(place, month): row for place, months in histories(_chosen(), code).items() for month, row in months.items()}
        assert set(found) == set(rows)
        for key, row in found.items():
            assert [None if is_missing(v) else v for v in row if not isinstance(v, date)] == [None if is_missing(v) else v for v in rows[key] if not isinstance(v, pandas.Timestamp)]
