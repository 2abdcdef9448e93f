"""What eyes and screen readers meet on every view: no serious fault that axe knows, no foreign word, nothing clipped, overlapping or beside the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from dashboard.shell import HIDDEN, PAGES
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
VIEWS = [path for group in [*PAGES.values(), HIDDEN] for path, _, _ in group]
SCAN = Path(__file__).with_name("scan.js").read_text()
LATIN = {"CSV", "XLSX", "Parquet", "WPS", "Excel", "Word", "MB"}  # names of formats and programs that Chinese offices write so


@pytest.fixture(scope="module")
def seen(demo):
    """The page of a width and a colour scheme, made once, and the board's address."""
    with serving(demo) as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        pages: dict[tuple, Page] = {}

        def look(path: str, width: int, scheme: str) -> Page:
            size = {"width": width, "height": 1080 if width == 1920 else 844}
            page = pages.setdefault((width, scheme), chromium.new_context(viewport=size, color_scheme=scheme, locale="zh-CN").new_page())
            page.goto(f"{board.address}/{'' if path == 'overview' else path}")
            page.wait_for_selector("h1.finding", timeout=60000)
            settle(page)
            page.wait_for_timeout(700)  # charts draw after the run
            return page

        yield look
        chromium.close()


def _serious(page: Page) -> list[tuple]:
    faults = Axe().run(page).response["violations"]
    return [(f["id"], f["nodes"][0]["html"][:200], f["nodes"][0].get("failureSummary")) for f in faults if f["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize(("width", "scheme"), [(1920, "dark"), (1366, "light"), (390, "dark")])
def test_a_view_is_chinese_whole_within_its_page_and_without_serious_faults(seen, path, width, scheme):
    page = seen(path, width, scheme)
    found = page.evaluate(SCAN)
    assert not set(found["latin"]) - LATIN
    assert not found["clipped"]
    assert not found["outside"]
    assert not found["overlapping"]
    assert _serious(page) == []


def test_the_scan_finds_what_it_looks_for(seen):
    page = seen("overview", 1366, "light")
    page.evaluate("""() => document.querySelector('[data-testid=stMainBlockContainer]').insertAdjacentHTML('afterbegin', `
        <div>Settings</div><div style="width:40px;overflow:hidden;white-space:nowrap">被截断的一长句话在这里</div>
        <div style="position:relative;height:30px"><span style="position:absolute;left:0">甲乙丙丁</span><span style="position:absolute;left:10px">戊己庚辛</span></div>
        <div style="position:absolute;left:1300px;width:200px;white-space:nowrap">伸到页面外面去的字</div><img src="data:," width="20" height="20">`)""")
    found = page.evaluate(SCAN)
    assert "Settings" in found["latin"] and any("被截断" in t for t in found["clipped"]) and any("伸到" in t for t in found["outside"])
    assert any("甲乙丙丁" in t for t in found["overlapping"])
    assert "image-alt" in {f["id"] for f in Axe().run(page).response["violations"]}
