"""The statistical year under the national item names: every value is SQL's, what the forms cannot give is marked and left empty."""

from __future__ import annotations

import io

import openpyxl
import pytest

from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.reports.national.read import load_items, read_national, to_text
from pipelines.reports.national.write import write_national
from pipelines.reports.summary.wording.data import known_codes
from pipelines.warehouse.reader import open_reader

COUNTY = "420324"


@pytest.fixture(scope="module")
def year(demo) -> str:
    """The statistical year of the demo's last month."""
    period = open_reader(demo).rows("select max(period) from span_month where reading = 'statistical_year'")[0][0]
    return str(period.year + (period.month >= 10))


@pytest.fixture(scope="module")
def found(demo, catalog, year):
    return read_national(open_reader(demo), demo, catalog, None, year)


def _lines(found) -> dict[str, object]:
    return {line.name.strip(): line for line in found.lines}


def test_every_source_is_something_the_catalogue_knows(demo, catalog):
    _, items = load_items(demo)
    monthly = {i.code for i in catalog.monthly_items}
    columns = {item.field for s in catalog.standards for item in s.items}
    known = {"indicator": known_codes(catalog), "numerator": known_codes(catalog), "monthly": monthly, "standard": columns, "unions": {"competition", "relief"}, "register": {"joint_units"}}
    assert [i["from"] for i in items if "from" in i and i["from"].partition(":")[2] not in known[i["from"].partition(":")[0]]] == []
    assert all("note" in i for i in items if "from" not in i)


@pytest.mark.parametrize(("name", "sql"), [
    ("会员人数", "select sum(members) from register where period = $p"),
    ("基层工会组织数", "select count(*) from register where period = $p and has_union"),
    ("建立工会女职工组织的基层工会", "select count(*) from standards where period = $p and women_committee"),
    ("劳动法律监督组织", "select count(*) from standard_progress where period = $p and item = 'law_supervision_committee' and met"),
    ("送温暖慰问资金", "select coalesce(sum(amount), 0) from relief where category = '送温暖慰问' and period between $f and $p"),
    ("开展劳动竞赛的基层工会", "select count(distinct (township_code, union_name)) from competition where period between $f and $p"),
    ("参加劳动竞赛的职工", "select sum(participants) from competition where period between $f and $p"),
])  # fmt: skip
def test_a_line_is_what_sql_says(demo, found, name, sql):
    last = found.span.period
    first = last.replace(year=last.year - (last.month < 10), month=10)
    wanted = open_reader(demo).rows(sql, {k: v for k, v in {"p": last, "f": first}.items() if f"${k}" in sql})[0][0]
    assert float(_lines(found)[name].value) == float(wanted)


def test_what_the_forms_cannot_give_is_empty_and_says_why(found):
    line = _lines(found)["职工技术协会"]
    assert (line.value, line.remark) == ("", "月报不能提供：月报不收集")
    assert "不分专职、兼职" in _lines(found)["工会干部人数"].remark
    assert all(line.value or line.remark for line in found.lines)


def test_it_can_be_copied_and_opened(found):
    rows = [line.split("\t") for line in to_text(found).split("\n")]
    assert len(rows) == len(found.lines) and {len(row) for row in rows} == {5}
    sheet = openpyxl.load_workbook(io.BytesIO(write_national(found))).active
    assert sheet["A1"].value == found.title and [c.value for c in sheet[2]] == ["类别", "项目", "计量单位", "数值", "说明"]
    missing = next(row for row in sheet.iter_rows(min_row=3) if row[1].value == "职工技术协会")
    assert missing[3].value is None and missing[3].fill.fgColor.rgb == "FFFFFF00"


def test_the_verb(demo_home, year, tmp_path, capsys):
    out = tmp_path / "年报.xlsx"
    assert main(["national-return", "--year", year, "--township", "龙坝镇", "-o", str(out)]) == 0
    assert "龙坝镇" in capsys.readouterr().out and out.read_bytes()[:2] == b"PK"
    assert main(["national-return", "--year", "2011", "-o", str(out)]) == 2
    assert main(["national-return", "--year", year, "-o", str(tmp_path / "x.docx")]) == 2


def test_a_faulty_file_of_the_county_is_told(home, catalog):
    own = home.path / "wording" / "national_return.toml"
    own.parent.mkdir(parents=True)
    own.write_text('[[item]]\nsection = "a"\nname = "某项"\nunit = "个"\nfrom = "sql:drop"\n', "utf-8")
    with pytest.raises(UserError, match="某项"):
        load_items(home)
