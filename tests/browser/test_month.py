"""A whole month in real Chromium, everybody signed in: three clerks report (one wrong, one late, one nil), the county returns one with a remark on a cell,
the clerk mends the marked copy and reports again, the county approves, and the leader sees it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, sync_playwright

from pipelines.access.accounts import add_account, change_password
from pipelines.audit.log import read_records, verify_chain
from pipelines.catalog.load import load_catalog
from pipelines.catalog.names import find_township
from pipelines.home import Home
from pipelines.intake.load import load_files
from pipelines.warehouse.reader import open_reader
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.demo_homes import copy_demo
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
FIRST, SECOND = "first-pass-77", "second-pass-88"
MONTH = "2026年9月"
WRONG, LATE, NIL = "龙坝镇", "水坪镇", "向坝乡"
CLERKS = {"longba": WRONG, "shuiping": LATE, "xiangba": NIL}


def workbook_of(demo: Home, township: str) -> Path:
    """The demo's workbook of the month that is right."""
    return next(p for p in sorted(demo.demo.rglob(f"*{township}*9月*.xlsx")) if "初稿" not in p.name)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Fourteen townships less three have reported in time; everybody has an account."""
    catalog, demo, home = load_catalog(), Home(tmp_path_factory.mktemp("books")), Home(tmp_path_factory.mktemp("county"))
    copy_demo(demo, months=2)
    names = [t.name for t in catalog.county.townships if t.name not in (WRONG, LATE, NIL)]
    load_files(home, catalog, [workbook_of(demo, n) for n in names], received_at=lambda path: datetime(2026, 10, 3, 9))
    for account, township in CLERKS.items():
        add_account(home, account, "township_clerk", township_code=find_township(catalog, township).code, password=FIRST, by="测试")
    add_account(home, "liugan", "county_clerk", name="刘干事", password=FIRST, by="测试")
    add_account(home, "zhangju", "leader", name="张主席", password=FIRST, by="测试")
    for account in (*CLERKS, "liugan", "zhangju"):
        change_password(home, account, FIRST, SECOND)
    with serving(home, UNION_BOARD_AHEAD="off") as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield demo, board, chromium
        chromium.close()


def enter(county, account: str) -> Page:
    """A browser of the person's own, signed in."""
    _, board, chromium = county
    page = chromium.new_context(viewport={"width": 1366, "height": 1000}).new_page()
    page.goto(board.address)
    page.fill("[name=account]", account)
    page.fill("[name=password]", SECOND)
    page.get_by_role("button", name="登录").click()
    page.wait_for_selector("h1.finding", timeout=60000)
    return page


def pick_month(page: Page) -> None:
    """Chooses the month on the upload page."""
    page.locator(".st-key-upload_period input").fill(MONTH)
    page.keyboard.press("Enter")
    page.wait_for_function("m => document.querySelector('h1.finding').innerText.includes(m)", arg=MONTH, timeout=30000)
    settle(page)


def drop(page: Page, file: Path, wait: str) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_selector(f"text={wait}", timeout=60000)
    settle(page)


def hand_in(page: Page) -> None:
    """Ticks, explains, and presses 提交审核."""
    settle(page)
    boxes = page.locator("[data-testid=stTextInput] input")
    for number in range(boxes.count()):
        boxes.nth(number).fill("已与台账核对，情况属实")
        boxes.nth(number).press("Enter")
        settle(page)
    agree = page.get_by_text("我已核对上面的提示")
    if agree.count():
        agree.click()
    page.get_by_role("button", name="提交审核", disabled=False).click(timeout=30000)
    page.wait_for_selector("text=已提交审核，回执号", timeout=60000)


def spoil(source: Path, target: Path) -> Path:
    """The same return with words in the place of an amount."""
    book = openpyxl.load_workbook(source)
    sheet = next(s for s in book.worksheets if s.title.startswith("帮扶"))
    row = next(r for r in range(1, 60) if isinstance(sheet.cell(r, 8).value, (int, float)))
    sheet.cell(row, 8).value = "约三千"
    book.save(target)
    return target


def mend(copy: Path) -> Path:
    """What the clerk does to the marked copy: the cell that was told gets a number."""
    book = openpyxl.load_workbook(copy)
    sheet = next(s for s in book.worksheets if s.title.startswith("帮扶"))
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "约三千":
                cell.value = 3000
    book.save(copy)
    return copy


def state(board, township: str) -> tuple:
    code = find_township(load_catalog(), township).code
    return open_reader(board.home).rows("select state, status, nil_return, versions from submission_status where township_code = $c and period = '2026-09-01'", {"c": code})[0]


