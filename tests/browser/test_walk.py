"""One walk through every view in a real Chromium: no word in the console, no request off the machine; and a real upload."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from dashboard.shell import PAGES
from pipelines.home import Home
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM
from tests.demo_homes import copy_demo
from tests.intake.samples import build_sample, list_samples, read_sample
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
TITLES = [title for group in PAGES.values() for _, title, _ in group]


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """Home and address of a real server on a demo home of its own."""
    home = Home(tmp_path_factory.mktemp("board"))
    copy_demo(home, months=2)
    with serving(home) as running:
        yield home, running.address


@pytest.fixture(scope="module")
def browser():
    """A real Chromium that calls nobody."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark")])
def test_every_view_is_quiet_and_stays_on_the_machine(board, browser, width, scheme):
    _, address = board
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    errors, outside = [], []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("request", lambda r: outside.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None)
    page.goto(address)
    for title in TITLES:
        page.wait_for_selector("[data-testid=stSidebarNav]", state="attached")
        link = page.get_by_test_id("stSidebarNavLink").filter(has_text=title)
        if title != TITLES[0]:
            _open_menu(page, link)
            link.click()
        page.wait_for_function("t => document.querySelector('.topline')?.innerText.startsWith(t)", arg=title, timeout=30000)
        page.wait_for_selector("h1.finding", timeout=30000)
        assert page.locator("[data-testid=stAlert]").count() == 0, title
        assert page.evaluate("document.documentElement.scrollWidth") <= width + 1, title
    page.wait_for_timeout(500)
    assert errors == []
    assert outside == []


def _open_menu(page, link) -> None:
    """On a phone the menu is folded away; it may still be folding from the last choice."""
    box = None
    for _ in range(20):
        before, box = box, link.bounding_box()
        if box and box["x"] >= 0 and box == before:  # it stands
            return
        button = page.get_by_test_id("stExpandSidebarButton")
        if button.count():
            button.click()
        page.wait_for_timeout(400)


def test_a_clerk_uploads_a_wrong_file_then_the_right_one(board, browser, catalog):
    home, address = board
    page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
    page.goto(f"{address}/upload")
    wrong = next(home.demo.rglob("*初稿.xlsx"))
    page.locator("input[type=file]").set_input_files(wrong)
    page.wait_for_selector("text=必须修改 4 处", timeout=30000)
    assert "H4" in page.locator(".problem.error").first.inner_text()
    assert page.get_by_role("button", name="提交审核").count() == 0
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载标注好的表格").click()
    assert marked.value.suggested_filename == f"{wrong.stem}-核对.xlsx"
    page.reload()
    right = _rewrite_a_return(home, catalog)
    page.locator("input[type=file]").set_input_files(right)
    button = page.get_by_role("button", name="提交审核")
    button.wait_for(timeout=30000)
    if button.is_disabled():
        page.get_by_text("我已核对上面的提示").click()
    button.click()
    page.wait_for_selector("text=000001 → 000002", timeout=60000)
    page.get_by_text("我确定要撤销").click()
    page.get_by_role("button", name="撤销这次入库").click()
    page.wait_for_selector("text=已撤销", timeout=60000)
    assert (home.releases / "CURRENT").read_text() == "000003"


def test_a_file_with_no_form_is_told_so_and_offers_no_copy_to_mark(board, browser, tmp_path):
    _, address = board
    file = tmp_path / "龙坝镇2026年3月.xlsx"
    file.write_bytes(b"no workbook")
    page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
    page.goto(f"{address}/upload")
    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_selector("text=没有读到任何一张月报的表", timeout=30000)
    page.wait_for_selector("text=必须修改 1 处", timeout=30000)
    assert page.get_by_text("（没有找到）").count() == 0
    assert page.get_by_role("link", name="下载标注好的表格").count() == 0


def test_an_unknown_header_is_asked_once_and_remembered(board, browser, tmp_path):
    _, address = board
    sample = next(p for p in list_samples() if p.stem.endswith("像是某列"))
    file = tmp_path / "龙坝镇2026年3月.xlsx"
    file.write_bytes(build_sample(read_sample(sample)))
    page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
    page.goto(f"{address}/upload")
    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_selector("text=的“救助对象类别”是", timeout=30000)
    page.get_by_role("button", name="记住并重新读取").click()
    page.wait_for_selector("text=没有必须修改的地方", timeout=30000)
    page.wait_for_selector("text=记住的列标题", timeout=30000)
    assert "救助对象类别" in page.locator("table.board").last.inner_text()


def _rewrite_a_return(home: Home, catalog) -> Path:
    """The last month of a township that has not reported it."""
    from pipelines.catalog.names import find_township
    from pipelines.catalog.period import parse_period
    from pipelines.reports.prefill import read_stock_rows
    from pipelines.reports.template import write_template
    from pipelines.warehouse.reader import open_reader

    township, period = find_township(catalog, "向坝乡"), parse_period("2026-10")
    rows = read_stock_rows(open_reader(home), catalog, township.code, period)
    return write_template(home.path / "向坝乡2026年10月工会月报.xlsx", catalog, township, period, rows)
