"""The map of the county: its file is read or its fault told; without one every township has a tile of its own; nothing is fetched."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pandas
import pytest
from playwright.sync_api import sync_playwright

from dashboard.components.county_map import map_title, place_tiles
from dashboard.views.overview import _title as matrix_title
from pipelines.catalog.boundaries import find_boundaries
from pipelines.home import Home
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.dashboard.test_views import run_view, words
from tests.serve import serving


def square(code: object, column: float, row: float, key: str = "township_code") -> dict:
    """A township as a square of a tenth of a degree."""
    x, y = 109.5 + column / 10, 32.4 - row / 10
    ring = [[x, y], [x + 0.1, y], [x + 0.1, y - 0.1], [x, y - 0.1], [x, y]]
    return {"type": "Feature", "properties": {key: code}, "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}


def write(home: Home, features: list[dict]) -> None:
    home.overlay.mkdir(parents=True, exist_ok=True)
    (home.overlay / "boundaries.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


def test_a_file_of_boundaries_is_read_by_township_code_whatever_the_key(home, catalog):
    write(home, [square(t.code if n % 2 else int(t.code), *t.tile, key="adcode" if n % 3 else "code") for n, t in enumerate(catalog.county.townships)])
    found = find_boundaries(catalog, home.overlay)
    assert {f["id"] for f in found.shapes["features"]} == {t.code for t in catalog.county.townships} and not found.fault
    assert found.bounds == pytest.approx((109.5, 31.8, 109.9, 32.4))
    assert found.middles["420324103"] == pytest.approx((109.85, 32.35))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "读不懂"), ('{"features": 3}', "读不懂"), ('{"features": [{"geometry": null}]}', "没有本县乡镇的边界"), (json.dumps({"features": [square("999999999", 0, 0)]}), "没有本县乡镇的边界"),
        (json.dumps({"features": [square("420324103", 4000, 0)]}), "坐标用经纬度"), (json.dumps({"features": [square("420324103", 0, 0)]}), "边界文件里没有城关镇、"),
        ('{"features": [{"properties": {"code": "420324103"}, "geometry": {"type": "Polygon", "coordinates": [["a"]]}}]}', "读不懂"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_of_boundaries_is_said(home, catalog, text, fault):
    home.overlay.mkdir(parents=True)
    (home.overlay / "boundaries.geojson").write_text(text, "utf-8")
    assert fault in find_boundaries(catalog, home.overlay).fault


def test_no_file_is_no_fault(home, catalog):
    found = find_boundaries(catalog, home.overlay)
    assert found.shapes is None and not found.fault


def test_every_township_has_a_tile_of_its_own_told_or_not(catalog):
    told = catalog.county.townships
    for townships in (told, tuple(replace(t, tile=()) for t in told), tuple(replace(t, tile=() if n % 2 else t.tile) for n, t in enumerate(told))):
        places = place_tiles(townships)
        assert set(places) == {t.code for t in told} and len(set(places.values())) == len(told)
        assert all(places[t.code] == t.tile for t in townships if t.tile)
        assert max(column for column, _ in places.values()) < 4


def test_the_tiles_are_links_with_light_and_figure(demo_home):
    told = words(run_view("overview"))
    assert told.count('class="tile ') == 15 and "方格是位置示意" in told
    assert "<b>桃源乡</b>" in told.partition('class="tile none')[2]


def test_a_figure_without_a_target_is_not_told_as_no_data(demo_home):
    app = run_view("overview")
    app.selectbox(key="compare").set_value("会员建档率").run()
    told = words(app)
    assert "会员建档率：本期没有设定目标、无数据 2 个" in told and "没有符号：本期没有设定目标" in told
    assert told.count('class="tile bare') == 13 and told.count('class="tile none') == 2
    assert "○ 无数据</span></a>" in told and not re.search(r"○ (≥ )?\d", told)


def test_the_map_counts_each_light_and_figures_without_a_target_apart():
    rows = pandas.DataFrame({"light": ["green", "none", "none", "none"], "value": [0.9, None, 0.5, float("nan")]})
    assert map_title(rows, "建会率") == "建会率：本期没有设定目标 1 个、达标 1 个、无数据 2 个"
    assert map_title(rows[:2], "建会率") == "建会率：达标 1 个、无数据 1 个"


def test_a_year_without_targets_judges_nobody():
    assert matrix_title([(0, 0), (0, 0)], 2024, True) == "2024年没有设定目标，只列数，不评达标"
    assert matrix_title([(0, 0)], 2026, False) == "还没有乡镇报来这些领域的数"
    assert matrix_title([(0, 3), (0, 0)], 2026, True) == "还没有乡镇在所报领域全部达标，1 个没有一项达标"


@pytest.mark.browser
@NEEDS_CHROMIUM
def test_the_map_draws_without_any_request_and_a_click_opens_the_township(demo, tmp_path, catalog):
    home = Home(tmp_path / "home")
    shutil.copytree(demo.path, home.path)
    write(home, [square(t.code, *t.tile) for t in catalog.county.townships])
    with serving(home) as board, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = chromium.new_context(viewport={"width": 1366, "height": 3000}, locale="zh-CN").new_page()
        outside, errors = [], []
        page.on("request", lambda r: outside.append(r.url) if not r.url.startswith((board.address, "data:", "blob:")) else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.goto(board.address)
        canvas = page.locator(".js-plotly-plot .maplibregl-canvas, .js-plotly-plot canvas.mapboxgl-canvas")
        canvas.wait_for(timeout=60000)
        settle(page, 0)
        page.wait_for_timeout(2500)
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
        page.mouse.move(box["x"] + box["width"] / 2 + 20, box["y"] + 60, steps=4)
        page.wait_for_timeout(600)
        page.mouse.click(box["x"] + box["width"] / 2 + 20, box["y"] + 60)
        page.wait_for_function("() => location.pathname === '/township' && location.search.includes('township=')", timeout=30000)
        assert outside == [] and errors == []
        chromium.close()
