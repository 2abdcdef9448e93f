"""乡镇画像 says what SQL says: areas met, the rank among those who reported, and nothing about others to a single township."""

from __future__ import annotations

import re
from fractions import Fraction
from statistics import median

import pytest

from dashboard.cached import find_board, find_catalog
from dashboard.selection import Selection
from dashboard.views.township import read_figures
from pipelines.catalog.period import parse_period
from pipelines.scoring.words import points_text
from pipelines.warehouse.reader import open_reader
from tests.dashboard.test_findings import ABSENT, LAST, finding
from tests.dashboard.test_views import run_view, words

COUNTY = "420324"


def figures(home, indicator: str, period: str) -> dict[str, Fraction]:
    """Township -> the exact rate of the month."""
    sql = """select township, numerator, denominator from indicator_value join township using (township_code)
        where indicator = $indicator and strftime(period, '%Y-%m') = $period and denominator > 0"""
    return {name: Fraction(above) / Fraction(below) for name, above, below in open_reader(home).rows(sql, {"indicator": indicator, "period": period})}


@pytest.mark.parametrize(("period", "township"), [("2026-08", "水坪镇"), ("2026-09", ABSENT), (LAST, "中峰镇"), (LAST, "县河镇")])
def test_the_sentence_counts_the_areas_and_ranks_the_township(demo_home, catalog, period, township):
    said = finding("township", period, township)
    areas = ",".join(a.indicator for a in catalog.overview.areas)
    sql = """select count(*) filter (where light = 'green'), count(*) from indicator_value join township using (township_code)
        where township = $place and strftime(period, '%Y-%m') = $period and light <> 'none' and list_contains(string_split($areas, ','), indicator)"""
    met, judged = open_reader(demo_home).rows(sql, {"place": township, "period": period, "areas": areas})[0]
    assert f"{judged} 个领域中 {met} 个达标" in said
    rates = figures(demo_home, "org_union_rate", period)
    rank = 1 + sum(rate > rates[township] for rate in rates.values())
    assert f"建会率 {float(rates[township]) * 100:.1f}%，在 {len(rates)} 个乡镇中列第 {rank}" in said


def test_a_township_that_has_not_reported_is_told_so(demo_home):
    assert finding("township", LAST, ABSENT) == f"{ABSENT}10月还没有报送月报"


def test_without_a_township_the_best_and_the_worst_are_named(demo_home, catalog):
    sql = """select township, count(*) filter (where light = 'green') as met, count(*) as judged from indicator_value join township using (township_code)
        where strftime(period, '%Y-%m') = $period and light <> 'none' and list_contains(string_split($areas, ','), indicator) group by township"""
    rows = open_reader(demo_home).rows(sql, {"period": LAST, "areas": ",".join(a.indicator for a in catalog.overview.areas)})
    shares = sorted((met / judged, name, f"{name}（{met}/{judged}）") for name, met, judged in rows)
    said = finding("township", LAST, None)
    best, worst = said.partition("最少的是")[0], said.partition("最少的是")[2]
    assert any(words in best for share, _, words in shares if share == shares[-1][0])
    assert worst in [words for share, _, words in shares if share == shares[0][0]]


def test_every_rank_and_median_is_that_of_the_rates_over_large_denominators(demo_home):
    chosen = Selection(parse_period(LAST), "420324104", "县河镇", "month", COUNTY, "竹溪县")
    rows, others, _ = read_figures(chosen)
    peers, compared = find_catalog().peers, 0
    sql = """select t.township, v.value, coalesce(v.denominator, 1e9) from indicator_value as v join township as t using (township_code)
        where indicator = $indicator and strftime(period, '%Y-%m') = '2026-10' and value is not null"""
    for row in rows[rows.kind == "ratio"].itertuples():
        told = {name: value for name, value, below in open_reader(demo_home).rows(sql, {"indicator": row.indicator}) if below >= peers.least_for(row.indicator)}
        if "县河镇" not in told:
            assert row.ranked == 0
            continue
        assert row.ranked == len(told)
        assert float(row.county_median) == pytest.approx(_median(told.values()), abs=1e-6)
        assert float(row.peer_median) == pytest.approx(_median([v for n, v in told.items() if n in (*others, "县河镇")]), abs=1e-6)
        if row.direction != "none":
            better = sum(v > told["县河镇"] if row.direction == "up" else v < told["县河镇"] for v in told.values())
            assert row.place == 1 + better
            compared += 1
    assert compared > 15
    assert set(rows[rows.kind != "ratio"].place.dropna()) == set()  # sums would rank by size


def _median(values) -> float:
    return float(median(values))


def test_the_score_on_the_page_is_that_of_the_board(demo_home):
    app = run_view("township")
    app.selectbox(key="township").set_value("水坪镇").run()
    standing = find_board(Selection(parse_period(LAST), None, None, "month", "420324", "竹溪县")).standing("420324103")
    assert not app.exception
    assert f"{points_text(standing.score.total)} 分，第 {standing.rank}，" in words(app)


def test_the_system_page_says_whether_the_catalogue_has_faults(demo_home):
    app = run_view("system")
    app.segmented_control(key="part").set_value("指标目录").run()
    assert not app.exception
    assert "指标目录没有错误" in words(app) and f"{len(find_catalog().indicators)}" in words(app)


def test_the_record_on_the_system_page_speaks_no_codes(demo_home):
    app = run_view("system")
    app.segmented_control(key="part").set_value("操作记录").run()
    assert not app.exception
    assert "评分记录 00" in words(app) and "建会率 " in words(app)
    assert not re.search(r"union_rate|scoring/|decisions/", words(app))
