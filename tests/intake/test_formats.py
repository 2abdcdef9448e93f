"""One small table in every format: the same cells at the same addresses, whatever the file is called."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import zipfile
from datetime import date

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from pipelines.faults import Problem
from pipelines.intake.read import ENDINGS
from pipelines.intake.read.guard import read_file
from pipelines.intake.read.text import find_delimiter
from pipelines.intake.sheet import Sheet, address

TEXTS = {"A1": "帮扶救助台账", "A3": "日期", "B3": "发放单位", "C3": "金额（元）", "A4": "2026-03-05", "B4": "西关社区工会", "C4": "500", "B5": "㐂镇，\"东\"区", "C5": "10万余元"}
CELLS = TEXTS | {"A4": date(2026, 3, 5), "C4": 500.0}
office = pytest.mark.office


def cells(sheet: Sheet) -> dict[str, object]:
    """The non-blank cells by address."""
    return {address(column, number): v for number, row in sheet.rows for column, v in enumerate(row) if v != ""}


def sheets(content: bytes) -> list[Sheet]:
    """The sheets of bytes that must be readable."""
    found = read_file(content)
    assert not isinstance(found, Problem), found
    return found


def book(*, cached: bool = True) -> bytes:
    """The table as .xlsx with every note: an error, a formula, a merge, hidden rows, columns and a hidden sheet."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    page = made.add_worksheet("救助")
    day = made.add_format({"num_format": "yyyy-mm-dd"})
    page.merge_range("A1:C1", CELLS["A1"])
    for where, value in CELLS.items():
        if isinstance(value, date):
            page.write_datetime(where, value, day)
        elif where != "A1":
            page.write(where, value)
    page.write_formula("D4", "=1/0", None, "#DIV/0!")
    page.write_formula("D5", "=1+1", None, 2 if cached else "")
    page.write_boolean("E4", True)
    page.write("F4", 1)
    page.set_row(4, None, None, {"hidden": True})
    page.set_row(90, None, None, {"hidden": True})
    page.set_column("D:E", None, None, {"hidden": True})
    page.set_column("H:XFD", None, None, {"hidden": True})
    made.add_worksheet("旧").write("B2", "旧数")
    made.get_worksheet_by_name("旧").hide()
    made.close()
    return target.getvalue()


NOTES = {"errors": ["D4=#DIV/0!"], "merges": ["A1:C1"], "hidden_rows": ["5"], "hidden_columns": ["4", "5"]}
FULL = CELLS | {"D5": 2.0, "E4": True, "F4": 1.0}


