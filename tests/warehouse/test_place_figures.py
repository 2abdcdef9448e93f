"""Figures at every level are Σ numerator ÷ Σ denominator of the townships below, and a place's reader shows the place as a county."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from pipelines.access.model import VISITOR, Person
from pipelines.catalog.load import load_catalog
from pipelines.faults import UserError
from pipelines.intake.rebuild import rebuild
from pipelines.warehouse.marts import figures_above
from pipelines.warehouse.place import FIGURES
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope
from pipelines.warehouse.writer import open_writer
from tests.demo_homes import copy_demo

READINGS = ("value", "quarter", "year")


@pytest.fixture(scope="module")
def tree(province):
    """The places of the demo province."""
    return load_catalog(overlay=province.overlay).places


def at(home, place: str | None = None, person: Person = VISITOR, **more):
    """The person's reader of a place."""
    return open_reader(home, scope=make_scope(load_catalog(overlay=home.overlay), person, place=place, **more))


@pytest.mark.parametrize("reading", READINGS)
def test_every_place_s_figure_is_the_sum_over_its_townships(province, tree, reading):
    figures = open_reader(province).rows(f"select township_code, period, indicator, numerator, denominator, value, at_least from indicator_{reading}")
    sums: dict[tuple, list] = defaultdict(lambda: [Decimal(0), None, False])
    for code, period, indicator, above, below, _, bound in figures:
        if tree.places[code].level == "township":
            for place in tree.path(code)[:-1]:
                kept = sums[place.code, period, indicator]
                kept[0] += above
                kept[1] = kept[1] if below is None else (kept[1] or 0) + below
                kept[2] |= bound
    told = {(c, p, i): (above, below, value, bound) for c, p, i, above, below, value, bound in figures if tree.places[c].level != "township"}
    assert told.keys() == sums.keys() and {tree.places[c].level for c, _, _ in told} == {"province", "city", "county"}
    for key, (above, below, value, bound) in told.items():
        assert [above, below, bound] == sums[key]
        ratio = above if below is None else None if below == 0 else round(float(above) / float(below), 6)
        assert value is None if ratio is None else float(value) == pytest.approx(float(ratio), abs=1e-6)


def test_a_place_is_shown_as_a_county_with_its_children_as_townships(province, tree):
    whole = open_reader(province)
    for place in tree.above():
        reader = at(province, place.code)
        assert reader.rows("from county") == [(place.code, place.name)]
        children = tree.children[place.code]
        assert [r[0] for r in reader.rows("select township_code from township order by sort_order")] == children
        for table in FIGURES:
            wanted = whole.rows(f"from {table} where list_contains($codes, township_code) order by all", {"codes": [place.code, *children]})
            assert reader.rows(f"from {table} order by all") == wanted and wanted
        assert {r[0] for r in reader.rows("select distinct township_code from indicator_quarter")} == {place.code, *children}
        rows = whole.rows("select count(*), sum(workers) from register where list_contains($codes, township_code)", {"codes": [p.code for p in tree.below(place.code)]})
        assert reader.rows("select count(*), sum(workers) from register") == rows
        assert {r[0] for r in reader.rows("select distinct township_code from register")} == set(children)
        assert reader.rows("select count(*), count(distinct township_code) from submission_status where period = (select max(period) from submission_status)") == [(len(children),) * 2]


def test_figures_of_the_places_above_are_those_of_no_township(province, tree):
    whole, codes = open_reader(province), {"codes": [place.code for place in tree.above()]}
    for table in FIGURES:
        assert whole.rows(f"from {figures_above(table)} order by all") == whole.rows(f"from {table} where list_contains($codes, township_code) order by all", codes)


def test_a_township_directly_below_a_city_stands_beside_its_counties(home):
    copy_demo(home, months=2, level="province")
    places = home.overlay / "places.csv"
    places.write_text(places.read_text("utf-8").replace("990201100,城关镇,township,990201", "990201100,城关镇,township,9902"), "utf-8")
    with open_writer(home, load_catalog(overlay=home.overlay)):
        pass
    reader, whole = at(home, "9902"), open_reader(home)
    assert {code for (code,) in reader.rows("select township_code from township")} == {"990201", "990201100", "990202"}
    for table in FIGURES:
        shown = whole.rows(f"from {table} where township_code in ('9902', '990201', '990201100', '990202') order by all")
        assert reader.rows(f"from {table} order by all") == shown
    assert {r[0] for r in reader.rows("select distinct township_code from indicator_value")} == {"9902", "990201", "990201100", "990202"}


def test_the_nearest_target_holds(province):
    aims = dict(open_reader(province).rows("select distinct township_code, target from target_month where indicator = 'org_union_rate' and year(period) = 2026"))
    assert {float(aims[c]) for c in ("990102", "990102100", "990102101")} == {0.85}
    assert {float(v) for c, v in aims.items() if not c.startswith("990102")} == {0.9}


def test_an_export_of_a_place_has_every_township_under_its_own_name(province):
    reader = at(province, "9902", export=True, flat=True)
    assert reader.rows("select township_code, township from township order by 1") == [
        ("990201", "松原县"), ("990201100", "城关镇"), ("990201101", "红岩镇"), ("990202", "南屏县"), ("990202100", "南屏镇"), ("990202101", "云台乡")]  # fmt: skip
    assert {r[0] for r in reader.rows("select distinct township_code from indicator_value")} == {"9902", "990201", "990201100", "990201101", "990202", "990202100", "990202101"}
    assert {r[0] for r in reader.rows("select distinct township_code from relief")} == {"990201100", "990201101", "990202100", "990202101"}


@pytest.mark.parametrize("sql", ["from indicator_value", "from indicator_half", "from register", "from register_all", "from submission", "from problem_all", "from form_column", "from measure_value", "from place_township", "from month_state"])
def test_nothing_of_another_place_is_in_a_table(province, sql):
    clerk = Person("干事", "干事", "county_clerk", place_code="990201")
    own = {r[0] for r in open_reader(province).rows("select submission_id from submission where township_code like '990201%'")}
    frame = at(province, person=clerk).frame(sql)
    if "township_code" in frame:
        assert len(frame) and {str(c)[:6] for c in frame.township_code} == {"990201"}
    else:
        assert set(frame.submission_id) <= own


@pytest.mark.parametrize("place", ["99", "9901", "990102", "990201100", "none", "", "'; drop table county"])
def test_a_place_outside_the_account_s_is_refused(province, place):
    with pytest.raises(UserError, match="没有这个地方"):
        at(province, place, Person("干事", "干事", "county_clerk", place_code="9902"))


def test_a_township_clerk_sees_the_own_township_in_the_own_county(province):
    reader = at(province, person=Person("甲", "甲", "township_clerk", "990101100"))
    assert reader.rows("from county") == [("990101", "临溪县")]
    assert {r[0] for table in ("township", "indicator_value", "register", "submission_status") for r in reader.rows(f"select township_code from {table}")} == {"990101100"}


def test_a_one_county_home_has_no_place_to_scope(demo):
    catalog = load_catalog(overlay=demo.overlay)
    assert [(s.place, s.flat) for s in (make_scope(catalog, VISITOR), make_scope(catalog, VISITOR, export=True, flat=True))] == [(None, False)] * 2
    assert open_reader(demo).rows("select place_code, level, parent_code from place") == [("420324", "county", "")]


def test_a_rebuilt_province_is_the_same(home):
    copy_demo(home, months=2, level="province")
    told = "select * from indicator_value order by all"
    before = open_reader(home).rows(told)
    rebuild(home)
    assert open_reader(home).rows(told) == before
