"""Every view opens at every level above the township, in that level's words; the way to a place is drawn where there is one to choose."""

from __future__ import annotations

import re

import pytest

from dashboard.shell import HIDDEN, LIVE, PAGES
from pipelines.catalog.load import load_catalog
from pipelines.warehouse.reader import open_reader
from tests.app_test import AppTest
from tests.dashboard.opening import words

VIEWS = [path for group in [*PAGES.values(), HIDDEN] for path, _, _ in group]
PROVINCE, CITY, COUNTY = "99", "9901", "990102"
BELOW = {PROVINCE: ("云川市", "澄江市"), CITY: ("临溪县", "望江县", "白石区"), COUNTY: ("城关镇", "渡口镇", "茶山乡")}


def open_view(path: str, place: str, **query: str) -> AppTest:
    """The view alone, at a place."""
    source = f"from dashboard.cached import PAGE\nfrom dashboard.views import {path}\nwith PAGE:\n    {path}.show()\n"
    app = AppTest.from_string(source, default_timeout=60)
    app.session_state["place_seen"], app.session_state["place_looking"] = place, len(place) < 6
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def open_board(**query: str) -> AppTest:
    """The whole board, as the server runs it."""
    app = AppTest.from_string("from dashboard.shell import show\nshow()\n", default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


@pytest.mark.parametrize(("path", "place"), [
    *((path, CITY) for path in VIEWS if path not in ("upload", "trace")),
    *((path, place) for path in ("overview", "township", "returns", "standards", "explore") for place in (PROVINCE, COUNTY)),
])  # fmt: skip
def test_a_view_opens_at_a_level_and_names_what_lies_below(province_home, path, place):
    app = open_view(path, place)
    assert not app.exception
    assert "finding" in words(app)
    named = words(app) + "".join(option for box in app.selectbox for option in box.options)  # the shell names the place itself
    assert path == "system" or all(name in named for name in BELOW[place])


def test_a_city_is_told_in_a_city_s_words(province_home):
    app = open_view("overview", CITY)
    told = words(app)
    assert "3 个县已报 3 个（下面 9 份月报到了 9 份）" in told and "临溪县" in told
    assert "全县" not in told and "个乡镇" not in told and "各乡镇" not in told
    assert "place=990101" in told  # a county opens one level down


def test_a_county_of_a_province_reads_like_a_county_of_its_own(province_home):
    told = words(open_view("overview", COUNTY))
    assert "3 个乡镇已报 3 个" in told and "渡口镇" in told and "临溪县" not in told


def test_the_city_s_card_is_the_warehouse_s_figure(province_home):
    value = open_reader(province_home).rows("select value from indicator_value where indicator = 'org_union_rate' and township_code = '9901' order by period desc limit 1")[0][0]
    assert f"{float(value) * 100:.1f}" in words(open_view("overview", CITY))


def test_a_city_s_self_check_is_its_counties_added_up(province_home):
    counties = [words(open_view("standards", code)) for code in ("990101", "990102", "990103")]
    told = [[int(n) for n in re.search(r"(\d+) 个工会自评 (\d+) 个八有齐全，核定 (\d+) 个", page).groups()] for page in (words(open_view("standards", CITY)), *counties)]
    assert told[0] == [sum(column) for column in zip(*told[1:], strict=True)]
    assert "点县看下一级，到县一级看逐个工会的理由和依据" in words(open_view("standards", CITY)) and "点乡镇看逐个工会的理由和依据" in counties[0]


def test_a_county_of_a_city_points_down_to_its_unions(province_home):
    app = open_view("standards", CITY, township="白石区")
    assert not app.exception and re.search(r'href="/standards\?[^"]*place=990103[^"]*"[^>]*>白石区的五好八有</a>', words(app))
    assert 'class="board claims"' not in words(app)  # the unions one by one
    tree = load_catalog(overlay=province_home.overlay).places
    assert 'class="board claims"' in words(open_view("standards", COUNTY, township=tree.places[tree.children[COUNTY][0]].name))


def test_a_child_is_chosen_like_a_township(province_home):
    app = open_view("relief", CITY, township="望江县")
    assert not app.exception and app.selectbox(key="township").value == "望江县"


@pytest.mark.parametrize("path", [p for p in VIEWS if p in LIVE and p != "system"])
def test_nobody_acts_above_a_county(province_home, path):
    app = open_view(path, CITY)
    labels = {b.label for b in app.button}
    assert bool(app.exception) == (path == "upload")  # which the shell tells in words
    assert 'class="topline"' in words(app)
    assert not labels & {"记为已催报", "通过", "退回", "保存目标"}


def test_a_figure_of_a_city_opens_down_to_its_counties(province_home):
    told = words(open_view("trace", CITY, indicator="org_unit_total"))
    assert "3 个县合成这个数" in told and "白石区" in told


def test_the_board_has_the_way_to_a_place(province_home):
    told = words(open_board(place=CITY))
    assert 'aria-label="地方"' in told and "青岚省</a>" in told and '<li aria-current="page">云川市</li>' in told
    app = open_board(place="nowhere")
    assert any("没有这个地方" in w.value for w in app.warning)


def test_a_one_county_board_has_no_place_to_choose(demo_home):
    assert 'aria-label="地方"' not in words(open_board())