@pytest.fixture(scope="session")
def convert(tmp_path_factory):
    """A function from bytes and a LibreOffice target to bytes; each conversion runs once."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    folder, made = tmp_path_factory.mktemp("office"), {}

    def run(target: str) -> bytes:
        ending = target.partition(":")[0]
        if target not in made:
            (folder / "a.xlsx").write_bytes(book())
            command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target, "--outdir", str(folder / "out"), str(folder / "a.xlsx")]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            if not (folder / "out" / f"a.{ending}").exists():
                pytest.skip(f"this LibreOffice has no filter for {target}")
            made[target] = (folder / "out" / f"a.{ending}").read_bytes()
            (folder / "out" / f"a.{ending}").unlink()
        return made[target]

    return run


def same(content: bytes, expected: dict[str, object] = FULL, notes: dict[str, list[str]] = NOTES) -> None:
    """Asserts the two sheets with their cells and notes."""
    first, second = sheets(content)
    assert (first.name, first.hidden, second.name, second.hidden) == ("救助", False, "旧", True)
    assert cells(first) == expected and cells(second) == {"B2": "旧数"}
    assert first.notes == notes and second.notes == {}


def test_xlsx_and_xlsm():
    same(book())


def test_a_formula_that_was_never_calculated_is_noted():
    found = sheets(book(cached=False))[0]
    assert found.notes["uncached"] == ["D5"] and "D5" not in cells(found)


def _replace(content: bytes, change) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, change(data.decode()) if name.endswith((".xml", ".rels")) else data)
    return target.getvalue()


def test_strict_ooxml_with_dates_of_its_own():
    def strict(text: str) -> str:
        text = text.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
        text = text.replace("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
        return re.sub(r'(<c r="A4" s="\d+")><v>\d+</v>', r'\1 t="d"><v>2026-03-05</v>', text)

    same(_replace(book(), strict))


@office
@pytest.mark.parametrize("target", ["xls:MS Excel 97", "ods", "xlsx", "xml:MS Excel 2003 XML", "fods"])
def test_what_libreoffice_writes_is_the_same(convert, target):
    same(convert(target))


def _record(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack("<HH", kind, len(body)) + body


def biff5(codepage: int | None, texts: list[list[str]], encoding: str = "gb18030") -> bytes:
    """A bare stream of Excel 5 records with one sheet of texts."""
    name = "救助".encode(encoding, "replace")
    page = _record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))
    for number, row in enumerate(texts):
        for column, text in enumerate(row):
            data = text.encode(encoding)
            page += _record(0x204, struct.pack("<HHHH", number, column, 0, len(data)), data) if text else b""
    head = _record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0)) + (_record(0x42, struct.pack("<H", codepage)) if codepage else b"")
    place = len(head) + 4 + 7 + len(name) + 4
    return head + _record(0x85, struct.pack("<IHB", place, 0, len(name)), name) + _record(10) + page + _record(10)


@pytest.mark.parametrize("codepage", [936, 1252, 10000, 65001, None])
def test_an_old_xls_is_read_whatever_code_page_it_claims(codepage):
    (found,) = sheets(biff5(codepage, grid()))
    assert found.name == "救助" and cells(found) == TEXTS


def test_a_western_old_xls_stays_western():
    assert cells(sheets(biff5(1252, [["café", "naïve"]], "cp1252"))[0]) == {"A1": "café", "B1": "naïve"}


@office
def test_ods_is_read_as_calamine_reads_it(convert):
    content = convert("ods")
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    theirs = {address(c, n): v for n, row in enumerate(theirs, 1) for c, v in enumerate(row) if v != ""}
    ours = cells(sheets(content)[0])
    assert {a: v for a, v in theirs.items() if a != "D4"} == ours


@office
@pytest.mark.parametrize("target", ["xls:MS Excel 97", "ods", "xml:MS Excel 2003 XML"])
def test_a_cut_file_is_broken_not_half_read(convert, target):
    content = convert(target)
    for share in (0.3, 0.6, 0.9, 0.97):
        found = read_file(content[: int(len(content) * share)])
        assert isinstance(found, Problem) and found.code in ("broken", "password"), share


def grid() -> list[list[str]]:
    """The table's texts as rows."""
    return [[TEXTS.get(address(c, n), "") for c in range(3)] for n in range(1, 6)]


def csv(delimiter: str, end: str = "\r\n") -> str:
    """The table as delimited text, quoted where it must be."""
    quote = lambda t: '"' + t.replace('"', '""') + '"' if delimiter in t or '"' in t else t  # noqa: E731
    return "".join(delimiter.join(map(quote, row)) + end for row in grid())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_csv_in_every_encoding_and_with_every_delimiter(encoding, delimiter):
    text = "\ufeff" + csv(delimiter) if encoding == "utf-16-be" else csv(delimiter, "\n")
    (found,) = sheets(text.encode(encoding))
    assert cells(found) == TEXTS and found.name == "1" and found.notes == {}


def test_a_stray_quote_swallows_no_rows():
    lines = ["日期,单位,金额", '3月1日,"西关,1', "3月2日,东关,2", '3月3日,北关",3', '3月4日,"南,关",4', '3月5日,"甲\n乙",5']
    found = sheets("\n".join(lines).encode())[0]
    assert [n for n, _ in found.rows] == [1, 2, 3, 4, 5, 6]
    assert found.rows[1][1] == ["3月1日", '"西关', "1"] and found.rows[4][1][1] == "南,关" and found.rows[5][1][1] == "甲\n乙"


def test_csv_oddities():
    assert cells(sheets(b'sep=;\na;"b;c"\n1,5;="0012"\n')[0]) == {"A1": "a", "B1": "b;c", "A2": "1,5", "B2": "0012"}
    assert find_delimiter("a\t1,234,567\t2,345,678\nb\t1,234,567\t2,345,678\n") == "\t"
    assert cells(sheets("月报\n\n单位,金额,备注\n甲,1,慰问，走访\n乙,2,\n".encode())[0])["C4"] == "慰问，走访"


PAGE = """<table border=1><caption>救助</caption>
<tr><th colspan=3>帮扶救助台账</th></tr><tr style='display:none'><td rowspan=2>序</td><td>日<br>期</td><td>&nbsp;金额 （元）</td></tr>
<tr><td>3月</td><td x:num="5">5.00</td></tr></table><h3>第二张</h3><table><tr><td>甲<td>1</table><table><tr><td>乙</td></tr></table>"""
WEB = {"A1": "帮扶救助台账", "A2": "序", "B2": "日\n期", "C2": "金额 （元）", "B3": "3月", "C3": "5.00"}