def test_1_a_wrong_file_is_refused_by_cell_and_waits_as_a_draft(county, tmp_path):
    demo, board, _ = county
    page = enter(county, "longba")
    assert page.url.endswith("/upload")
    pick_month(page)
    assert "还没有报" in page.locator("h1.finding").inner_text()
    drop(page, spoil(workbook_of(demo, WRONG), tmp_path / "龙坝镇2026年9月.xlsx"), "必须修改 1 处")
    assert page.get_by_role("button", name="提交审核").count() == 0
    page.reload()
    page.wait_for_selector("text=草稿：龙坝镇2026年9月.xlsx", timeout=30000)
    assert state(board, WRONG)[0] == "missing"
    with page.expect_download() as copy:
        page.get_by_role("button", name="继续").click()
        page.get_by_role("link", name="下载标注好的表格").click()
    marked = tmp_path / copy.value.suggested_filename
    copy.value.save_as(marked)
    drop(page, mend(marked), "没有必须修改的地方")
    hand_in(page)
    assert state(board, WRONG)[:2] == ("submitted", "late")


def test_2_the_others_report_late_and_nil(county):
    demo, board, _ = county
    page = enter(county, "shuiping")
    pick_month(page)
    drop(page, workbook_of(demo, LATE), "没有必须修改的地方")
    hand_in(page)
    assert state(board, LATE)[:2] == ("submitted", "late")
    page = enter(county, "xiangba")
    pick_month(page)
    page.get_by_text("没有发生，报“零报告”").click()
    page.get_by_text("我确认这些台账本月都没有发生").click()
    page.get_by_role("button", name="报零报告", disabled=False).click(timeout=30000)
    page.wait_for_selector("text=已提交审核，回执号", timeout=60000)
    assert state(board, NIL)[2]


def choose_review(page: Page, township: str) -> None:
    settle(page)
    box = page.locator(".st-key-review_place")
    box.evaluate("box => box.scrollIntoView({block: 'center'})")  # a list that opens while the page scrolls shuts again
    settle(page)
    box.locator("button").click()
    page.get_by_role("option").filter(has_text=township).click(timeout=30000)
    settle(page)
    page.get_by_role("button", name=f"退回修改：{township}").wait_for(timeout=30000)


def test_3_the_county_returns_one_with_a_remark_on_a_cell(county):
    _, board, _ = county
    page = enter(county, "liugan")
    page.goto(f"{board.address}/returns")
    page.wait_for_selector("text=15 份等待审核", timeout=60000)
    assert "全部到齐" in page.locator("h1.finding").inner_text()
    choose_review(page, WRONG)
    page.get_by_label("退回原因（乡镇看得到）").fill("救助金额与发放表对不上")
    page.get_by_label("要改的单元格：自己写，每行一处").fill("帮扶救助台账!H4 请按发放表核对金额")
    page.get_by_role("button", name=f"退回修改：{WRONG}").click()
    page.wait_for_selector(f"text=已退回{WRONG}", timeout=60000)
    assert state(board, WRONG)[0] == "returned"


def test_4_the_clerk_mends_the_marked_copy_and_reports_again(county, tmp_path):
    _, board, _ = county
    page = enter(county, "longba")
    pick_month(page)
    assert "被退回" in page.locator("h1.finding").inner_text()
    assert "请按发放表核对金额" in page.locator("table.board").first.inner_text()
    with page.expect_download() as copy:
        page.get_by_role("link", name="下载带批注的表").click()
    file = tmp_path / copy.value.suggested_filename
    copy.value.save_as(file)
    book = openpyxl.load_workbook(file)
    assert "请按发放表核对金额" in book["帮扶救助台账"]["H4"].comment.text
    book["帮扶救助台账"]["H4"] = 2800
    book.save(file)
    drop(page, file, "没有必须修改的地方")
    hand_in(page)
    assert state(board, WRONG)[0] == "resubmitted"


def test_5_the_county_approves_and_the_leader_sees_it(county):
    _, board, _ = county
    page = enter(county, "liugan")
    page.goto(f"{board.address}/returns")
    page.wait_for_selector("text=等待审核", timeout=60000)
    choose_review(page, WRONG)
    assert "重报待审" in page.locator(".lead").last.inner_text()
    page.get_by_role("button", name=f"审核通过：{WRONG}").click()
    page.wait_for_selector(f"text={WRONG}月报已审核通过", timeout=60000)
    leader = enter(county, "zhangju")
    leader.goto(f"{board.address}/returns")
    leader.wait_for_selector("table.board", timeout=60000)
    line = next(row for row in leader.locator("table.board").first.locator("tr").all() if WRONG in row.inner_text())
    assert "通过" in line.inner_text() and "补" in line.inner_text()  # after the month's close a late return is a supplementary one
    assert leader.get_by_role("button", name="审核通过").count() == 0
    leader.goto(f"{board.address}/relief?township={WRONG}")
    leader.wait_for_selector("h1.finding", timeout=60000)
    assert WRONG in leader.locator("h1.finding").inner_text()


def test_6_the_record_tells_the_whole_month(county):
    _, board, _ = county
    told = [(r.event.action, r.event.actor) for r in read_records(board.home)]
    for expected in (("upload", "longba"), ("upload", "shuiping"), ("upload", "xiangba"), ("return", "liugan"), ("approve", "liugan"), ("sign_in", "zhangju")):
        assert expected in told
    assert not verify_chain(board.home).fault
