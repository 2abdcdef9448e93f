"""A whole upload: all of it or nothing, once only, corrected form by form, and rebuilt to the same warehouse."""

from __future__ import annotations

import copy
import json
from datetime import date

import duckdb
import pytest

from pipelines.catalog.load import load_catalog
from pipelines.catalog.period import format_period, shift_period
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.keep import keep_catalogue, list_receipts, read_original
from pipelines.intake.load import check_bytes, check_files, load_bytes, load_files
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse import writer
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.workflow.startup import start_up
from pipelines.workflow.targets import TargetChange, change_target
from tests.intake.build import GOOD, UNION, save, workbook
from tests.warehouse.storm import make_upload

WRONG = {  # sheet -> (row, column, value put there), and the address and code to be reported
    "单位与工会名册": (1, 5, 45, "F2", "more_than"),
    "规范化建设自查表": (1, 2, "大概有", "C2", "not_yes_no"),
    "帮扶救助台账": (1, 7, "约500", "H2", "inexact"),
    "劳动竞赛台账": (1, 5, 78, "F2", "more_than"),
    "安全生产台账": (1, 0, "2026-04-01", "A2", "date_after_month"),
    "维权与民主管理台账": (1, 3, "", "D2", "missing_value"),
    "活动与服务台账": (1, 2, "唱歌", "C2", "not_in_list"),
    "乡镇月报": (2, 3, 57, "D3", "more_than"),
    "问题与计划": (1, 3, "六月底", "D2", "not_a_date"),
}
TABLES = ("register", "standards", "relief", "competition", "safety", "rights", "activity", "monthly", "issues")


def _changed(sheet: str, row: int, column: int, value: object) -> dict:
    sheets = copy.deepcopy(GOOD)
    sheets[sheet][row][column] = value
    return sheets


def _counts(home) -> dict[str, int]:
    reader = open_reader(home)
    return {t: reader.rows(f"select count(*) from {t}")[0][0] for t in TABLES}


@pytest.mark.parametrize("sheet", WRONG)
def test_a_wrong_cell_in_each_form_is_refused_at_its_address_and_nothing_is_loaded(home, catalog, tmp_path, sheet):
    row, column, value, cell, code = WRONG[sheet]
    path = save(tmp_path, "错.xlsx", workbook(_changed(sheet, row, column, value)))
    (report,) = load_files(home, catalog, [path]).files
    assert report.status == "refused" and report.submission_id is None
    errors = [p for p in report.problems if p.severity == "error"]
    assert [(p.sheet, p.cell, p.code) for p in errors] == [(sheet, cell, code)]
    assert read_current(home) is None
    (receipt,) = list_receipts(home)
    assert receipt["outcome"] == "refused" and read_original(home, receipt["sha256"]) == path.read_bytes()


def test_a_refused_file_leaves_a_home_without_a_release_until_the_first_is_loaded(home, catalog):
    bad = workbook(_changed("乡镇月报", 2, 3, 57))
    for _ in range(2):
        assert load_bytes(home, catalog, "错.xlsx", bad).status == "refused"
        assert read_current(home) is None and start_up(home, catalog) == []
    kept = list(list_receipts(home))
    assert [r["outcome"] for r in kept] == ["refused"] * 2 and read_original(home, kept[0]["sha256"]) == bad
    assert load_bytes(home, catalog, "对.xlsx", workbook()).status == "loaded" and read_current(home) == "000001"


@pytest.mark.parametrize("gone", [0, 1, 17])
def test_what_stands_before_a_file_that_is_gone_is_loaded_as_it_is_told(home, catalog, tmp_path, gone):
    paths = [save(tmp_path, f"{n:07d}.xlsx", make_upload(n + 1, ("城关镇", f"{2024 + n // 12}-{n % 12 + 1:02d}"))) for n in range(20)]
    paths[gone].unlink()
    with pytest.raises(UserError, match=paths[gone].name) as fault:
        load_files(home, catalog, paths)
    assert "已经处理" in fault.value.remedy
    assert [r["outcome"] for r in list_receipts(home)] == ["loaded"] * gone
    assert (open_reader(home).rows("select count(*) from submission") == [(gone,)]) if gone else (read_current(home) is None)


