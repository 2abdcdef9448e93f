"""On paper and on the wall in a real Chromium: A4 pages without the menu, and 值守模式 that turns pages and shows a new release by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, sync_playwright

from dashboard.watch import LONGEST, SHORTEST, USUAL, read_wish, watched_views
from pipelines.access.model import Person
from pipelines.home import Home
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.review import approve
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.demo_homes import copy_demo
from tests.serve import serving

browser = NEEDS_CHROMIUM
pytestmark = [pytest.mark.browser]
A4 = {"width": 1047, "height": 718}  # what is left of a page on its side at 96 dots an inch
BESIDE = """() => [...document.querySelectorAll('[data-testid=stMainBlockContainer] *')].filter(e => e.checkVisibility() && e.innerText?.trim() && !e.closest('svg'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 2).map(e => e.innerText.slice(0, 30))"""


@pytest.fixture(scope="module")
def wall(tmp_path_factory):
    """A page on a board of its own; `page.home` is the board's and may be written to."""
    home = Home(tmp_path_factory.mktemp("wall"))
    copy_demo(home, months=1)
    with serving(home, UNION_BOARD_AHEAD="off") as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(viewport={"width": 1366, "height": 900}, color_scheme="dark", locale="zh-CN").new_page()
        page.address, page.home = board.address, home
        yield page
        chromium.close()


@browser
@pytest.mark.parametrize(("path", "title"), [("", "总览"), ("relief", "帮扶救助")])
def test_a_view_prints_on_a4_with_its_head_and_without_menu_and_buttons(wall: Page, path, title):
    wall.goto(f"{wall.address}/{path}")
    wall.wait_for_selector("h1.finding", timeout=60000)
    wall.wait_for_selector(".printed", state="attached", timeout=60000)
    assert not wall.locator(".printed").is_visible()
    sheets = wall.pdf(prefer_css_page_size=True)
    sizes = {tuple(round(float(n)) for n in box.split()[2:]) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", sheets)}
    assert sizes == {(842, 595)}
    wall.emulate_media(media="print")
    wall.set_viewport_size(A4)
    wall.wait_for_timeout(500)
    head = wall.locator(".printed").inner_text()
    assert all(said in head for said in (title, "2026年10月", "全部乡镇", "演示数据")) and re.search(r"打印于 \d{4}-\d\d-\d\d \d\d:\d\d", head)
    for gone in ("[data-testid=stSidebar]", ".st-key-filters", "[data-testid=stExpander]", ".topline"):
        assert not wall.locator(gone).first.is_visible()
    assert wall.evaluate(BESIDE) == []
    assert wall.locator("h1.finding").evaluate("e => getComputedStyle(e).color") == "rgb(23, 32, 46)"  # ink, though the screen is dark
    wall.emulate_media(media="screen")
    wall.set_viewport_size({"width": 1366, "height": 900})


@browser
def test_paper_shows_everything_that_needs_attention_and_no_boxes_to_type_in(wall: Page):
    wall.goto(wall.address)
    wall.wait_for_selector(".tile", timeout=60000)
    settle(wall)
    rest = wall.get_by_test_id("stExpander").filter(has_text="其余")
    count = int(re.search(r"其余 (\d+) 件", rest.inner_text())[1])
    assert wall.locator(".attention li:visible").count() == 5
    wall.emulate_media(media="print")
    wall.set_viewport_size(A4)
    wall.wait_for_timeout(500)
    assert wall.locator(".attention li:visible").count() == 5 + count
    for box in ("stSelectbox", "stButtonGroup", "stTextInput", "stForm"):
        assert wall.get_by_test_id(box).locator("visible=true").count() == 0
    lowest = max(li.bounding_box()["y"] for li in wall.locator(".reported, .attention li:visible").all())
    assert wall.get_by_role("heading", name="乡镇对比").bounding_box()["y"] > lowest
    wall.emulate_media(media="screen")
    wall.set_viewport_size({"width": 1366, "height": 900})


@browser
def test_chosen_views_take_turns_pause_and_show_a_new_release(wall: Page, catalog):
    wall.goto(f"{wall.address}/watch?views=relief,safety,nobody&seconds=5")
    name = wall.locator("#bar b")
    for title in ("帮扶救助", "安全生产", "帮扶救助"):
        wall.wait_for_function("t => document.querySelector('#bar b').textContent === t", arg=title, timeout=60000)
    frame = wall.frame_locator("iframe.shown")
    assert not frame.locator("[data-testid=stSidebar]").is_visible()
    wall.keyboard.press("Space")
    wall.get_by_role("button", name="继续").wait_for(timeout=5000)
    stays = name.inner_text()
    wall.wait_for_timeout(7000)
    assert name.inner_text() == stays
    approve(wall.home, catalog, [open_reader(wall.home).rows("select max(submission_id) from submission")[0][0]], "县工会")
    wall.wait_for_function("() => document.body.dataset.refreshed === '000002'", timeout=30000)
    wall.keyboard.press("Escape")
    wall.get_by_role("button", name="开始").wait_for(timeout=15000)


@browser
def test_the_choice_leads_to_an_address_that_begins_by_itself(wall: Page):
    wall.goto(f"{wall.address}/watch")
    wall.get_by_label("总览").uncheck()
    wall.get_by_role("button", name="开始").click()
    assert wall.get_by_text("请至少选一个页面。").is_visible()
    wall.get_by_label("安全生产").check()
    wall.get_by_label("每页停留").fill("40")
    wall.get_by_role("button", name="开始").click()
    wall.wait_for_function("() => location.search === '?views=safety&seconds=40'", timeout=5000)
    wall.wait_for_function("() => document.querySelector('#bar b').textContent === '安全生产'", timeout=60000)


def test_an_address_is_taken_within_bounds():
    known = {"overview": "总览", "relief": "帮扶救助"}
    assert read_wish({"views": "relief,x,relief,overview", "seconds": "1"}, known) == (["relief", "overview"], SHORTEST)
    assert read_wish({"seconds": "99999"}, known) == ([], LONGEST)
    assert read_wish({"seconds": "<b>"}, known)[1] == USUAL


def test_only_what_the_person_may_open_is_shown():
    town = watched_views(Person("town", "赵填报", "township_clerk", "420324103"))
    assert "overview" in town and not {"bulletin", "returns", "system", "upload"} & set(town)
