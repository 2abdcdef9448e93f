"""Every view runs, with nothing loaded and with the demo county, and says what the warehouse says."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date

import pytest

from dashboard.cached import query
from dashboard.shell import HIDDEN, PAGES
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.reports.numbers import is_missing
from pipelines.warehouse.reader import open_reader
from tests.app_test import AppTest
from tests.dashboard.opening import open_address, words
from tests.intake.build import GOOD, UNION, workbook

VIEWS = [(path, show) for group in [*PAGES.values(), HIDDEN] for path, _, show in group]


def run_view(path: str) -> AppTest:
    """The view alone, as the shell calls it."""
    source = f"from dashboard.cached import PAGE\nfrom dashboard.views import {path}\nwith PAGE:\n    {path}.show()\n"
    return AppTest.from_string(source, default_timeout=60).run()


@pytest.mark.parametrize("path", [p for p, _ in VIEWS])
def test_a_view_without_data_says_what_to_do(home, path):
    app = run_view(path)
    assert not app.exception
    assert any(said in words(app) for said in ("还没有数据", "放入第一份月报", "还没有账号"))


@pytest.mark.parametrize("path", [p for p, _ in VIEWS])
def test_a_view_shows_the_demo(demo_home, path):
    app = run_view(path)
    assert not app.exception
    assert "演示数据" in words(app)
    assert "finding" in words(app)


def test_the_overview_tells_the_warehouse_s_figure(demo_home):
    value = open_reader(demo_home).rows(
        "select value from indicator_value where indicator = 'org_union_rate' and township_code = '420324' order by period desc limit 1"
    )[0][0]
    assert f"建会率 {float(value) * 100:.1f}%" in words(run_view("overview"))


@pytest.mark.parametrize("path", [p for p, _ in VIEWS])
def test_a_view_stands_where_little_was_reported(home, catalog, path):
    """No register, no rates, no inspection: as a clerk finds the board who has not reported yet."""
    activity = [GOOD["活动与服务台账"][0], ["2026-03-12", UNION, "文体活动", "东塔杯", 20]]
    load_bytes(home, catalog, "一.xlsx", workbook({"活动与服务台账": activity}, cover=("龙坝镇", "2026-03")))
    assert not run_view(path).exception


def test_a_review_shows_what_was_explained_and_what_was_not(home, catalog):
    rows = [["2026-03-05", UNION, "送温暖慰问", "困难职工", "", "", 1, amount] for amount in (500, 520, 480, 510, 490, 900_000, 950_000)]
    content = workbook({"帮扶救助台账": [GOOD["帮扶救助台账"][0], *rows]}, cover=("龙坝镇", "2026-03"))
    asked = [p for p in check_bytes(home, catalog, "一.xlsx", content).problems if p.severity == "warning"]
    assert len(asked) > 1, [p.message for p in asked]
    assert load_bytes(home, catalog, "一.xlsx", content, explanations={asked[0].key: "票据齐全"}).status == "loaded"
    app = run_view("returns")
    assert not app.exception and "票据齐全" in words(app) and f"{len(asked)} 处提示，乡镇说明了 1 处" in words(app)


def test_a_chosen_township_changes_the_finding(demo_home):
    app = run_view("overview")
    app.selectbox(key="township").set_value("水坪镇").run()
    assert not app.exception
    assert "水坪镇建会率" in words(app)


@pytest.mark.parametrize("path", ["relief", "competition", "safety", "coverage"])
def test_the_year_s_reading_runs_for_a_township(demo_home, path):
    app = run_view(path)
    app.selectbox(key="reading").set_value("本年累计").run()
    app.selectbox(key="township").set_value("龙坝镇").run()
    assert not app.exception


@pytest.mark.parametrize(("table", "days", "moments"), [("帮扶救助台账", {"日期"}, set()), ("报送情况", {"期限"}, {"收到时间"})])
def test_a_preview_shows_days_without_a_time(demo_home, table, days, moments):
    app = open_address(f"/explore?table={table}")
    told = json.loads(app.dataframe[0].proto.columns)
    assert not app.exception
    assert {name for name, column in told.items() if column.get("type_config", {}).get("format") == "YYYY-MM-DD"} == days
    assert moments <= set(app.dataframe[0].value.columns)


def test_a_target_set_on_its_page_lights_the_board_at_once_and_can_be_taken_back(demo, tmp_path, monkeypatch):
    shutil.copytree(demo.path, tmp_path / "home")
    monkeypatch.setenv("UNION_BOARD_HOME", str(tmp_path / "home"))
    board = run_view("overview")
    assert "离 90% 的目标还差" in words(board)
    page = run_view("targets")
    key = "org_union_rate  2026"
    assert page.number_input(key=f"aim_value {key}").value == 90
    page.number_input(key=f"aim_value {key}").set_value(70.5)
    next(b for b in page.button if b.label == "保存目标").click().run()
    assert [w.value for w in page.warning] == ["目标没有改：依据和修改原因都要写。请写明依据哪份文件、为什么改。"]
    page.number_input(key=f"aim_value {key}").set_value(70.5)
    page.text_input(key="aim_reason").set_value("按年度工作要点")
    next(b for b in page.button if b.label == "保存目标").click().run()
    assert not page.exception and "“建会率”的目标已改为 70" in page.success[0].value
    assert "90% → 70.5%" in words(page) and "按年度工作要点" in words(page)
    assert "达到 70.5% 的目标" in words(board.run())
    page.text_input(key="aim_undo_reason").set_value("填错了")
    page.button(key="aim_undo_button").click().run()
    assert "撤销第 1 次修改：填错了" in words(page)
    assert "离 90% 的目标还差" in words(board.run())


def test_a_pasted_draft_is_checked_on_its_page(demo_home):
    app = run_view("summary")
    assert "初稿已经写好" in words(app)
    app.text_area(key="proof_text").set_value("基层工会共有123456个，外出务工xx人。")
    next(b for b in app.button if b.label == "核对粘贴的文字").click().run()
    assert not app.exception
    assert "有 1 处与数据不一致" in words(app) and "待补充 1 处" in words(app)


def test_the_overview_and_the_hazard_list_count_the_same(demo_home):
    said = re.search(r"([\d,]+) 处隐患过了整改期限", words(run_view("overview")))
    listed = re.search(r"8月以来登记的还有 [\d,]+ 处隐患没有整改，([\d,]+) 处已过期限", words(run_view("safety")))
    sql = "select sum(hazards - coalesce(rectified, 0)) from safety where period between '2026-08-01' and '2026-10-01' and hazards > coalesce(rectified, 0) and due < '2026-10-31'"
    assert said[1] == listed[1] == f"{open_reader(demo_home).rows(sql)[0][0]:,.0f}"


@pytest.mark.parametrize("period", ["2026-08-01", "2026-09-01", "2026-10-01"])
def test_the_page_of_targets_tells_what_the_board_tells_of_the_same_month(demo_home, period):
    shown = query("targets_in_force", period=date.fromisoformat(period))
    told = {(r.township_code, r.indicator): (r.reading, None if is_missing(r.value) else float(r.value), r.light) for r in shown.itertuples()}
    assert {reading for reading, _, _ in told.values()} == {"", "year"}
    for table, readings in (("indicator_value", ("", "month")), ("indicator_year", ("year",))):
        rows = open_reader(demo_home).rows(f"select township_code, indicator, value, light from {table} where period = $p", {"p": period})
        held = {(place, code): (None if value is None else float(value), light) for place, code, value, light in rows if told.get((place, code), ("none",))[0] in readings}
        assert held and held == {key: told[key][1:] for key in held}


def test_the_hazards_beyond_the_first_ones_are_told_and_stand_in_the_table(demo_home):
    app = run_view("safety")
    sql = "select count(*) from safety where period between '2026-08-01' and '2026-10-01' and hazards > coalesce(rectified, 0)"
    left = open_reader(demo_home).rows(sql)[0][0]
    assert left > 15 and any(f"另有 {left - 15} 笔" in c.value and "明细导出" in c.value for c in app.caption)
    listed = next(d.value for d in app.dataframe if "剩余（处）" in d.value)
    assert len(listed) == left and listed["明细"].notna().all()
