"""Quarter, half-year, year and statistical year are the months' figures added up, and a year's target is asked for month by month."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from pipelines.catalog.reading import READINGS, span_months
from pipelines.warehouse.marts import figure_table
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import Scope

FIGURES = """select f.indicator, f.township_code, f.period, f.numerator from "{}" as f join indicator as i using (indicator)
where i.kind = '{}' order by all"""


@pytest.mark.parametrize("reading", READINGS)
def test_flows_are_added_up_over_the_span_and_stocks_are_the_month_s(demo, reading):
    reader = open_reader(demo)
    months = defaultdict(Decimal)
    for indicator, place, period, value in reader.rows(FIGURES.format("indicator_value", "flow")):
        months[indicator, place, period] += value
    flows = reader.rows(FIGURES.format(figure_table(reading), "flow"))
    assert len(flows) > 500
    for indicator, place, period, value in flows:
        assert value == sum(months[indicator, place, month] for month in span_months(reading, period)), (indicator, place, period)
    assert reader.rows(FIGURES.format(figure_table(reading), "stock")) == reader.rows(FIGURES.format("indicator_value", "stock"))


@pytest.mark.parametrize("reading", READINGS)
def test_a_township_s_reader_sees_no_other_place_in_any_reading(demo, reading):
    reader = open_reader(demo, scope=Scope("420324107"))
    assert reader.rows(f'select distinct township_code from "{figure_table(reading)}"') == [("420324107",)]


def test_a_year_s_target_is_asked_for_by_the_months_gone_by(demo):
    rows = open_reader(demo).rows(
        "select month(period), value, target, pace, light from indicator_year where indicator = 'cult_event' and township_code = '420324107' order by period"
    )
    assert rows
    for month, value, target, pace, light in rows:
        assert float(pace) == pytest.approx(float(target) * month / 12)
        assert (light == "green") == (value >= pace)
    assert open_reader(demo).rows("select count(pace) from indicator_value") == [(0,)]