def test_all_faults_are_told_at_once(home, catalog, tmp_path):
    sheets = copy.deepcopy(GOOD)
    for sheet, (row, column, value, _, _) in WRONG.items():
        sheets[sheet][row][column] = value
    (report,) = load_files(home, catalog, [save(tmp_path, "错.xlsx", workbook(sheets))]).files
    assert {(p.sheet, p.cell) for p in report.problems if p.severity == "error"} == {(s, w[3]) for s, w in WRONG.items()}


def test_faults_are_told_in_the_order_of_sheets_rows_and_columns(home, catalog, tmp_path):
    sheets = copy.deepcopy(GOOD)
    rows = [["2026-07-05", UNION, "送温暖慰问", "困难职工", "", "", "许多", -500], ["2026-13-45", UNION, "乱写", "困难职工", "", "", 1, "很多"]]
    sheets["帮扶救助台账"][1:] = rows
    (report,) = load_files(home, catalog, [save(tmp_path, "错.xlsx", workbook(sheets))]).files
    assert [p.cell for p in report.problems if p.severity == "error"] == ["A2", "G2", "H2", "A3", "C3", "H3"]


def test_a_good_workbook_is_loaded_with_its_values_and_places(home, catalog, tmp_path):
    report = load_files(home, catalog, [save(tmp_path, "好.xlsx", workbook(lead=2))])
    assert report.release and report.files[0].status == "loaded"
    assert report.as_dict()["files"][0]["forms"]["relief"] == [{"sheet": "帮扶救助台账", "range": "A3:H5", "rows": 2}]
    reader = open_reader(home)
    money = reader.rows("select amount, amount_at_least, recipients, recipients_at_least, source_row, source_file from relief order by source_row")
    assert money == [(500, False, 1, False, 4, "好.xlsx"), (100000, True, 230, True, 5, "好.xlsx")]
    masked, hashed = reader.rows("select id_number_masked, id_number_hash from relief where id_number_hash is not null")[0]
    assert masked == "110105********002X" and len(hashed) == 64
    assert reader.rows("select covered_units from register") == [(1,)]


def test_no_receipt_or_release_holds_a_whole_id_number(home, catalog, tmp_path):
    sheets = _changed("帮扶救助台账", 1, 5, "110105194912310021")
    load_files(home, catalog, [save(tmp_path, "好.xlsx", workbook()), save(tmp_path, "错.xlsx", workbook(sheets))])
    for folder in (home.receipts, home.releases, home.warehouse.parent, home.path / "lake"):
        for path in (p for p in folder.rglob("*") if p.is_file()):
            assert b"11010519491231002" not in path.read_bytes(), path


def test_the_same_bytes_are_loaded_once(home, catalog, tmp_path):
    path = save(tmp_path, "好.xlsx", workbook())
    first = load_files(home, catalog, [path])
    second = load_files(home, catalog, [path])
    assert second.files[0].status == "unchanged" and second.release == first.release
    assert second.files[0].submission_id == first.files[0].submission_id
    twice = load_files(home, catalog, [path, path])
    assert [f.status for f in twice.files] == ["unchanged", "unchanged"]


def test_a_reason_for_a_file_that_is_in_force_already_is_said_to_be_lost(home, catalog, tmp_path):
    path = save(tmp_path, "好.xlsx", workbook())
    assert "late_reason" not in [p.code for p in load_files(home, catalog, [path], explanation="已核对").files[0].problems]
    (again,) = load_files(home, catalog, [path], explanation="补一句说明").files
    assert again.status == "unchanged" and "这次写的说明没有保存" in again.problems[-1].message and again.problems[-1].remedy
    (silent,) = load_files(home, catalog, [path]).files
    assert silent.status == "unchanged" and "late_reason" not in [p.code for p in silent.problems]


def test_the_same_file_twice_in_one_command_is_loaded_once(home, catalog, tmp_path):
    path = save(tmp_path, "好.xlsx", workbook())
    assert [f.status for f in load_files(home, catalog, [path, path]).files] == ["loaded", "unchanged"]


