"""Generated homes: the same again from the same seed, with gaps as in life, and read by the product like any other."""

from __future__ import annotations

import pytest

from benchmarks.divisions import SIZES, list_places
from benchmarks.generate import generate
from pipelines.home import Home
from pipelines.warehouse.reader import open_reader


@pytest.fixture(scope="module")
def tiny(demo, tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("tiny"))
    generate(home, SIZES["tiny"], demo)
    return home


def test_figures_are_reported_late_missing_and_within_their_bounds(tiny):
    reader = open_reader(tiny)
    states = dict(reader.rows("select status, count(*) from submission_status group by 1"))
    assert sum(states.values()) == 45 and states["on_time"] > 30
    assert reader.rows("select count(*) from indicator_value join indicator using (indicator) where unit = '%' and value > 1") == [(0,)]
    assert reader.rows("select count(distinct township_code) from indicator_value where indicator = 'org_union_rate'") == [(16,)]
    assert len(list(tiny.receipts.glob("*.json"))) == reader.rows("select count(*) from submission")[0][0]


def test_rows_stand_under_the_township_and_month_that_sent_them(tiny):
    wrong = "select count(*) from {} as r left join submission as s using (submission_id) where (s.township_code, s.period) is distinct from (r.township_code, r.period)"
    assert all(open_reader(tiny).rows(wrong.format(form)) == [(0,)] for form in ("relief", "register", "safety"))
    assert open_reader(tiny).rows("select count(*) from relief")[0][0] > 100


def test_the_same_seed_gives_the_same_home(tiny, demo, tmp_path):
    again, other = Home(tmp_path / "again"), Home(tmp_path / "other")
    generate(again, SIZES["tiny"], demo, receipts=False)
    generate(other, SIZES["tiny"], demo, seed=8, receipts=False)
    figures = [open_reader(h).rows("select * from measure_value order by all") for h in (tiny, again, other)]
    assert figures[0] == figures[1] != figures[2]


def test_the_country_is_the_whole_list_of_divisions_in_one_tree():
    places = list_places(SIZES["country"])
    known = {code: level for code, _, level, _ in places}
    assert len(known) == len(places) and sum(level == "township" for level in known.values()) == 41_352
    seen: set[str] = set()
    for code, _, _, parent in places:
        assert parent in seen or not parent
        seen.add(code)
    assert 3_000 < sum(level == "township" for _, _, level, _ in list_places(SIZES["province"])) < 3_200
