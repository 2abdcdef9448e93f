"""What Streamlit's own widgets say and do while people act, in a real Chromium: Chinese words, also for a file that is refused and a number that is not allowed;
a phone's menu that makes way for the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, arrive, settle
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def opened(demo, chromium):
    """Opens a view on a screen of that size."""
    with serving(demo, UNION_BOARD_AHEAD="off") as board:

        def look(path: str, width: int = 1366, height: int = 900) -> Page:
            page = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
            arrive(page, f"{board.address}/{path}")
            return page

        yield look


@pytest.mark.parametrize(("name", "size", "told"), [("会议记录.docx", 9, "这里读不了这种文件"), ("月报.xlsx", 21 * 1024 * 1024, "文件超过 20 MB")])
def test_a_refused_file_says_why_and_what_to_do_where_everybody_sees_it(opened, tmp_path, name, size, told):
    (tmp_path / name).write_bytes(b"x" * size)
    page = opened("upload")
    page.locator("input[type=file]").set_input_files(tmp_path / name)
    said = page.locator("[data-testid=stFileChip] [role=alert]")
    said.wait_for(timeout=10000)
    assert told in said.inner_text() and "请移除它" in said.inner_text() and "not allowed" not in said.inner_text()
    assert said.inner_text().startswith("没有收下：") and not re.search(r"[：，。；！？]\s", said.inner_text())
    box, frame = said.bounding_box(), page.get_by_test_id("stFileUploaderDropzone").bounding_box()
    assert box["width"] > 300 and box["height"] > 15 and box["y"] + box["height"] < frame["y"] + frame["height"]
    assert page.get_by_role("button", name=f"移除 {name}").is_visible()


def test_the_hints_of_fields_are_chinese_and_stand_below_the_field(opened):
    page = opened("targets")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到正文"
    field = page.get_by_label("依据（哪份文件）")
    field.fill("工作要点")
    hint = page.get_by_test_id("InputInstructions")
    assert re.sub(r"\s", "", hint.inner_text()) == "按Enter提交4/100"
    assert hint.bounding_box()["y"] >= field.bounding_box()["y"] + field.bounding_box()["height"]
    number = page.get_by_test_id("stNumberInputField").first
    number.fill("-5")
    number.press("Enter")
    page.get_by_test_id("stNumberInput").get_by_test_id("stTooltipErrorHoverTarget").hover()
    page.get_by_text("有误：请填不小于 0 的数").wait_for(timeout=5000)


def _dialog(page: Page, seconds: int = 30) -> str:
    """What Streamlit's own dialog says, without a foreign word."""
    said = page.get_by_role("dialog")
    said.wait_for(timeout=seconds * 1000)
    page.wait_for_timeout(200)
    words = said.inner_text()
    assert not re.search("[A-Za-z]{2}", words), words
    return words


def test_a_page_that_is_not_there_is_told_in_chinese(opened):
    page = opened("nosuchpage")
    assert "没有这个页面" in _dialog(page) and "现在显示的是首页" in _dialog(page)
    assert page.get_by_role("dialog").get_by_role("button", name="关闭").count()


@pytest.mark.parametrize(("status", "told"), [(None, "看板没有回应"), (401, "请刷新页面，重新登录"), (502, "看板现在连不上（502）")])
def test_a_lost_connection_is_told_in_chinese(demo, chromium, status, told):
    with serving(demo, UNION_BOARD_AHEAD="off") as board:
        page = chromium.new_context(locale="zh-CN").new_page()
        arrive(page, board.address)
        if status:
            page.route(re.compile("/_stcore/(health|host-config)"), lambda route: route.fulfill(status=status, body="<p>Bad Gateway</p>" if status == 502 else ""))
        board.process.terminate()
        assert "连接断了" in _dialog(page, 60) and told in _dialog(page)


def test_a_file_that_is_held_is_named_to_screen_readers_in_chinese(opened, tmp_path):
    (tmp_path / "月报.xlsx").write_bytes(b"x" * 9)
    page = opened("upload")
    page.locator("input[type=file]").set_input_files(tmp_path / "月报.xlsx")
    page.get_by_role("button", name="移除 月报.xlsx").wait_for(timeout=10000)
    settle(page, 900)
    names = page.evaluate("() => [...document.querySelectorAll('[aria-label]')].map((node) => node.getAttribute('aria-label'))")
    assert "移除 月报.xlsx" in names and not [name for name in names if re.search("[A-Z][a-z]{2}", name)]


def _menu_edge(page: Page) -> float:
    box = page.get_by_test_id("stSidebar").bounding_box()
    return box["x"] + box["width"]


@pytest.mark.parametrize("width", [390, 1366])
def test_a_page_chosen_in_the_menu_is_not_covered_by_it_on_a_phone(opened, width):
    page = opened("", width, 844)
    if width < 768:
        page.get_by_test_id("stExpandSidebarButton").click()
        page.wait_for_timeout(600)
    assert _menu_edge(page) > 150
    page.get_by_test_id("stSidebarNavLink").filter(has_text="帮扶救助").click()
    page.wait_for_function("() => location.pathname === '/relief'", timeout=10000)
    settle(page, 900)
    assert (_menu_edge(page) <= 0) == (width < 768)