def test_a_corrected_upload_replaces_only_its_forms(home, catalog, tmp_path):
    load_files(home, catalog, [save(tmp_path, "一.xlsx", workbook())])
    sheet = {"活动与服务台账": [GOOD["活动与服务台账"][0], ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", 75]]}
    load_bytes(home, catalog, "二.xlsx", workbook(sheet))
    reader = open_reader(home)
    assert reader.rows("select participants, submission_id from activity") == [(75, "000002")]
    assert reader.rows("select distinct submission_id from relief") == [("000001",)]


def test_a_correction_in_the_same_command_replaces_what_it_corrects(home, catalog, tmp_path):
    first, other = save(tmp_path, "一.xlsx", workbook()), save(tmp_path, "二.xlsx", workbook(cover=("蒋家堰镇", "2026-03")))
    second = save(tmp_path, "三.xlsx", workbook({"活动与服务台账": [GOOD["活动与服务台账"][0], ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", 75]]}))
    assert [f.status for f in load_files(home, catalog, [first, other, second]).files] == ["loaded"] * 3
    assert open_reader(home).rows("select submission_id from activity order by 1") == [("000002",), ("000003",)]


def test_the_four_states_of_a_cell_stay_apart(home, catalog, tmp_path):
    def state(cell):
        load_bytes(home, catalog, "月报.xlsx", workbook(_changed("单位与工会名册", 1, women, cell)))
        return open_reader(home).rows("select women_members, not_applicable from register where source_row = 2")

    women = GOOD["单位与工会名册"][0].index("女会员人数")
    assert [state(cell) for cell in (3, 0, "—", "……", "")] == [[(3, None)], [(0, None)], [(None, "women_members")], [(None, None)], [(None, None)]]


def test_a_nil_return_is_a_report_and_beside_rows_an_error(home, catalog, tmp_path):
    nil = {"安全生产台账": [GOOD["安全生产台账"][0], ["零报告"]]}
    report = load_bytes(home, catalog, "零.xlsx", workbook(nil))
    assert (report.status, report.forms["safety"][0].rows) == ("loaded", 0)
    both = {"安全生产台账": [*GOOD["安全生产台账"], ["零报告"]]}
    report = load_bytes(home, catalog, "双.xlsx", workbook(both))
    assert [p.code for p in report.problems if p.severity == "error"] == ["nil_with_data"]


def test_check_writes_nothing_and_knows_last_months_register(home, catalog, tmp_path):
    path = save(tmp_path, "三月.xlsx", workbook())
    assert check_files(home, catalog, [path]).files[0].status == "valid" and not home.path.exists()
    load_files(home, catalog, [path])
    april = _changed("单位与工会名册", 1, 5, 33)
    checked = check_files(home, catalog, [save(tmp_path, "四月.xlsx", workbook({"单位与工会名册": april["单位与工会名册"]}, cover=("城关镇", "2026-04")))])
    moved = [p for p in checked.files[0].problems if p.code == "members_moved"]
    assert [(p.cell, p.severity) for p in moved] == [("F2", "warning")] and moved[0].message == "会员人数是 33 人，按上月 30 人，加本月新发展、减本月减少，应为 30 人。"


def _content(home) -> str:
    reader = open_reader(home)
    tables = [t for (t,) in reader.rows("select table_name from duckdb_tables() where not internal and database_name = current_database() order by 1")]
    return json.dumps({t: sorted(map(str, reader.rows(f'select * from "{t}"'))) for t in tables}, ensure_ascii=False)


def test_rebuild_gives_the_same_warehouse(home, catalog, tmp_path):
    month = [save(tmp_path, f"{p}.xlsx", workbook(cover=("城关镇", "2026-03") if p == "a" else ("蒋家堰镇", "2026-03"))) for p in "ab"]
    load_files(home, catalog, month)
    load_bytes(home, catalog, "错.xlsx", workbook(_changed("帮扶救助台账", 1, 7, "约500")))
    load_bytes(home, catalog, "改.xlsx", workbook({"帮扶救助台账": GOOD["帮扶救助台账"][:2]}))
    before = _content(home)
    assert "送温暖慰问" in before
    assert rebuild(home) == open_reader(home).release
    assert _content(home) == before


def test_a_written_reason_is_kept_with_the_upload_and_survives_a_rebuild(home, catalog, tmp_path):
    dear = _changed("帮扶救助台账", 1, 7, 900000)
    report = load_bytes(home, catalog, "高.xlsx", workbook(dear))
    (problem,) = [p for p in report.problems if p.explain and p.code == "per_head"]
    assert (problem.code, problem.cell, problem.severity) == ("per_head", "H2", "warning")
    home_b = Home(tmp_path / "b")
    load_bytes(home_b, catalog, "高.xlsx", workbook(dear), explanations={problem.key: "一次性大病救助，已附票据"})
    asked = "select explanation from problem where code = 'per_head'"
    assert open_reader(home).rows(asked) == [(None,)] and open_reader(home_b).rows(asked) == [("一次性大病救助，已附票据",)]
    rebuild(home_b)
    assert open_reader(home_b).rows(asked) == [("一次性大病救助，已附票据",)]


def test_the_form_rules_know_last_month_and_last_year(home, catalog, tmp_path):
    def relief(month, *amounts):
        rows = [[f"2026-{month:02d}-{day + 5:02d}", "西关社区工会", "送温暖慰问", "困难职工", "", "", 10, amount] for day, amount in enumerate(amounts)]
        return workbook({"帮扶救助台账": [GOOD["帮扶救助台账"][0], *rows]}, cover=("城关镇", f"2026-{month:02d}"))

    for month in (3, 4, 5):
        load_bytes(home, catalog, f"{month}.xlsx", relief(month, 500 + month, 600, 700))
    codes = lambda content: {p.code for p in check_bytes(home, catalog, "六.xlsx", content).problems if p.explain}  # noqa: E731
    assert codes(relief(6, 505, 600, 700)) == {"not_copied"}
    assert codes(relief(6, 510, 600, 700)) == set()
    assert "magnitude" in codes(relief(6, 5_000_000, 6_000_000, 7_000_000))


def test_a_clerk_reads_figures_with_their_unit_and_without_empty_decimals(home, catalog):
    item = next(i for i in catalog.monthly_items if i.nature == "flow" and i.unit == "元")

    def month(year, number, amount, told):
        told = [GOOD["乡镇月报"][0], [item.code, item.name, item.unit, amount, told]]
        rows = [[f"{year}-{number:02d}-05", "西关社区工会", "送温暖慰问", "困难职工", "", "", 10, amount]]
        return workbook({"帮扶救助台账": [GOOD["帮扶救助台账"][0], *rows], "乡镇月报": told}, cover=("城关镇", f"{year}-{number:02d}"))

    said = lambda code, content: [p.message for p in check_bytes(home, catalog, "月报.xlsx", content).problems if p.code == code]  # noqa: E731
    load_bytes(home, catalog, "上年.xlsx", month(2025, 1, 33900, ""))
    assert said("year_change_within", month(2026, 1, 3000, "")) == ["救助金额是上年同月的十倍以上或不到十分之一：2025年1月是 33900 元，本月是 3000 元。"]
    assert said("year_to_date", month(2026, 1, 3000, "4000.0000")) == [f"“{item.name}”本年累计是 4000 元，各月相加（没有以前月份，本月 3000）应为 3000 元。"]


def test_a_column_that_is_not_there_is_not_compared_with_last_month(home, catalog, tmp_path):
    load_bytes(home, catalog, "三月.xlsx", workbook())
    without = {"单位与工会名册": [row[:5] for row in GOOD["单位与工会名册"]]}
    report = check_bytes(home, catalog, "四月.xlsx", workbook(without, cover=("城关镇", "2026-04")))
    assert "change_within" not in {p.code for p in report.problems}
    fewer = {"单位与工会名册": [GOOD["单位与工会名册"][0], ["西关社区", "村(社区)", 40, "是", "西关社区工会", 3, 1]]}
    report = check_bytes(home, catalog, "四月.xlsx", workbook(fewer, cover=("城关镇", "2026-04")))
    assert "change_within" in {p.code for p in report.problems}


def test_what_stood_in_a_cell_is_kept_beside_its_value(home, catalog, tmp_path):
    load_bytes(home, catalog, "月报.xlsx", workbook())
    rows = open_reader(home).rows("select recipients, amount, as_written from relief order by source_row")
    assert rows[0][2] is None
    assert (rows[1][0], int(rows[1][1]), json.loads(rows[1][2])) == (230, 100000, {"recipients": "230余件", "amount": "10万余元"})
    sheet = {"帮扶救助台账": [[*GOOD["帮扶救助台账"][0][:7], "金额（万元）"], [*GOOD["帮扶救助台账"][1][:7], 0.05]]}
    load_bytes(home, catalog, "二.xlsx", workbook(sheet))
    assert open_reader(home).rows("select amount::int, as_written from relief") == [(500, '{"amount": "0.05万元"}')]


def _of_month(period: date) -> bytes:
    """A month in which one thing happened."""
    return workbook({"活动与服务台账": [GOOD["活动与服务台账"][0], [f"{format_period(period)}-01", UNION, "文体活动", "东塔杯", 20]]}, cover=("龙坝镇", format_period(period)))


def test_a_month_that_has_not_begun_is_refused(home, catalog):
    this, after = date.today().replace(day=1), shift_period(date.today().replace(day=1), 1)
    for take in (check_bytes, load_bytes):
        report = take(home, catalog, "未到.xlsx", _of_month(after))
        assert (report.status, [p.code for p in report.problems if p.severity == "error"]) == ("refused", ["not_yet"])
    assert load_bytes(home, catalog, "本月.xlsx", _of_month(this)).status == "loaded"


def test_a_column_that_adds_up_to_the_unthinkable_is_refused(home, catalog):
    row = ["2026-03-05", UNION, "送温暖慰问", "困难职工", "", "", 1, 9_000_000_000]
    sheets = {"帮扶救助台账": [GOOD["帮扶救助台账"][0], row, [*row[:2], "办实事", "其他", "", "", 1, 9_000_000_000]]}
    report = load_bytes(home, catalog, "大.xlsx", workbook(sheets, cover=("龙坝镇", "2026-03")))
    assert [(p.sheet, p.cell, p.code) for p in report.problems if p.severity == "error"] == [("帮扶救助台账", None, "out_of_range")]


def test_figures_that_cannot_be_made_stop_nobody_else(home, catalog, monkeypatch):
    assert load_bytes(home, catalog, "一.xlsx", _of_month(date(2026, 2, 1))).status == "loaded"
    with monkeypatch.context() as patched:
        patched.setattr(writer, "refresh_marts", lambda *told: duckdb.connect().execute("select 1e30::decimal(18, 6)"))
        with pytest.raises(duckdb.ConversionException):
            load_bytes(home, catalog, "二.xlsx", _of_month(date(2026, 3, 1)))
    assert load_bytes(home, catalog, "三.xlsx", _of_month(date(2026, 4, 1))).status == "loaded"
    held = open_reader(home).rows("select source_file from submission order by 1")
    assert {"一.xlsx", "三.xlsx"} <= {name for (name,) in held} and _content(home)
    assert {f"{r['sequence']:06d}" for r in list_receipts(home) if r["outcome"] == "loaded"} == {n for (n,) in open_reader(home).rows("select submission_id from submission")}


def test_whoever_waited_writes_with_the_catalogue_as_it_is_by_then(home, catalog):
    load_bytes(home, catalog, "一.xlsx", _of_month(date(2026, 2, 1)))
    change_target(home, TargetChange("org_union_rate", 2026, "年度工作要点", "县总工会〔2026〕3号", "县干事", 0.45), 0.9)
    report = load_bytes(home, catalog, "二.xlsx", _of_month(date(2026, 3, 1)))  # with the catalogue from before
    now = load_catalog(overlay=home.overlay)
    assert report.status == "loaded" and list(list_receipts(home))[-1]["catalogue_sha256"] == now.sha256 != catalog.sha256
    assert (0.45,) in open_reader(home).rows("select value::double from target where indicator = 'org_union_rate'")
    with pytest.raises(UserError, match="刚刚被改过"):
        keep_catalogue(home, catalog.sha256)
    before = _content(home)
    rebuild(home)
    assert _content(home) == before


def test_undoing_one_upload_undoes_nobody_else_s(home, catalog):
    load_bytes(home, catalog, "一.xlsx", _of_month(date(2026, 2, 1)))
    before = read_current(home)
    load_bytes(home, catalog, "别人的.xlsx", _of_month(date(2026, 3, 1)))
    mine = load_bytes(home, catalog, "我的.xlsx", _of_month(date(2026, 4, 1)))
    with pytest.raises(UserError, match="不能单独撤销"):
        roll_back(home, before, only=mine.submission_id)
    between = f"{int(read_current(home)) - 1:06d}"
    assert roll_back(home, between, only=mine.submission_id) > between
    assert [r["outcome"] for r in list_receipts(home)] == ["loaded", "loaded", "undone"]