def _check_page(content: bytes) -> None:
    first, second, third = sheets(content)
    assert (first.name, second.name, third.name) == ("救助", "第二张", "3")
    assert cells(first) == WEB and cells(second) == {"A1": "甲", "B1": "1"} and cells(third) == {"A1": "乙"}
    assert first.notes == {"merges": ["A1:C1", "A2:A3"], "hidden_rows": ["2"]}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_web_page(encoding):
    _check_page(f"<html><head><meta charset={encoding if encoding != 'gb18030' else 'gb2312'}></head><body>{PAGE}</body></html>".encode(encoding))


def test_a_table_that_only_lays_out_others_is_looked_through():
    found = sheets(b"<table><tr><td><table><tr><td>a<td>b</table></td><td><table><tr><td>c</table></td></tr></table>")
    assert [cells(s) for s in found] == [{"A1": "a", "B1": "b"}, {"A1": "c"}]


@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
def test_mhtml(coding):
    from email.charset import BASE64, QP, Charset
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    kind = Charset("gb18030")
    kind.body_encoding = BASE64 if coding == "base64" else QP
    mail = MIMEMultipart("related")
    mail.attach(MIMEText(PAGE, "html", kind))
    content = mail.as_bytes()
    _check_page(content)
    _check_page(b"From: <Saved>\nSubject: x\n " + content[:0] + b"y\n" + content)
    assert read_file(content[:-60]).code == "broken"


XML = """<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="救助"><Table ss:ExpandedColumnCount="1" ss:ExpandedRowCount="1"><Column/><Column ss:Index="4" ss:Hidden="1" ss:Span="1"/>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">帮扶救助台账</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">日期</Data></Cell><Cell><Data ss:Type="String">发放单位</Data></Cell><Cell><ss:Data ss:Type="String">金额（元）</ss:Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2026-03-05T00:00:00.000</Data></Cell><Cell><Data ss:Type="String">西关<B>社区</B>工会</Data></Cell>
<Cell><Data ss:Type="Number">500</Data></Cell><Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell>
<Cell><Data ss:Type="Number">1</Data></Cell><Cell ss:Formula="=F4"/></Row>
<Row ss:Hidden="1"><Cell ss:Index="2" ss:MergeDown="1"><Data ss:Type="String">㐂镇，"东"区</Data></Cell><Cell><Data ss:Type="String">10万余元</Data></Cell><Cell><Data ss:Type="Number">2</Data></Cell></Row>
</Table></Worksheet><Worksheet ss:Name="旧"><Table><Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="String">旧数</Data></Cell></Row></Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_spreadsheetml(encoding):
    content = XML.format(encoding=encoding).encode("gb18030" if encoding == "gb2312" else encoding)
    same(content, FULL, {"errors": ["D4=#DIV/0!"], "uncached": ["G4"], "merges": ["A1:C1", "B5:B6"], "hidden_rows": ["5"], "hidden_columns": ["4", "5"]})


def test_a_wrong_ending_in_a_walked_folder_changes_nothing(home, catalog, tmp_path):
    from pipelines.intake.load import check_files

    for number, ending in enumerate(ENDINGS):
        (tmp_path / f"{number}{ending}").write_bytes(book())
    reports = check_files(home, catalog, sorted(tmp_path.glob("*.*"))).files
    assert len(reports) == len(ENDINGS) and len({tuple(p.code for p in r.problems) for r in reports}) == 1


def _xlsb_record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb() -> bytes:
    """The smallest binary workbook: one hidden sheet with a text and a number in its third row."""
    row = _xlsb_record(0, struct.pack("<IIHHBI", 2, 0, 300, 0, 0, 0))
    body = row + _xlsb_record(6, struct.pack("<II", 0, 0) + _wide("金额")) + _xlsb_record(5, struct.pack("<IId", 1, 0, 500.0))
    page = _xlsb_record(129) + _xlsb_record(148, struct.pack("<IIII", 2, 2, 0, 1)) + _xlsb_record(145) + body + _xlsb_record(146) + _xlsb_record(130)
    head = _xlsb_record(156, struct.pack("<II", 1, 1) + _wide("rId1") + _wide("旧"))
    relation = '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr("xl/workbook.bin", _xlsb_record(131) + _xlsb_record(143) + head + _xlsb_record(144) + _xlsb_record(132))
        out.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>')
        out.writestr("xl/worksheets/sheet1.bin", page)
    return target.getvalue()


def test_xlsb():
    (found,) = sheets(xlsb())
    assert (found.name, found.hidden, cells(found)) == ("旧", True, {"A3": "金额", "B3": 500.0})
