"""From the overview's card to the cell in at most four clicks and back; from a chart's point; and the address holds the way."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Page, sync_playwright

from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, rest_on, settle
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
FINDING = "document.querySelector('h1.finding')?.innerText"


@pytest.fixture(scope="module")
def opened(demo):
    """A page of a real Chromium on a real server, and the errors that its console told."""
    with serving(demo) as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
        errors: list[str] = []
        page.on("pageerror", lambda e: errors.append(str(e)))
        yield board.address, page, errors
        chromium.close()


def _wait(page: Page, other_than: str = "") -> str:
    """The page's sentence, once it is another one and the run is over."""
    page.wait_for_function(f"old => {FINDING} && {FINDING} !== old", arg=other_than, timeout=60000)
    settle(page, 0)
    return page.evaluate(FINDING)


def _click(page: Page, what: str) -> str:
    before = page.evaluate(FINDING)
    page.locator(what).first.click()
    return _wait(page, before)


def _asked(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_card_of_the_overview_opens_to_the_cell_in_four_clicks_and_back_again(opened, tmp_path):
    address, page, errors = opened
    page.goto(address)
    told = [_wait(page)]
    for what in ('.card:has-text("救助金额") a.figure', "table.board a.figure", "table.board a.figure"):
        told.append(_click(page, what))
    assert urlsplit(page.url).path == "/trace" and {"indicator", "township", "union"} <= set(_asked(page))
    row = page.locator("table.board tbody tr").first.locator("td")
    cell, shown, sheet = (row.nth(n).inner_text() for n in (0, 1, 3))
    with page.expect_download() as fetched:  # the fourth click: the file itself
        row.nth(4).locator("a").click()
    fetched.value.save_as(tmp_path / "original.xlsx")
    value = openpyxl.load_workbook(tmp_path / "original.xlsx", data_only=True)[sheet][cell].value
    assert float(value) == float(shown.replace(",", ""))
    for n in (2, 1, 0):
        page.go_back()
        assert _wait(page, told[n + 1]) == told[n]
    assert urlsplit(page.url).path == "/" and errors == []


def test_the_way_is_in_the_address_and_the_steps_above_lead_back_up(opened):
    address, page, _ = opened
    page.goto(f"{address}/trace?indicator=org_union_rate&township=龙坝镇")
    county = "全县建会率"
    assert "龙坝镇建会率" in _wait(page)
    steps = page.locator("nav.crumbs li")
    assert [s.strip() for s in steps.all_inner_texts()] == ["总览", "组织与会员", "建会率", "龙坝镇"]
    assert county in _click(page, 'nav.crumbs a:text-is("建会率")')
    assert "township" not in _asked(page)
    _click(page, 'nav.crumbs a:text-is("组织与会员")')
    assert urlsplit(page.url).path == "/coverage"


def test_a_click_on_a_bar_opens_that_township(opened):
    address, page, errors = opened
    page.goto(f"{address}/coverage")
    before = _wait(page)
    bar = page.locator(".js-plotly-plot .bars .point path").first
    page.mouse.click(*rest_on(page, bar))  # nobody clicks before the hand has come to rest
    told = _wait(page, before)
    assert re.search(rf"{_asked(page)['township']}建会率", told) and "相加" in told
    page.go_back()
    assert _wait(page, told) == before and errors == []
