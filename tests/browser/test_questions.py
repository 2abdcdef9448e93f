"""What leaders ask: each answer is at most three clicks from 总览 in real Chromium, and is what SQL says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, sync_playwright

from pipelines.home import Home
from pipelines.warehouse.reader import open_reader
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.demo_homes import copy_demo
from tests.serve import serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
COUNTY, MONTH = "420324", "2026-10-01"


class Walk:
    """Somebody at the board, whose clicks are counted."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.clicks = page, 0
        page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Waits until the page's run has ended."""
        self.page.wait_for_selector("h1.finding", timeout=60000)
        settle(self.page)

    def menu(self, title: str) -> None:
        """One click: a page of the menu."""
        self.page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        self.clicks += 1
        self.page.wait_for_function("t => document.querySelector('.topline')?.innerText.startsWith(t)", arg=title, timeout=60000)
        self.settle()

    def choose(self, key: str, option: str) -> None:
        """Two clicks: a filter and one of its values."""
        self.page.locator(f".st-key-{key} button").first.click()
        self.page.get_by_role("option", name=option, exact=True).click(timeout=30000)
        self.clicks += 2
        self.page.wait_for_function("([k, o]) => document.querySelector(`.st-key-${k} input`).value === o", arg=[key, option], timeout=60000)
        self.settle()

    def follow(self, words: str) -> None:
        """One click: a link."""
        self.page.get_by_role("link", name=words).first.click()
        self.clicks += 1
        self.settle()

    @property
    def finding(self) -> str:
        """The sentence on top."""
        return self.page.locator("h1.finding").inner_text()

    def card(self, label: str) -> str:
        """The figure on a card, as it is written."""
        card = self.page.locator(".card").filter(has=self.page.locator(".head", has_text=label)).first
        return re.sub(r"\s|暂$", "", card.locator(".value").inner_text())

    def rows(self, column: str) -> list[list[str]]:
        """The cells of the first table with that heading."""
        table = self.page.locator("table.board").filter(has=self.page.locator("th", has_text=column)).first
        return [[c.strip() for c in row.locator("th, td").all_inner_texts()] for row in table.locator("tr").all()]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A year of the demo county, served, and a browser."""
    home = Home(tmp_path_factory.mktemp("questions"))
    copy_demo(home, months=13)
    with serving(home) as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield home, board.address, chromium.new_context(viewport={"width": 1366, "height": 1000}, locale="zh-CN").new_page()
        chromium.close()


def _one(home: Home, sql: str) -> object:
    return open_reader(home).rows(sql)[0][0]


def _which_miss(walk: Walk, home: Home) -> None:
    """哪些乡镇建会率没有达标？"""
    heads, *rows = walk.rows("建会率")
    column = next(n for n, head in enumerate(heads) if "建会率" in head)
    seen = {row[0] for row in rows if len(row) > column and row[column].startswith(("▲", "■"))}
    sql = f"select township from indicator_value join township using (township_code) where indicator = 'org_union_rate' and period = '{MONTH}' and value < target"
    assert seen == {name for (name,) in open_reader(home).rows(sql)} != set()


def _how_many(walk: Walk, home: Home) -> None:
    """一共还差多少家？"""
    walk.menu("组织与会员")
    sql = f"""select sum(ceil(target * denominator) - numerator) from indicator_value join township using (township_code)
        where indicator = 'org_union_rate' and period = '{MONTH}' and value < target"""
    assert f"合计还差 {_one(home, sql):.0f} 家" in walk.finding


def _who_paid(walk: Walk, home: Home) -> None:
    """春节（2月）的慰问谁出的钱？"""
    walk.menu("帮扶救助")
    walk.choose("period", "2026年2月")
    source = _one(home, "select source from relief where period = '2026-02-01' group by 1 order by sum(amount) desc limit 1")
    assert f"资金来源最多的是{source}" in walk.page.locator("[data-testid=stMain]").inner_text()


def _overdue(walk: Walk, home: Home) -> None:
    """有多少隐患过了期限？"""
    walk.follow("看隐患清单")
    sql = f"""select sum(hazards - coalesce(rectified, 0)) from safety
        where period between '2026-08-01' and '{MONTH}' and hazards > coalesce(rectified, 0) and due < '2026-10-31'"""
    assert f"{_one(home, sql):.0f} 处已过期限" in walk.finding


def _who_is_late(walk: Walk, home: Home) -> None:
    """谁没有报？"""
    walk.menu("报送与审核")
    names = [n for (n,) in open_reader(home).rows(f"select township from submission_status where period = '{MONTH}' and state = 'missing' order by township_code")]
    assert f"还差{'、'.join(names)}" in walk.finding and names


def _relief_of_the_year(walk: Walk, home: Home) -> None:
    """今年发了多少救助？"""
    walk.menu("帮扶救助")
    walk.choose("reading", "本年累计")
    amount = float(_one(home, "select sum(amount) from relief where period between '2026-01-01' and '2026-10-01'"))
    assert walk.card("救助金额") == f"{amount / 1e4:,.2f}万元"


def _members_of_the_year(walk: Walk, home: Home) -> None:
    """今年发展了多少会员？"""
    walk.menu("组织与会员")
    walk.choose("reading", "本年累计")
    sql = f"select value from indicator_year where indicator = 'mem_new' and period = '{MONTH}' and township_code = '{COUNTY}'"
    assert walk.card("新发展会员") == f"{_one(home, sql):,.0f}人"


def _on_pace(walk: Walk, home: Home) -> None:
    """活动场次赶得上全年目标吗？"""
    walk.menu("目标管理")
    row = next(r for r in walk.rows("按进度应达") if r[0].startswith("活动场次"))
    sql = f"select value, pace, light from indicator_year where indicator = 'cult_event' and period = '{MONTH}' and township_code = '{COUNTY}'"
    value, pace, light = open_reader(home).rows(sql)[0]
    assert f"{value:.0f} 场" in row and f"{pace:.0f} 场" in row and any({"green": "达标", "amber": "接近", "red": "未达标"}[light] in cell for cell in row)


def _longest_problem(walk: Walk, home: Home) -> None:
    """哪个问题拖得最久？"""
    walk.menu("问题与计划")
    sql = """select i.problem, date_diff('day', i.due, date '2026-10-31') from issues_all as i where i.due < '2026-10-31' and coalesce(i.status, '') <> '已完成'"""
    found = re.search(r"最久的是(.+?)“(.+?)”，逾期 (\d+) 天", walk.finding)
    assert found and (found[2], int(found[3])) in {(problem, days) for problem, days in open_reader(home).rows(sql)}


def _largest_without(walk: Walk, home: Home) -> None:
    """哪家没建会的单位人最多？"""
    walk.menu("组织与会员")
    sql = f"select employer, workers from register where period = '{MONTH}' and not has_union and workers >= 25 order by workers desc limit 1"
    employer, workers = open_reader(home).rows(sql)[0]
    first = walk.rows("职工（人）")[1]
    assert (first[0], first[2]) == (employer, f"{workers:,}")


def _which_file(walk: Walk, home: Home) -> None:
    """水坪镇的建会率是哪份文件报的？"""
    walk.page.locator("table.board tr").filter(has_text="水坪镇").first.get_by_role("link").nth(1).click()
    walk.clicks += 1
    walk.page.wait_for_function("() => location.pathname === '/trace'", timeout=60000)
    walk.settle()
    file = _one(home, f"select distinct source_file from register join township using (township_code) where period = '{MONTH}' and township = '水坪镇'")
    if file not in walk.page.locator("[data-testid=stMain]").inner_text():
        walk.page.locator("table.board a").first.click()
        walk.clicks += 1
        walk.settle()
        walk.page.wait_for_selector(f"text={file}", timeout=60000)


QUESTIONS = [_which_miss, _how_many, _who_paid, _overdue, _who_is_late, _relief_of_the_year, _members_of_the_year, _on_pace, _longest_problem, _largest_without, _which_file]


@pytest.mark.parametrize("ask", QUESTIONS, ids=lambda ask: ask.__doc__)
def test_an_answer_is_three_clicks_away_and_is_the_warehouses(county, ask: Callable[[Walk, Home], None]):
    home, address, page = county
    walk = Walk(page, address)
    ask(walk, home)
    assert walk.clicks <= 3
