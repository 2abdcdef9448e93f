"""数据上报: what the page says of a file before it is handed in."""

from __future__ import annotations

import re
from datetime import date, datetime

from streamlit.testing.v1.element_tree import Button

from dashboard.cached import PAGE
from dashboard.components import history
from dashboard.components.month import month_to_report
from pipelines.access.accounts import Account
from pipelines.access.model import VISITOR, make_person
from pipelines.catalog.period import name_period
from pipelines.intake.load import load_bytes
from pipelines.warehouse.releases import read_current
from pipelines.workflow.drafts import list_drafts
from tests.app_test import AppTest
from tests.dashboard.opening import open_address, words
from tests.intake.build import GOOD, workbook

EVENTS = "活动与服务台账"


def events(participants: int = 50) -> bytes:
    """城关镇's March with events only."""
    return workbook({EVENTS: [GOOD[EVENTS][0], ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", participants]]})


def drop(content: bytes) -> AppTest:
    """The page with the file dropped."""
    app = open_address("/upload")
    app.file_uploader[0].set_value(("城关镇.xlsx", content, "application/octet-stream")).run()
    assert not app.exception
    return app


def cells(app: AppTest) -> str:
    """What the page drew, its table cells without their looks."""
    return re.sub(r"<td[^>]*>", "<td>", words(app))


def labels(app: AppTest) -> list[str]:
    """The buttons that there are."""
    return [b.label for b in app.button]


def button(app: AppTest, label: str) -> Button:
    """The button of that name."""
    return next(b for b in app.button if b.label == label)


def test_a_month_that_was_reported_before_is_named_with_the_one_that_is_due(home, catalog):
    load_bytes(home, catalog, "三月.xlsx", events())
    today = date.today()
    app = drop(events(60))
    said = f"这是2026年3月的月报，{today.year}年{today.month}月{today.day}日已经报过，再提交会替换；{name_period(month_to_report())}还没有报。"
    assert [w.value for w in app.warning] == [said] and "提交审核" in labels(app)


def test_a_month_s_first_file_is_taken_without_a_warning(home, catalog):
    app = drop(events())
    assert not app.warning and "提交审核" in labels(app)


def test_the_very_file_that_is_in_already_asks_for_nothing(home, catalog):
    content = events()
    load_bytes(home, catalog, "三月.xlsx", content)
    app = drop(content)
    assert [i.value for i in app.info] == ["这份文件已经入库，内容完全相同，不用再报。"]
    assert "提交审核" not in labels(app) and not app.checkbox and "替换" not in app.warning[0].value
    assert list_drafts(home, VISITOR.account) == [], "nothing waits for anybody"
    button(app, "放入另一份").click().run()
    assert not app.exception and "草稿：" not in words(app) and "系统这样读取" not in words(app)


def test_an_empty_sheet_of_the_template_is_no_sheet_that_is_missing(home, catalog):
    sheets = {EVENTS: GOOD[EVENTS], "安全生产台账": GOOD["安全生产台账"][:1]}
    empty = "<td>安全生产台账</td><td>安全生产台账</td><td>—</td><td>有表，没有数据行：按未报"
    first = cells(drop(workbook(sheets)))
    assert f"{empty}</td>" in first and "<td>（没有找到）</td><td>劳动竞赛台账</td><td>—</td><td>未报</td>" in first
    load_bytes(home, catalog, "三月.xlsx", workbook())
    again = cells(drop(workbook(sheets)))
    assert f"{empty}，沿用以前报的</td>" in again and "<td>劳动竞赛台账</td><td>—</td><td>未报，沿用以前报的</td>" in again


def test_taking_an_upload_back_asks_once_and_says_that_it_was_done(home, catalog):
    load_bytes(home, catalog, "三月.xlsx", events())
    app = drop(events(60))
    if app.checkbox:
        app.checkbox(key="agreed").check().run()
    button(app, "提交审核").click().run()
    assert button(app, "撤销这次入库").disabled and read_current(home) == "000002"
    app.checkbox(key="undo sure").check().run()
    button(app, "撤销这次入库").click().run()
    assert not app.exception and read_current(home) == "000003"
    assert [s.value[:4] for s in app.success] == ["已撤销："] and "撤销这次入库" not in labels(app)


def test_the_history_names_who_handed_a_file_in(home, catalog, monkeypatch):
    clerk = Account(make_person("town1", "王小明", "township_clerk", "420324100"), None, False, False, datetime.now())
    monkeypatch.setattr(history, "list_accounts", lambda home: [clerk])  # with one in the home nobody sees a page without signing in
    load_bytes(home, catalog, "三月.xlsx", events(), by="town1")
    load_bytes(home, catalog, "又.xlsx", events(60), by="命令行")
    monkeypatch.setattr(history.st, "html", (drawn := []).append)
    with PAGE:
        history.show_history("420324100")
    said = " ".join(drawn)
    assert "王小明" in said and "town1" not in said and "命令行" in said
