"""Headers, titles, totals, units, and whose month it is."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from pipelines.intake.load import check_bytes, load_bytes
from pipelines.warehouse.reader import open_reader
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


COST = ["日期", "单位", "类别", "名称", "参加人次", "投入经费"]


def _cost(catalog, head, cell, *above):
    rows = [["活动台账"], *above, [*COST[:5], head], ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", 60, cell]]
    return _check(catalog, {"活动与服务台账": rows})


def _stored(home, catalog, content, sql):
    load_bytes(home, catalog, "月报.xlsx", content)
    return open_reader(home).rows(sql)


TITLES = [["单位：万元    填报时间：2026年3月31日"], ["金额单位：万元   人数单位：人"], ["（万元）"], ["单位（万元）"], ["单位：万元（经费）"], ["单位：人、场、万元。"], ["金额单位为万元"], ["注：经费以万元为单位"]]


@pytest.mark.parametrize(("head", "above"), [*(("投入经费", [t]) for t in TITLES), ("投入经费（万）", []), ("投入经费/万元", []), ("投入经费 万元", [])])
def test_a_unit_of_money_is_read_however_it_is_written_over_the_cells(home, catalog, head, above):
    content = workbook({"活动与服务台账": [["活动台账"], *above, [*COST[:5], head], ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", 60, 1.5]]})
    assert _stored(home, catalog, content, "select cost from activity") == [(15000,)]


def test_a_sum_in_a_title_is_no_unit(home, catalog):
    content = workbook({"活动与服务台账": [["3 月共投入 5 万元"], COST, ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", 60, 1500]]})
    assert _stored(home, catalog, content, "select cost from activity") == [(1500,)]


@pytest.mark.parametrize("cell", ["3千", "5百"])
def test_a_scale_of_its_own_under_a_unit_is_asked_about(catalog, cell):
    assert [(p.code, p.cell) for p in _cost(catalog, "投入经费（万元）", cell).problems] == [("unit_clash", "F3")]
    assert _cost(catalog, "投入经费", cell).status == "valid"


@pytest.mark.parametrize("problem", ["单位负责人对建会有顾虑", "联系电话登记不全", "说明：资料缺失"])
def test_a_row_that_begins_as_a_foot_does_is_data_where_it_has_more_to_tell(catalog, problem):
    head = ["问题", "整改措施", "责任岗位", "计划完成日期", "状态"]
    report = _check(catalog, {"问题与计划": [head, [problem, "补齐", "办公室", "2026-06-30", "进行中"], ["档案不齐", "补齐", "办公室", "2026-06-30", "进行中"]]})
    assert report.status == "valid" and report.forms["issues"][0].rows == 2


FEET = [["以下空白"], ["填报人：张三", "审核人：李四", "", "联系电话：12345"], ["制表：张三", "审核："], ["填表人", "张三", "单位负责人", "李四"], ["填表人 张三"], ["注1：含上月补报"], ["说明：略"],
        ["本年累计", "", "", "", 61], ["合计（人次）", "", "", "", 60], ["合计：60人次，1000元"], [" "], ["\u3000", " "]]  # fmt: skip


@pytest.mark.parametrize("foot", FEET)
def test_what_people_write_under_a_table_is_no_row(catalog, foot):
    report = _check(catalog, {"活动与服务台账": [*ACTIVITY, foot]})
    assert report.status == "valid" and report.forms["activity"][0].rows == 1 and {p.code for p in report.problems} <= {"total_differs"}


@pytest.mark.parametrize("word", ["无", "本月无", "零申报", "没有发生。"])
def test_a_word_for_nothing_alone_in_its_row_is_a_zero_report(catalog, word):
    report = _check(catalog, {"活动与服务台账": [ACTIVITY[0], [word]]})
    assert report.status == "valid" and report.forms["activity"][0].rows == 0 and report.problems == []


def test_a_row_with_one_unit_is_a_row_of_units(home, catalog):
    content = workbook({"活动与服务台账": [COST, ["", "", "", "", "", "万元"], ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", 60, 1.5]]})
    assert _stored(home, catalog, content, "select cost from activity") == [(15000,)]


def test_rows_of_another_township_are_errors_at_their_cells(catalog):
    rows = [["乡镇", *ACTIVITY[0]], ["城关镇", *ACTIVITY[1]], ["龙坝镇", *ACTIVITY[1]], ["龙坝", *ACTIVITY[1]]]
    report = _check(catalog, {"活动与服务台账": rows})
    assert [(p.cell, p.code) for p in report.problems if p.severity == "error"] == [("A3", "foreign_row"), ("A4", "foreign_row")]
    assert _check(catalog, {"活动与服务台账": rows[:2]}).status == "valid"


def test_a_column_that_is_called_rightly_is_not_said_to_be_meant_by_that_name(catalog):
    rows = [["序号", "村（社区）", "职工人数", "会员人数", "是否建会", "活动场次", "参加人次"], [1, "西关社区", 20, 18, "是", 1, 30]]
    told = [p for p in _check(catalog, {"Sheet1": rows}).problems if p.code == "unknown_column"]
    assert [(p.cell, p.remedy) for p in told] == [("G1", "这样的总表里不读这一列，请填到“活动与服务台账”里。")]


@pytest.mark.parametrize(("cell", "period"), [(2026.1, None), ("2026.10", date(2026, 10, 1)), (2026.11, date(2026, 11, 1)), (2026.3, date(2026, 3, 1))])
def test_a_month_that_a_number_lost_the_end_of_is_asked_for(catalog, cell, period):
    report = _check(catalog, {"活动与服务台账": [ACTIVITY[0], ["3月12日", *ACTIVITY[1][1:]]]}, cover=("城关镇", cell))
    assert report.period == period and (period is not None or [p.code for p in report.problems if p.field == "period"] == ["bad_period"])


def test_a_union_that_differs_by_blanks_and_width_alone_is_the_register_s(home, catalog):
    register = [GOOD["单位与工会名册"][0], ["乙村", "村(社区)", 40, "是", "乙村工会（筹）", 30, 12]]
    checks = [GOOD["规范化建设自查表"][0], ["乙村 工会(筹)", *["是"] * 14]]
    load_bytes(home, catalog, "月报.xlsx", workbook({"单位与工会名册": register, "规范化建设自查表": checks}))
    reader = open_reader(home)
    assert reader.rows("select distinct union_name from standards") == [("乙村工会（筹）",)]
    assert reader.rows("select bool_and(reported), bool_and(met) from standard_progress where union_name = '乙村工会（筹）'") == [(True, True)]


def test_a_month_years_before_the_first_is_taken_for_a_slip_of_the_year(home, catalog):
    load_bytes(home, catalog, "一.xlsx", workbook())
    refused = load_bytes(home, catalog, "二.xlsx", workbook({"单位与工会名册": GOOD["单位与工会名册"]}, cover=("城关镇", "2016-03")))
    assert (refused.status, [p.code for p in refused.problems if p.severity == "error"]) == ("refused", ["too_early"])
    assert load_bytes(home, catalog, "三.xlsx", workbook({"单位与工会名册": GOOD["单位与工会名册"]}, cover=("城关镇", "2024-03"))).status == "loaded"


def test_a_formula_without_a_result_is_told_once_and_beside_the_table_refuses_nothing(catalog):
    book = openpyxl.load_workbook(BytesIO(workbook({"活动与服务台账": ACTIVITY})))
    sheet = book["活动与服务台账"]
    sheet["L2"] = "=1/0"  # beside the table
    beside = BytesIO()
    book.save(beside)
    report = check_bytes(None, catalog, "月报.xlsx", beside.getvalue())
    assert report.status == "valid" and [(p.severity, p.cell) for p in report.problems if p.code == "uncached_formula"] == [("warning", "L2")]
    sheet["D2"] = "=A1&C1"
    inside = BytesIO()
    book.save(inside)
    told = [(p.severity, p.code) for p in check_bytes(None, catalog, "月报.xlsx", inside.getvalue()).problems if p.cell == "D2"]
    assert told == [("error", "uncached_formula")]
