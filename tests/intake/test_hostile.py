"""Files that are broken or meant to break the reader: one Chinese sentence each, and the process goes on."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from pipelines.faults import Problem
from pipelines.home import Limits
from pipelines.intake.load import check_bytes, load_files
from pipelines.intake.read.guard import Guard, read_ahead, read_file
from tests.intake.build import save, workbook


def _corners() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet("大表")
    page.write(0, 0, 1)
    page.write(1048575, 16383, 1)
    book.close()
    return target.getvalue()


def _rewrite(part: str, content) -> bytes:
    """A good workbook with one part replaced by the given chunks."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            with out.open(name, "w") as stream:
                for chunk in content if name == part else [source.read(name)]:
                    stream.write(chunk)
    return target.getvalue()


HOSTILE = {
    "corners": (_corners, "insane_range"),
    "bomb": (lambda: _rewrite("xl/worksheets/sheet1.xml", (b" " * 2**20 for _ in range(201))), "too_large"),
    "dtd": (lambda: _rewrite("xl/workbook.xml", [b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>']), "dtd"),
    "not_xml": (lambda: _rewrite("xl/worksheets/sheet2.xml", [b"<worksheet><sheetData><row><c"]), "broken"),
    "truncated": (lambda: workbook()[:-900], "broken"),
    "flipped": (lambda: workbook().replace(b"PK\x03\x04", b"PK\x03\x05"), "broken"),
    "password": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "old_xls": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "broken"),
    "page_without_table": (lambda: "<html><p>月报见附件</p></html>".encode(), "no_table"),
    "cut_page": (lambda: "<html><table><tr><td>金额</td></tr>".encode(), "broken"),
    "empty": (lambda: b"", "empty_file"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "picture"),
    "bitmap": (lambda: b"BM" + b"\x46\x01\0\0" + b"\0" * 99, "picture"),
    "pdf": (lambda: b"%PDF-1.7\n", "pdf"),
    "rich_text": (lambda: b"{\\rtf1 x}", "word"),
    "docx": (lambda: _zip("word/document.xml"), "word"),
    "pptx": (lambda: _zip("ppt/presentation.xml"), "slides"),
    "rar": (lambda: b"Rar!\x1a\x07\0" + b"\0" * 99, "archive"),
    "seven_zip": (lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 99, "archive"),
    "other_zip": (lambda: _zip("a.txt"), "archive"),
    "prose": (lambda: "这个月的报表晚两天交。\n谢谢！".encode(), "no_table"),
    "binary": (lambda: bytes(range(1, 200)), "unknown_format"),
    "half_a_character": (lambda: ("日期,金额\n" * 20).encode()[:-1] + "元".encode()[:2], "broken"),
    "xml_of_something": (lambda: b"<?xml version='1.0'?><feed/>", "unknown_format"),
    "xml_dtd": (lambda: _XML.replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]><Workbook').encode(), "dtd"),
    "xml_cut": (lambda: _XML[:-20].encode(), "broken"),
    "xml_far": (lambda: _XML.replace("<Row>", '<Row ss:Index="300001">').encode(), "insane_range"),
    "ods_rows": (lambda: _ods('<table:table-row table:number-rows-repeated="1048576"><table:table-cell>'), "insane_range"),
    "ods_columns": (lambda: _ods('<table:table-row><table:table-cell table:number-columns-repeated="99999999">'), "insane_range"),
    "ods_area": (lambda: _ods('<table:table-row table:number-rows-repeated="9999"><table:table-cell table:number-columns-repeated="999">'), "insane_range"),
    "ods_password": (lambda: _zip("content.xml", ("META-INF/manifest.xml", "<manifest:encryption-data/>")), "password"),
    "ods_dtd": (lambda: _zip(("content.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x/>')), "dtd"),
}


_XML = (
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="a"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table></Worksheet></Workbook>'
)


def _zip(*parts: str | tuple[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for part in parts:
            out.writestr(*((part, "x") if isinstance(part, str) else part))
    return target.getvalue()


def _ods(start: str) -> bytes:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = f'<table:table table:name="a">{start}<text:p>x</text:p></table:table-cell></table:table-row></table:table>'
    content = f"<office:document-content {names}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    return _zip(("content.xml", content))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_sentence_and_the_reader_lives(catalog, name):
    make, code = HOSTILE[name]
    report = check_bytes(None, catalog, "月报.xlsx", make())
    assert report.status == "refused"
    (problem,) = report.problems
    assert problem.code == code and problem.sheet is None and problem.cell is None
    assert any("一" <= c <= "鿿" for c in problem.message) and problem.remedy
    assert isinstance(read_file(workbook()), list)


def test_a_child_that_outgrows_its_memory_or_time_is_ended_and_the_next_file_is_read():
    big = workbook({"x": [[i * 1.5 + j for j in range(12)] for i in range(30_000)]})
    for limits, code in ((Limits(20, 30, 40), "unreadable"), (Limits(20, 0, 1024), "slow")):
        guard = Guard(limits)
        try:
            assert guard.read(big).code == code
            guard.limits = Limits()
            assert [s.name for s in guard.read(workbook({"y": [["a", "b"]]}))] == ["封面", "y"]
        finally:
            guard.close()


def test_a_file_over_the_size_limit_is_not_even_handed_over():
    assert Guard(Limits(0, 30, 1024)).read(b"PK" + b"x" * 10).code == "too_large"


def test_one_bad_file_never_stops_the_others(home, catalog, tmp_path):
    bad = save(tmp_path, "坏.xlsx", _corners())
    good = save(tmp_path, "好.xlsx", workbook())
    assert [f.status for f in load_files(home, catalog, [bad, good]).files] == ["refused", "loaded"]


def test_a_child_that_dies_with_a_file_takes_no_other_file_with_it():
    big = workbook({"x": [[i * 1.5 + j for j in range(12)] for i in range(30_000)]})
    answers = list(read_ahead([workbook(), big, b"", workbook({"y": [["a", "b"]]})], Limits(20, 30, 60)))
    assert [a.code if isinstance(a, Problem) else len(a) for a in answers] == [len(read_file(workbook())), "unreadable", "empty_file", 2]
