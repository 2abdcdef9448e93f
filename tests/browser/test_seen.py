"""What eyes and screen readers meet on every view: no serious fault that axe knows, no foreign word, no blank after a full-width sign, nothing clipped, overlapping or beside the page."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from dashboard.shell import HIDDEN, PAGES
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, arrive, wait_for_charts
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
VIEWS = [path for group in [*PAGES.values(), HIDDEN] for path, _, _ in group]
SCAN = Path(__file__).with_name("scan.js").read_text()
KINDS = ("latin", "gapped", "clipped", "outside", "overlapping")
STANDS = """(width) => {
    const menu = document.querySelector('[data-testid=stSidebar]'), phone = width < 768;
    return innerWidth === width && menu.dataset.collapsed === String(phone) && (menu.getBoundingClientRect().right <= 0) === phone && !document.getAnimations().length;
}"""
LATIN = {"CSV", "XLSX", "Parquet", "WPS", "Excel", "Word", "MB"}  # names of formats and programs that Chinese offices write so


@pytest.fixture(scope="module")
def opened(demo):
    """Opens a view once for all widths."""
    with serving(demo, UNION_BOARD_AHEAD="off") as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(locale="zh-CN").new_page()

        def look(path: str) -> Page:
            page.set_viewport_size({"width": 1366, "height": 844})
            arrive(page, f"{board.address}/{'' if path == 'overview' else path}")
            return page

        yield look
        chromium.close()


def _turn(page: Page, width: int, scheme: str) -> None:
    """As on a screen of that width; waits until the page stands: charts drawn anew, nothing moving, and the menu of a phone put away, as it puts itself."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 1080 if width == 1920 else 844})
    page.wait_for_function(STANDS, arg=width, timeout=15000)
    wait_for_charts(page)


def _scan(page: Page) -> dict[str, list]:
    """What the scan finds and finds again for three seconds: a chart that is still being drawn for another width stands cut off for a moment."""
    end = time.monotonic() + 3
    while True:
        found = page.evaluate(SCAN)
        found["latin"] = sorted(set(found["latin"]) - LATIN)
        if not any(found[kind] for kind in KINDS) or time.monotonic() > end:
            return found
        page.wait_for_timeout(100)


def _serious(page: Page) -> list[tuple]:
    faults = Axe().run(page).response["violations"]
    return [(f["id"], f["nodes"][0]["html"][:200], f["nodes"][0].get("failureSummary")) for f in faults if f["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_is_chinese_whole_within_its_page_and_without_serious_faults(opened, path):
    page, faults = opened(path), {}
    for width, scheme in ((1920, "dark"), (1366, "light"), (390, "dark")):
        _turn(page, width, scheme)
        found = _scan(page)
        faults |= {(width, scheme, kind): found[kind] for kind in KINDS if found[kind]}
        if serious := _serious(page):
            faults[width, scheme, "axe"] = serious
    assert faults == {}


def test_the_scan_finds_what_it_looks_for(opened):
    page = opened("overview")
    _turn(page, 1366, "light")
    page.evaluate("""() => document.querySelector('[data-testid=stMainBlockContainer]').insertAdjacentHTML('afterbegin', `
        <div>Settings</div><div>没有收下： 这种文件</div><div style="width:40px;overflow:hidden;white-space:nowrap">被截断的一长句话在这里</div>
        <div style="position:relative;height:30px"><span style="position:absolute;left:0">甲乙丙丁</span><span style="position:absolute;left:10px">戊己庚辛</span></div>
        <div style="position:absolute;left:1300px;width:200px;white-space:nowrap">伸到页面外面去的字</div><img src="data:," width="20" height="20">`)""")
    found = page.evaluate(SCAN)
    assert "Settings" in found["latin"] and any("被截断" in t for t in found["clipped"]) and any("伸到" in t for t in found["outside"])
    assert any("甲乙丙丁" in t for t in found["overlapping"]) and any("没有收下" in t for t in found["gapped"])
    assert "image-alt" in {f["id"] for f in Axe().run(page).response["violations"]}


def test_a_place_with_a_long_name_leaves_the_matrix_within_its_column(opened):
    page = opened("overview")
    _turn(page, 1366, "light")
    widths = page.evaluate("""() => {
        const matrix = document.querySelector('.scroll'), names = [...matrix.querySelectorAll('td:first-child a')];
        for (const name of names) name.textContent = '阿坝藏族羌族自治州';
        return [names.length, matrix.scrollWidth - matrix.clientWidth];
    }""")
    assert widths[0] and widths[1] == 0
