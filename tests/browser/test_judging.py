"""五好八有 in a real Chromium: from the county to a township, a trial, points given and taken back, and what eyes and screen readers meet on the township's page."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from pipelines.home import Home
from pipelines.scoring.board import read_board
from pipelines.scoring.words import points_text
from pipelines.warehouse.reader import open_reader
from tests.browser.test_seen import LATIN, SCAN
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
LONGBA, MONTH = "420324107", date(2026, 10, 1)


@pytest.fixture(scope="module")
def served(demo, tmp_path_factory):
    """A demo home of its own, its address, and a Chromium."""
    home = Home(tmp_path_factory.mktemp("scores") / "home")
    shutil.copytree(demo.path, home.path)
    with serving(home, UNION_BOARD_AHEAD="off") as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield home, board.address, chromium
        chromium.close()


def _open(served, path: str, width: int = 1366, scheme: str = "light") -> Page:
    _, address, chromium = served
    page = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, locale="zh-CN").new_page()
    page.set_default_timeout(60000)
    page.goto(f"{address}/{path}")
    page.wait_for_selector("h1.finding")
    settle(page)
    page.wait_for_timeout(700)  # charts draw after the run
    return page


def _score(served, catalog):
    home = served[0]
    return read_board(home, open_reader(home), catalog, MONTH).standing(LONGBA).score


@pytest.mark.parametrize(("width", "scheme"), [(1366, "dark"), (390, "light")])
def test_the_township_s_page_is_chinese_whole_and_open_to_everybody(served, width, scheme):
    page = _open(served, "standards?township=龙坝镇", width, scheme)
    for tab in ("八有六会核定", "一票否决", "乡镇自评", "县总工会评分"):
        page.get_by_role("tab", name=tab).click()
        found = page.evaluate(SCAN)
        assert not set(found["latin"]) - LATIN, tab
        assert not (found["clipped"] or found["outside"] or found["overlapping"]), (tab, found)
    faults = Axe().run(page).response["violations"]
    assert [(f["id"], f["nodes"][0]["html"][:200]) for f in faults if f["impact"] in ("serious", "critical")] == []
    page.context.close()


def test_from_the_county_to_a_township_to_the_rows_behind_a_point(served, catalog):
    page = _open(served, "standards")
    page.locator(".st-key-score_matrix").get_by_role("link", name="龙坝镇").click()
    page.wait_for_selector(".st-key-derivation")
    settle(page)
    score = _score(served, catalog)
    expect(page.locator(".st-key-derivation tr").filter(has_text="合计").last).to_contain_text(points_text(score.total))
    page.locator(".st-key-derivation tr").filter(has_text="建会率").first.locator("a.figure").click()
    page.wait_for_url("**/trace?**")
    expect(page.locator("h1.finding")).to_contain_text("建会率")
    page.context.close()


def test_on_a_phone_the_names_in_the_matrix_stand_on_one_line_and_the_page_is_no_wider_than_the_screen(served):
    page = _open(served, "standards", 390)
    cells = page.locator(".st-key-score_matrix tbody td:first-child")
    short = [box for n, box in enumerate(cells.evaluate_all("(all) => all.map((cell) => [cell.clientWidth, cell.querySelector('a').getClientRects().length])")) if len(cells.nth(n).inner_text()) <= 4]
    assert short and all(width >= 56 and lines == 1 for width, lines in short), short
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_points_are_given_with_a_reason_and_taken_back(served, catalog):
    page = _open(served, "standards?township=龙坝镇")
    before = _score(served, catalog)
    assert page.get_by_role("button", name="保存评分").is_disabled()
    page.get_by_label("考核分").fill("2")
    page.get_by_label("考核分").press("Enter")
    page.get_by_label("依据（乡镇看得到，必填）").first.fill("抽查三户缺签收单")
    page.get_by_label("依据（乡镇看得到，必填）").first.press("Enter")
    settle(page)
    page.get_by_role("button", name="保存评分").click()
    expect(page.get_by_text("“困难职工帮扶”的考核分已保存：2 分。")).to_be_visible(timeout=60000)
    settle(page)
    after = _score(served, catalog)
    assert after.total == before.total - next(x for x in before.lines if x.item.key == "relief").points + 2
    expect(page.locator(".st-key-derivation")).to_contain_text("抽查三户缺签收单")
    page.get_by_role("button", name="撤销这一条").click()
    expect(page.get_by_text("已撤销，之前的分恢复生效。")).to_be_visible(timeout=60000)
    assert _score(served, catalog).total == before.total
    page.context.close()
