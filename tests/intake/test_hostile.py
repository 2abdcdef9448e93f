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
    "old_xls": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_excel"),
    "html": (lambda: "<html><table><tr><td>金额</td></tr></table></html>".encode(), "web_page"),
    "empty": (lambda: b"", "empty_file"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "picture"),
    "csv": (lambda: "日期,金额\n2026-03-01,5\n".encode("gb18030"), "unknown_format"),
    "other_zip": (lambda: _zip("a.txt"), "no_workbook"),
}


def _zip(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr(name, "x")
    return target.getvalue()


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
