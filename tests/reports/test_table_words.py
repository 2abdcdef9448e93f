"""Pages and workbooks say columns and codes in Chinese, files for programs keep them; a filter takes either."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from datetime import date

import openpyxl
import pyarrow
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.guard import Guard
from dashboard.routes import export_table
from dashboard.settings import Settings
from pipelines.access.model import Person
from pipelines.audit.log import read_records
from pipelines.catalog.keys import FORM_OPERATORS, ROW_OPERATORS
from pipelines.catalog.load import load_catalog
from pipelines.commandline.main import main
from pipelines.home import ROOT
from pipelines.intake.kinds import KINDS
from pipelines.reports.export import write_export
from pipelines.reports.pivot import Pivot, describe_pivot, list_pivot_columns
from pipelines.reports.table import AUDIT, Selection, describe_selection, find_column, list_tables, read_table, table_columns
from pipelines.reports.words import LISTS, table_words, tell_apart, tell_rows
from pipelines.warehouse.marts import mart_names
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.warehouse.scope import make_scope
from pipelines.workflow.review import approve
from tests.dashboard.opening import open_address
from tests.demo_homes import copy_demo

CATALOG = load_catalog()
TABLES = list(list_tables(CATALOG))
QUOTED = {  # what is no word of the product: names of files and accounts, addresses of cells, fingerprints, what people wrote
    "source_file", "actor", "cell", "id_number_masked", "id_number_hash", "previous", "hash", "subject", "detail", "found", "indicator_code",
}  # fmt: skip


def _limited(home) -> Reader:
    """What a leader takes away: without small counts."""
    return open_reader(home, scope=make_scope(CATALOG, Person("leader", "领导", "leader"), export=True))


def _months(table: str) -> Selection:
    return Selection(table, (date(2026, 9, 1), date(2026, 10, 1)))


@pytest.fixture
def client(demo_home):
    app = Starlette(routes=[Route("/export/{name}", export_table)], middleware=[Middleware(Guard, Settings())])
    return TestClient(app, base_url="http://127.0.0.1")


def _sheet(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0].iter_rows(values_only=True))


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_chinese_heading_of_its_own(demo, table):
    for reader in (open_reader(demo), _limited(demo)):
        groups, numbers = list_pivot_columns(reader, CATALOG, _months(table))
        for columns in (table_columns(reader, CATALOG, table), [*groups, *numbers]):
            words = table_words(CATALOG, table)
            assert [c for c in columns if c not in words.headings] == []
            assert len({words.headings[c] for c in columns}) == len(columns)
            assert [h for h in words.over(columns).values() if re.search("[A-Za-z_]", h)] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_yes_or_no_says_so(demo, table):
    schema = read_table(open_reader(demo), CATALOG, Selection(table)).schema
    codes = table_words(CATALOG, table).codes
    assert [f.name for f in schema if pyarrow.types.is_boolean(f.type) and set(codes.get(f.name, ())) != {"true", "false"}] == []


@pytest.mark.parametrize("table", TABLES)
def test_no_code_is_left_in_a_table_for_people(demo, table):
    for reader in (open_reader(demo), _limited(demo)):
        rows = read_table(reader, CATALOG, Selection(table))
        names = rows.schema.names
        told = tell_rows(rows, table_words(CATALOG, table)).read_all()
        texts = [(name, {v for v in column.to_pylist() if v}) for name, column in zip(names, told.columns, strict=True) if pyarrow.types.is_string(column.type)]
        assert {name: v for name, found in texts for v in found if name not in QUOTED and re.search("[A-Za-z_]", v)} == {}


@pytest.mark.parametrize("table", TABLES)
def test_a_word_leads_back_to_its_code(demo, table):
    words = table_words(CATALOG, table)
    kept = {name: codes for name, codes in words.codes.items() if name not in LISTS}
    assert [(name, code) for name, codes in kept.items() for code in codes if words.find_code(name, words.say(name, code)) != code or not codes[code]] == []
    for column in {*LISTS} & {*table_columns(reader := _limited(demo), CATALOG, table)}:
        told = {row[0] for row in reader.rows(f'select distinct "{column}" from "{table}" where "{column}" is not null')}
        assert [v for v in told if words.find_code(column, words.say(column, v)) != v] == []


def _kinds_of(call: ast.Call) -> list[str]:
    """The kinds that a call gives a warning: `Problem(kind, severity …)`, `_warn(typed, place, key, severity, kind …)`, `_problem(typed, key, index, kind, message, remedy, severity)`."""
    name = getattr(call.func, "id", "")
    severity, kind, least = {"Problem": (1, 0, 8), "_warn": (3, 4, 7), "_problem": (6, 3, 7)}.get(name, (0, 0, 99))
    if len(call.args) < least or getattr(call.args[severity], "value", None) == "error":
        return []
    return [n.value for n in ast.walk(call.args[kind]) if isinstance(n, ast.Constant)]


def test_every_kind_of_warning_has_a_word():
    trees = [ast.parse(p.read_text("utf-8")) for p in (ROOT / "pipelines" / "intake").rglob("*.py") if p.parent.name != "reply"]  # whose own is in no table
    found = {kind for tree in trees for call in ast.walk(tree) if isinstance(call, ast.Call) for kind in _kinds_of(call)}
    named_by_rules = {"more_than", "not_zero", "missing_value", "share_differs"}  # what the operators <=, zero_when, required_when and share find
    from_rules = {*ROW_OPERATORS, *FORM_OPERATORS} - {"<=", "zero_when", "required_when"}
    assert {"total_differs", "hidden", "unit_slip", "year_to_date"} <= found
    assert found | named_by_rules | from_rules <= set(KINDS)


def test_every_status_that_the_warehouse_writes_has_a_word():
    sql = mart_names()["submission_status"].read_text("utf-8")
    written = re.findall(r"(?:then|else) '(\w+)'", sql.partition(" end as status")[0].rpartition("case when")[2])
    assert len(written) == 3 and set(written) <= set(table_words(CATALOG, "submission_status").codes["status"])


@pytest.mark.parametrize("table", ["relief", "submission_status", "indicator_value", "standard_progress", "problem"])
def test_a_workbook_says_what_the_page_says(client, table):
    app = open_address(f"/explore?table={list_tables(CATALOG)[table]}&first=2026年9月&last=2026年10月")
    shown = app.dataframe[0].value
    heading, *rows = _sheet(client.get(f"/export/{table}.xlsx", params={"period": "2026-09..2026-10"}).content)
    assert list(heading) == list(shown.columns)
    for place, name in enumerate(heading):  # rows of equal place come in any order, and the page has the first ones only
        written = {row[place] for row in rows}
        assert {v for v in shown[name] if isinstance(v, str)} <= written, name
        assert not any(isinstance(v, bool) for v in written), name


def test_words_stand_in_the_workbook_and_codes_in_the_files_for_programs(client):
    wish = {"period": "2026-10", "columns": "township,state,on_time"}
    heading, *rows = _sheet(client.get("/export/submission_status.xlsx", params=wish).content)
    assert heading == ("乡镇", "审核状态", "按时") and {row[1:] for row in rows} >= {("已报待审", "是")}
    found = list(csv.DictReader(io.StringIO(client.get("/export/submission_status.csv", params=wish).content.decode("utf-8-sig"))))
    assert list(found[0]) == ["township", "state", "on_time"] and ("submitted", "true") in {(r["state"], r["on_time"]) for r in found}
    table = pyarrow.parquet.read_table(io.BytesIO(client.get("/export/submission_status.parquet", params=wish).content))
    assert table.schema.names == list(found[0]) and table["state"].to_pylist() == [r["state"] for r in found]


def test_a_moment_has_its_time_a_day_has_none_and_both_fit_their_columns(client):
    content = client.get("/export/submission_status.xlsx", params={"period": "2026-10", "columns": "received_at,due"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    row = next(cells for cells in sheet.iter_rows(min_row=2) if cells[0].value)
    assert [cell.number_format for cell in row] == ["yyyy-mm-dd hh:mm", "yyyy-mm-dd"]
    both = sheet.column_dimensions["A"]  # columns of one width that stand side by side
    assert both.max == 2 and both.width >= len("2026-10-05 09:30")


def test_a_pivot_in_a_workbook_has_words_over_its_columns_and_before_its_rows(client):
    wish = {"period": "2026-10", "pivot_rows": "on_time,township", "pivot_columns": "state"}
    heading, *rows = _sheet(client.get("/export/submission_status.xlsx", params=wish).content)
    assert heading[:2] == ("按时", "乡镇") and "已报待审" in heading[2:] and heading[-1] == "合计"
    assert {row[0] for row in rows} <= {"是", "否", "合计"} and rows[-1][0] == "合计"
    app = open_address("/explore?table=报送情况&first=2026年10月&last=2026年10月&by=按时、乡镇&across=审核状态")
    assert tuple(app.dataframe[0].value.columns) == heading
    assert list(app.dataframe[0].value["按时"]) == [row[0] for row in rows]


@pytest.mark.parametrize(("table", "column", "code", "word"), [
    ("submission_status", "state", "submitted", "已报待审"), ("submission_status", "on_time", "true", "是"), ("submission_status", "status", "late", "迟报"),
    ("indicator_year", "light", "red", "未达标"), ("indicator_value", "indicator", "org_union_rate", "建会率"), ("register", "has_union", "false", "否"),
    ("standard_progress", "item", "has_funds", "有经费"), ("monthly", "not_applicable", "year_to_date", "本年累计"), ("audit", "action", "upload", "报送"),
])  # fmt: skip
def test_a_filter_takes_the_word_as_well_as_the_code(demo, table, column, code, word):
    by_code, by_word = (read_table(open_reader(demo), CATALOG, Selection(table, where={column: told})).read_all() for told in (code, word))
    assert by_code.num_rows and by_code == by_word and set(by_code[column].cast(pyarrow.string()).to_pylist()) == {code}


def test_the_page_takes_the_word_that_it_shows(demo_home):
    app = open_address("/explore?table=指标值（本年累计）&first=2026年10月&last=2026年10月&field=灯&value=未达标")
    assert not app.exception and set(app.dataframe[0].value["灯"]) == {"未达标"}


def test_the_command_line_writes_a_workbook_in_words(home, tmp_path):
    copy_demo(home, months=2)
    first = open_reader(home).rows("select max(submission_id) from submission")[0][0]
    approve(home, CATALOG, [first], "县工会")
    assert main(["export", AUDIT, "--where", "action=审核通过", "--out", str(tmp_path / "a.xlsx")]) == 0
    heading, row = _sheet((tmp_path / "a.xlsx").read_bytes())
    assert heading[3] == "动作" and row[3] == "审核通过"
    assert main(["export", "submission_status", "--where", "state=审核通过", "--out", str(tmp_path / "b.xlsx")]) == 0
    heading, row = _sheet((tmp_path / "b.xlsx").read_bytes())
    assert dict(zip(heading, row, strict=True))["审核状态"] == "审核通过"


@pytest.mark.parametrize(("selection", "said"), [
    (Selection("relief", None, "420324107", {"category": "生活救助", "state": "submitted", "recipient_name": "王小明"}), "龙坝镇；救助类别=生活救助；审核状态=已报待审；姓名=王*"),
    (Selection("register", (date(2026, 3, 1),) * 2, "420324", {"has_union": "true", "as_written": "{x", "not_applicable": "members"}), "2026-03；竹溪县；是否建会=是；原来的写法={x；填了不适用的列=会员人数"),
    (Selection("indicator_value", where={"light": "未达标", "indicator": "org_union_rate"}), "灯=未达标；指标=建会率"),
    (Selection("audit", township_code="none", where={"action": "upload", "gone": "x"}), "none；动作=报送；gone=x"),
    (Selection("audit"), "全部"),
])  # fmt: skip
def test_a_filter_is_told_in_the_words_of_the_page(selection, said):
    assert describe_selection(CATALOG, selection) == said


def test_a_pivot_is_told_in_the_words_of_the_page():
    words = table_words(CATALOG, "relief")
    assert describe_pivot(Pivot(("township", "category"), "period", "amount", "sum"), words) == "透视：乡镇、救助类别 × 月份，金额合计"
    assert describe_pivot(Pivot(("township",)), words) == "透视：乡镇，行数"


@pytest.mark.parametrize("table", TABLES)
def test_what_stands_over_a_column_leads_back_to_it(demo, table):
    reader = open_reader(demo)
    columns = table_columns(reader, CATALOG, table)
    for name, over in table_words(CATALOG, table).over(columns).items():
        assert find_column(reader, CATALOG, table, over) == find_column(reader, CATALOG, table, name) == name


def test_the_command_line_filters_by_what_stands_over_a_column(demo_home, tmp_path, capsys):
    def rows(*told: str) -> list[list[str]]:
        assert main(["export", "relief", *told, "--out", str(tmp_path / "o.csv")]) == 0
        return list(csv.reader((tmp_path / "o.csv").read_text("utf-8-sig").splitlines()))

    assert rows("--where", "救助类别=生活救助", "--where", "审核状态=已报待审") == rows("--where", "category=生活救助", "--where", "state=submitted") != rows()
    capsys.readouterr()
    assert main(["export", "relief", "--where", "颜色=红", "--out", str(tmp_path / "o.csv")]) == 2
    assert "表里没有“颜色”这一列" in (said := "".join(capsys.readouterr())) and "救助类别（category）" in said


@pytest.mark.parametrize(("table", "where", "said"), [
    ("relief", "金额=abc", "请写成 金额=3000"), ("relief", "日期=10月5日", "请写成 日期=2026-10-05"), ("register", "has_union=maybe", "=是 这样"), ("relief", "amount=3,000", "这一列是数"),
    ("relief", "period=十月", "2026-10"), ("submission_status", "received_at=昨天", "2026-10-05 09:30:00"), ("relief", "source_row=1.5", "整数"), ("audit", "sequence=一", "整数"),
])  # fmt: skip
def test_a_filter_that_can_fit_no_row_is_refused_with_an_example(demo_home, tmp_path, capsys, table, where, said):
    assert main(["export", table, "--where", where, "--out", str(tmp_path / "o.csv")]) == 2
    assert said in (told := capsys.readouterr().err) and where.partition("=")[2] in told
    assert not (tmp_path / "o.csv").exists()


def test_an_export_says_how_many_rows_it_has_and_compares_numbers_as_numbers(demo_home, tmp_path, capsys):
    amount, number = open_reader(demo_home).rows("select amount, count(*) from relief where amount = floor(amount) group by 1 order by 2 desc limit 1")[0]
    for told in (f"{amount:.0f}", f"{amount:.2f}"):
        assert main(["export", "relief", "--where", f"金额={told}", "--out", str(tmp_path / "o.csv")]) == 0
        assert f"（{number} 行）" in capsys.readouterr().out
    assert len((tmp_path / "o.csv").read_text("utf-8-sig").splitlines()) == number + 1
    assert main(["export", "relief", "--where", "金额=0.0001", "--out", str(tmp_path / "o.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 0


def test_a_name_s_column_named_by_its_heading_stays_masked_in_the_record(demo_home, tmp_path):
    header = next(c.header for f in CATALOG.forms if f.key == "relief" for c in f.columns if c.key == "recipient_name")
    assert main(["export", "relief", "--where", f"{header}=王小明", "--out", str(tmp_path / "o.csv")]) == 0
    *_, last = read_records(demo_home)
    assert "王小明" not in last.event.detail and f"{header}=王*" in last.event.detail


def test_headings_are_told_apart():
    assert tell_apart(["甲", "合计", "甲（2）"], {"合计"}) == ["甲", "合计（2）", "甲（2）"]


def test_what_a_row_says_of_its_columns_is_said_with_their_headings():
    words = table_words(CATALOG, "relief")
    assert words.say("as_written", '{"amount": "0.6万元", "recipients": "12余人"}') == "金额：0.6万元；人次(户)：12余人"
    assert words.say("as_written", "（空）") == "（空）" and words.say("suppressed", "recipients,as_written") == "人次(户)、原来的写法"
    assert table_words(CATALOG, "problem").say("field", "relief.amount") == "帮扶救助台账：金额"


@pytest.mark.parametrize(("address", "name"), [("/export/relief.xlsx", "帮扶救助台账"), ("/export/relief.xlsx?pivot_rows=category&pivot_measure=amount&pivot_aggregate=sum", "帮扶救助台账")])
def test_the_sheet_of_a_workbook_bears_the_table_s_name(client, address, name):
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content), read_only=True)
    assert book.sheetnames == [name]


def test_a_value_that_is_no_code_and_one_that_is_missing_stay(tmp_path):
    rows = pyarrow.table({"state": ["approved", None, "gone"], "note": ["approved", "red", "x"]})
    write_export(rows.to_reader(1), tmp_path / "a.xlsx", words=table_words(CATALOG, "submission_status"))
    assert _sheet((tmp_path / "a.xlsx").read_bytes()) == [("审核状态", "note"), ("审核通过", "approved"), (None, "red"), ("gone", "x")]
