"""Headers, titles, totals, units, and whose month it is."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.intake.load import check_bytes
from tests.intake.build import GOOD, workbook

ACTIVITY = GOOD["活动与服务台账"]


def _check(catalog, sheets, name="月报.xlsx", cover=("城关镇", "2026-03"), **asked):
    return check_bytes(None, catalog, name, workbook(sheets, cover=cover), **asked)


def _errors(report):
    return [(p.sheet, p.cell, p.code) for p in report.problems if p.severity == "error"]


def test_columns_stand_in_any_order_under_any_alias_with_titles_above(catalog):
    rows = [["某镇活动台账"], [], ["参 加\n人次", "名称", "类别", "单位", "发生日期", "日期"], [60, "东塔杯", "文体活动", "西关社区", "x", "3月12日"], ["", "合 计"], ["备注：略"]]
    report = _check(catalog, {"活动与服务台账": rows})
    assert report.status == "valid" and report.forms["activity"][0].rows == 1
    assert [(p.code, p.cell) for p in report.problems] == [("unknown_column", "E3")]


def test_a_missing_column_is_one_error_at_the_header_row(catalog):
    rows = [["某台账"], ["日期", "单位", "名称", "参加人次"], ["2026-03-12", "a", "b", 1], ["2026-03-13", "a", "c", 1]]
    assert _errors(_check(catalog, {"活动与服务台账": rows})) == [("活动与服务台账", "A2", "missing_column")]


def test_the_same_header_twice_names_both(catalog):
    rows = [[*ACTIVITY[0], "活动名称", "名称"], [*ACTIVITY[1], "", ""]]
    report = _check(catalog, {"活动与服务台账": rows})
    found = [p for p in report.problems if p.code == "duplicate_header"]
    assert found and all("D1" in p.message for p in found) and report.status == "refused"


@pytest.mark.parametrize(("unit", "cell", "yuan"), [("元", 20, "20"), ("万元", 2, "20000"), ("万元", "3.5万", "35000"), ("元", "3.5万", "35000"), ("千元", 1.5, "1500")])
def test_a_unit_in_the_header_is_obeyed(home, catalog, unit, cell, yuan):
    from pipelines.intake.load import load_bytes
    from pipelines.warehouse.reader import open_reader

    rows = [[*ACTIVITY[0], f"投入经费（{unit}）"], [*ACTIVITY[1], cell]]
    assert load_bytes(home, catalog, "a.xlsx", workbook({"活动与服务台账": rows})).status == "loaded"
    assert str(open_reader(home).rows("select cost::decimal(18,0) from activity")[0][0]) == yuan


def test_two_units_that_differ_are_an_error(catalog):
    cell = [[*ACTIVITY[0], "投入经费（万元）"], [*ACTIVITY[1], "3000元"]]
    report = _check(catalog, {"活动与服务台账": cell})
    assert _errors(report) == [("活动与服务台账", "F2", "unit_clash")] and "0.3" in report.problems[0].remedy
    title = [["单位：元"], [*ACTIVITY[0], "投入经费（万元）"], [*ACTIVITY[1], 3]]
    assert _errors(_check(catalog, {"活动与服务台账": title})) == [("活动与服务台账", "F2", "unit_clash")]


@pytest.mark.parametrize("cover", [("城关镇总工会", "2026年3月"), ("城关", "202603"), ("420324100", 202603)])
def test_the_cover_names_township_and_month(catalog, cover):
    report = _check(catalog, {"活动与服务台账": ACTIVITY}, cover=cover)
    assert (report.status, report.township_code, report.period) == ("valid", "420324100", date(2026, 3, 1))


@pytest.mark.parametrize("name", ["城关镇2026年3月月报.xlsx", "城关镇-2026-03.xlsx", "202603城关镇.xlsx"])
def test_without_a_cover_the_file_name_says_it(catalog, name):
    report = _check(catalog, {"活动与服务台账": ACTIVITY}, name=name, cover=None)
    assert (report.township_code, report.period) == ("420324100", date(2026, 3, 1))


def test_without_any_source_both_are_asked_for_and_a_day_is_no_month(catalog):
    report = _check(catalog, {"活动与服务台账": ACTIVITY}, name="20260312.xlsx", cover=None)
    assert {c for _, _, c in _errors(report)} == {"no_township", "no_period"}
    asked = _check(catalog, {"活动与服务台账": ACTIVITY}, cover=None, township_code="420324100", period=date(2026, 3, 1))
    assert asked.status == "valid"


def test_sources_that_disagree_are_errors_at_the_cover(catalog):
    report = _check(catalog, {"活动与服务台账": ACTIVITY}, township_code="420324101", period=date(2026, 4, 1))
    assert _errors(report) == [("封面", "B1", "contradiction"), ("封面", "B2", "contradiction")]
    by_name = _check(catalog, {"活动与服务台账": ACTIVITY}, name="蒋家堰镇2026年4月.xlsx")
    assert {c for _, c, _ in _errors(by_name)} == {"B1", "B2"}


def test_a_total_that_differs_is_a_warning_and_never_a_row(catalog):
    rows = [*ACTIVITY, ["合计", "", "", "", 61]]
    report = _check(catalog, {"活动与服务台账": rows})
    assert report.forms["activity"][0].rows == 1
    assert [(p.code, p.cell) for p in report.problems] == [("total_differs", "E3")]


def test_a_sheet_nobody_knows_is_named_and_not_read(catalog):
    report = _check(catalog, {"活动与服务台账": ACTIVITY, "通讯录": [["姓名", "手机"], ["张某某", "1"]]})
    assert [(p.code, p.sheet) for p in report.problems] == [("unknown_sheet", "通讯录")] and report.status == "valid"


def test_cells_without_a_header_are_told_of_every_table_of_a_sheet(catalog):
    stray = [["2026-03-10", "西关社区工会", "隐患排查", 5, 5, "", "补充数 77"]]
    below = [*GOOD["帮扶救助台账"], [], ["安全生产台账"], GOOD["安全生产台账"][0], *stray]  # 帮扶救助 has a header over that column
    report = _check(catalog, {"帮扶救助台账": below})
    assert {"relief", "safety"} <= report.forms.keys()
    assert [(p.code, p.cell) for p in report.problems if p.code == "unknown_column"] == [("unknown_column", "G7")]


def test_blocks_beyond_those_listed_are_counted(catalog):
    rows = [*GOOD["安全生产台账"]]
    for number in range(25):
        rows += [["2026-03-10", "西关社区工会", "隐患排查", 1, 1], ["", "", "", "", "", "", "", f"散落 {number}"]]
    told = [p.message for p in _check(catalog, {"安全生产台账": rows}).problems if p.code == "unknown_block"]
    assert len(told) == 21 and told.count("还有 5 处内容（第 44 行起）不属于任何一张认得的表，没有读入。") == 1
