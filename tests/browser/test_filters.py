"""Filters and the release go along from page to page in a real Chromium, stand in the address, and one step back is one page back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from pipelines.home import Home
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.review import approve
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.demo_homes import copy_demo
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]


@pytest.fixture(scope="module")
def page(tmp_path_factory, catalog):
    """A page on a board of two releases: as loaded, and with one return approved; `page.address` is the board's."""
    home = Home(tmp_path_factory.mktemp("as_of"))
    copy_demo(home, months=2)
    first = open_reader(home).rows("select max(submission_id) from submission")[0][0]
    approve(home, catalog, [first], "县工会")
    with serving(home) as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN").new_page()
        page.address = board.address
        yield page
        chromium.close()


def _wait(page: Page, title: str) -> dict[str, list[str]]:
    """What the address tells once the page with that title stands still."""
    page.wait_for_function("t => document.querySelector('.topline')?.innerText.startsWith(t)", arg=title, timeout=30000)
    settle(page, 500)
    page.wait_for_timeout(300)
    return parse_qs(urlsplit(page.url).query)


def _go(page: Page, title: str) -> dict[str, list[str]]:
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    return _wait(page, title)


def _shown(page: Page) -> list[str]:
    return [box.input_value() for box in page.locator(".st-key-filters input").all()]


def test_month_and_township_go_along_and_stand_in_the_address(page):
    page.goto(f"{page.address}/?period=2026年9月&township=龙坝镇")
    _wait(page, "总览")
    for title in ("帮扶救助", "安全生产"):
        assert _go(page, title) == {"period": ["2026年9月"], "township": ["龙坝镇"]}
        assert _shown(page)[:2] == ["2026年9月", "龙坝镇"]
    page.locator(".st-key-filters input").nth(1).click()
    page.get_by_role("option", name="全部乡镇").click()
    page.wait_for_function("() => !location.search.includes('township')")
    assert _go(page, "劳动竞赛") == {"period": ["2026年9月"]}
    page.go_back()
    assert _wait(page, "安全生产") == {"period": ["2026年9月"]}
    assert _shown(page)[:2] == ["2026年9月", "全部乡镇"]


def test_an_earlier_release_stays_until_it_is_left(page):
    page.goto(f"{page.address}/?release=000001")
    _wait(page, "总览")
    banner = page.locator(".st-key-as_of")
    assert "不是最新" in banner.inner_text()
    assert _go(page, "安全生产") == {"release": ["000001"]}
    assert "不是最新" in banner.inner_text()
    _go(page, "报送与审核")
    assert "这一页总是最新数据" in banner.inner_text()
    assert "12 个待审" in page.locator("h1.finding").inner_text()
    _go(page, "总览")
    page.get_by_role("button", name="看最新数据").click()
    banner.wait_for(state="detached")
    assert "release" not in page.url


def test_a_release_that_is_not_kept_is_told_and_not_replaced(page):
    page.goto(f"{page.address}/relief?release=000099")
    page.get_by_text("已经不在了").wait_for(timeout=30000)
    assert page.locator(".topline").count() == 0
    page.get_by_role("button", name="看最新数据").click()
    _wait(page, "帮扶救助")
    assert "release" not in page.url


def test_a_view_is_kept_under_a_name_opened_by_its_link_renamed_and_deleted(page):
    page.goto(f"{page.address}/explore?table=帮扶救助台账&township=龙坝镇&by=救助类别&across=月份&aggregate=合计&measure=金额")
    _wait(page, "明细导出")
    told = page.locator("h1.finding").inner_text()
    assert "透视成" in told
    fetched = page.get_by_role("link", name="下载 CSV").get_attribute("href")
    page.get_by_text("保存的视图", exact=True).click()
    page.get_by_label("把现在的筛选和透视存为").fill("龙坝镇救助")
    page.get_by_role("button", name="保存视图").click()
    address = page.get_by_role("link", name="龙坝镇救助", exact=True).get_attribute("href")
    page.goto(f"{page.address}{address}")
    _wait(page, "明细导出")
    assert page.locator("h1.finding").inner_text() == told
    assert page.get_by_role("link", name="下载 CSV").get_attribute("href") == fetched
    assert parse_qs(urlsplit(page.url).query)["by"] == ["救助类别"]
    page.get_by_text("保存的视图", exact=True).click()
    page.get_by_test_id("stPopover").get_by_role("button", name="改名").click()
    page.get_by_label("新名称").fill("龙坝镇救助明细")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="改名").click()
    page.get_by_role("link", name="龙坝镇救助明细").wait_for(timeout=15000)
    page.get_by_test_id("stPopover").get_by_role("button", name="删除").click()
    page.get_by_role("button", name="确定删除").click()
    page.get_by_role("link", name="龙坝镇救助明细").wait_for(state="detached", timeout=15000)
    page.goto(f"{page.address}{address}")
    page.get_by_text("没有这个视图").wait_for(timeout=30000)


def test_a_box_opened_by_its_arrow_stays_open_on_a_slow_machine(page):
    page.goto(f"{page.address}/explore")
    _wait(page, "明细导出")
    page.get_by_text("保存的视图", exact=True).click()
    page.get_by_label("把现在的筛选和透视存为").fill("慢机器")
    page.get_by_role("button", name="保存视图").click()
    button = page.get_by_test_id("stPopoverButton").filter(has_text="改名")
    button.scroll_into_view_if_needed()
    page.evaluate("() => document.body.addEventListener('click', () => { for (const start = Date.now(); Date.now() - start < 200;); })")
    box = button.get_by_test_id("stIconMaterial").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_label("新名称").wait_for(timeout=5000)
    page.wait_for_timeout(300)
    assert page.get_by_label("新名称").is_visible()
