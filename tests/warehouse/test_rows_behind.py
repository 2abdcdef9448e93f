"""The rows behind a figure add up to it: every indicator, every township and the county, every reading."""

from __future__ import annotations

import pytest

from pipelines.catalog.reading import READINGS
from pipelines.warehouse.marts import figure_table
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import Scope
from pipelines.warehouse.trace import Place, read_rows, read_totals

FIGURES = """select township_code, period, numerator, denominator, at_least from "{}" where indicator = $indicator and period in (select max(period) from indicator_value
union select min(period) from indicator_value where $reading = 'month') order by all"""


def _published(reader, indicator, reading):
    """(period, township or county) -> (numerator, denominator, at_least)."""
    found = reader.rows(FIGURES.format(figure_table(reading)), {"indicator": indicator.code, "reading": reading})
    return {(period, code): (top, below, bound) for code, period, top, below, bound in found}


def _added_up(reader, catalog, indicator, reading, period):
    """Township -> (sum of the numerator's rows, of the denominator's, whether a lower bound is among them)."""
    place = Place(reading, period, indicator=indicator.code)
    sides = [{t.key: t for t in read_totals(reader, catalog, m, place, "township")} if m else {} for m in (indicator.numerator, indicator.denominator)]
    codes = {code for side in sides for code in side}
    return {code: tuple(side[code].value or 0 if code in side else 0 for side in sides) + (any(s[code].at_least for s in sides if code in s),) for code in codes}


@pytest.mark.parametrize("reading", READINGS)
def test_the_rows_behind_every_figure_add_up_to_it(demo, catalog, reading):
    reader, county, compared = open_reader(demo), catalog.county.code, 0
    for indicator in catalog.indicators:
        published = _published(reader, indicator, reading)
        for period in {period for period, _ in published}:
            added = _added_up(reader, catalog, indicator, reading, period)
            added[county] = (sum(v[0] for v in added.values()), sum(v[1] for v in added.values()), any(v[2] for v in added.values()))
            for (month, code), (top, below, bound) in published.items():
                if month == period:
                    rows = added.get(code, (0, 0, False))
                    assert rows == (top, below or 0, bound), (indicator.code, reading, period, code)
                    compared += 1
    assert compared > 1500


def test_the_unions_of_a_township_and_their_rows_add_up_to_the_township(demo, catalog):
    reader = open_reader(demo)
    period = reader.rows("select max(period) from indicator_value")[0][0]
    for indicator in catalog.indicators:
        for measure in filter(None, (indicator.numerator, indicator.denominator)):
            place = Place("year", period, "420324107")
            unions = read_totals(reader, catalog, measure, place, "union")
            whole = read_totals(reader, catalog, measure, place, "township")
            assert sum(u.value or 0 for u in unions) == sum(t.value or 0 for t in whole)
            for union in unions[:2]:
                rows = read_rows(reader, catalog, measure, Place("year", period, "420324107", union.key))
                assert len(rows) == union.rows
                assert sum(r.value or 0 for r in rows) == (union.value or 0)


def test_a_row_says_file_sheet_cell_version_who_and_when(demo, catalog):
    reader = open_reader(demo)
    period = reader.rows("select max(period) from indicator_value")[0][0]
    rows = read_rows(reader, catalog, catalog.indicator("relief_amount").numerator, Place("month", period, "420324107"))
    assert rows
    for row in rows:
        assert row.file.endswith(".xlsx") and row.sheet == "帮扶救助台账" and row.cell == f"H{row.line}"
        assert (row.version, row.versions) == (1, 1) and row.sent_by and row.sent_at


def test_a_township_s_reader_opens_no_row_of_another(demo, catalog):
    reader = open_reader(demo, scope=Scope("420324107"))
    period = reader.rows("select max(period) from indicator_value")[0][0]
    seen = set()
    for indicator in catalog.indicators:
        for code in (None, "420324103"):
            rows = read_rows(reader, catalog, indicator.numerator, Place("year", period, code, indicator=indicator.code))
            assert {r.township_code for r in rows} <= ({"420324107"} if code is None else set())
            seen |= {r.township_code for r in rows}
    assert seen == {"420324107"}
