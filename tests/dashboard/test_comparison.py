"""Townships are compared fairly: ranks recomputed by hand, groups of like size, small denominators and missing figures apart, ranks moved by own doing only."""

from __future__ import annotations

import shutil
import statistics
from datetime import date

import pytest

from dashboard.cached import SQL
from dashboard.comparison import compare_townships, list_comparable
from dashboard.components.comparison import comparison_title
from dashboard.selection import Selection
from pipelines.access.model import Person
from pipelines.catalog.period import shift_period
from pipelines.home import Home
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope
from tests.dashboard.test_views import run_view, words

LAST = date(2026, 10, 1)


def county(period: date = LAST) -> Selection:
    return Selection(period, None, None, "month", "420324", "竹溪县")


def _figures(home: Home, indicator: str, period: date) -> dict[str, tuple[float, float]]:
    rows = open_reader(home).rows(
        "select township, value, denominator from indicator_value join township using (township_code) where indicator = $i and period = $p and value is not null",
        {"i": indicator, "p": period},
    )
    return {name: (float(value), float(below)) for name, value, below in rows}


def _places(values: dict[str, float]) -> dict[str, int]:
    return {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}


@pytest.mark.parametrize(("indicator", "least"), [("org_union_rate", 10), ("safe_fix_rate", 5), ("mem_rate_units", 10)])
@pytest.mark.parametrize("period", [LAST, shift_period(LAST, -1)])
def test_ranks_medians_and_moves_are_those_counted_by_hand(demo_home, indicator, least, period):
    rows = compare_townships(county(period), indicator).set_index("township")
    now, before = _figures(demo_home, indicator, period), _figures(demo_home, indicator, shift_period(period, -1))
    fit = {n: v for n, (v, below) in now.items() if below >= least}
    assert {n: int(r) for n, r in rows["rank"].dropna().items()} == _places(fit)
    twice = {n: v for n, v in fit.items() if n in before and before[n][1] >= least}
    moves = {n: _places({m: before[m][0] for m in twice})[n] - place for n, place in _places(twice).items()}
    assert {n: int(m) for n, m in rows.moved.dropna().items()} == moves
    for _, group in rows[rows.standing == "ranked"].groupby("peers"):
        assert float(group.peer_median.iloc[0]) == pytest.approx(statistics.median(fit[n] for n in group.index), abs=1e-6)
        assert dict(group.peer_rank) == _places({n: fit[n] for n in group.index})


def test_nobody_looks_bad_for_being_small_or_for_missing(demo_home):
    rows = compare_townships(county(), "safe_fix_rate")
    figures = _figures(demo_home, "safe_fix_rate", LAST)
    small = {n for n, (_, below) in figures.items() if below < 5}
    missing = {"桃源乡", "向坝乡"}
    assert set(rows[rows.standing == "small"].township) == small and missing <= set(rows[rows.standing == "none"].township)
    assert rows[rows.standing != "ranked"][["rank", "peer_rank", "moved"]].isna().all().all()
    assert rows.ranked.dropna().unique().tolist() == [len(figures) - len(small)]
    assert rows.standing.tolist() == sorted(rows.standing, key=("ranked", "small", "none").index)


def test_groups_are_thirds_by_workers_and_a_missing_township_stays_in_its_own(demo_home):
    rows = compare_townships(county(), "org_union_rate")
    assert rows.peers.value_counts().to_dict() == {"职工较多": 5, "职工居中": 5, "职工较少": 5}
    bounds = rows.groupby("peers").workers.agg(["min", "max"])
    assert bounds.loc["职工较多", "min"] >= bounds.loc["职工居中", "max"] and bounds.loc["职工居中", "min"] >= bounds.loc["职工较少", "max"]
    before = compare_townships(county(shift_period(LAST, -1)), "org_union_rate").set_index("township").peers
    assert rows.set_index("township").peers[["桃源乡", "向坝乡"]].equals(before[["桃源乡", "向坝乡"]])


def test_the_county_s_own_groups_and_thresholds_are_data(demo, tmp_path, monkeypatch):
    home = Home(tmp_path / "home")
    shutil.copytree(demo.path, home.path)
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    home.overlay.mkdir(exist_ok=True)
    own = '[[group]]\nname = "沿河乡镇"\ntownships = ["420324103", "420324104"]\n'
    (home.overlay / "peers.toml").write_text(f'size = "mem_worker_total"\ngroups = ["一组"]\nleast = 35\n{own}', "utf-8")
    rows = compare_townships(county(), "org_union_rate").set_index("township")
    assert rows.peers[["水坪镇", "县河镇", "城关镇"]].tolist() == ["沿河乡镇", "沿河乡镇", "未分组"]
    assert rows.peer_ranked["水坪镇"] == 2 and rows.standing["兵营镇"] == "small"


def test_only_rates_are_ranked_and_the_title_names_the_first_and_who_won_most(demo_home, catalog):
    assert all(i.unit == "%" and i.direction != "none" for i in list_comparable()) and list_comparable()[0].code == "org_union_rate"
    rows = compare_townships(county(), "org_union_rate")
    title = comparison_title(rows, catalog.indicator("org_union_rate"), "较上月")
    ranked = rows[rows["rank"].notna()]
    assert title.startswith(f"建会率排第一的是{ranked.township.iloc[0]}")
    gains = (ranked.value - ranked.value_before).astype(float)
    assert gains.max() > 0 and f"进步最大的是{ranked.township[gains.idxmax()]}，{gains.max() * 100:.1f} 个百分点" in title


def test_a_township_clerk_gets_the_own_line_without_a_rank(demo_home, catalog):
    scope = make_scope(catalog, Person("x", "x", "township_clerk", "420324107"))
    told = {"indicator": "org_union_rate", "reading": "month", "period": LAST, "before": shift_period(LAST, -1), "year_ago": shift_period(LAST, -12), "least": 10,
            "size": "mem_worker_total", "groups": 3, "names": "大,中,小", "own": ""}  # fmt: skip
    rows = open_reader(demo_home, scope=scope).frame((SQL / "comparison.sql").read_text("utf-8"), told)
    assert rows.township.tolist() == ["龙坝镇"]
    assert comparison_title(rows, catalog.indicator("org_union_rate"), "较上月").startswith(f"龙坝镇建会率 {float(rows.value[0]) * 100:.1f}%，较上月")


def test_the_overview_shows_both_rankings_with_the_unranked_apart(demo_home):
    app = run_view("overview")
    assert "名次变化" in words(app) and "不排名：没有报送或分母为 0 的无数据" in words(app)
    app.selectbox(key="compare").set_value("隐患整改率").run()
    assert "分母小于 5 的只列数" in words(app)
    app.segmented_control(key="compare_way").set_value("同类排名").run()
    assert not app.exception and "职工居中：5 个乡镇，职工 " in words(app)
    app.selectbox(key="township").set_value("桃源乡").run()
    assert not app.exception
