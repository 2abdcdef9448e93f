"""Files that are legal and monstrous: a Chinese sentence within the reader's limits of time and memory, while other files are read."""

from __future__ import annotations

import io
import threading
import time
import zipfile

import pytest
import xlsxwriter

from pipelines.home import Limits
from pipelines.intake.load import check_bytes
from pipelines.intake.read.guard import read_file
from tests.intake.build import workbook


def _book(fill) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    fill(book)
    book.close()
    return target.getvalue()


def _sheet_xml(xml: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"x": [["a", "b"]]}))) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, xml if name == "xl/worksheets/sheet2.xml" else source.read(name))
    return target.getvalue()


_OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def _merges() -> bytes:
    cells = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1, 500_002))
    return _sheet_xml(_OPEN + b"<sheetData/><mergeCells>" + cells + b"</mergeCells></worksheet>")


def _one_long_text() -> bytes:
    """A text of 30,000 letters, and a hundred thousand cells that name it."""
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 100_001))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_shared())) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, _OPEN + b"<sheetData>" + rows + b"</sheetData></worksheet>" if name == "xl/worksheets/sheet1.xml" else source.read(name))
    return target.getvalue()


def _shared() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet("x").write_string(0, 0, "报" * 30_000)
    book.close()
    return target.getvalue()


def _many_sheets() -> bytes:
    return _book(lambda book: [book.add_worksheet(f"s{n}").write(0, 0, n) for n in range(2_000)])


HEAVY = {
    "half a million merges": _merges,
    "one long text a hundred thousand times": _one_long_text,
    "two thousand sheets": _many_sheets,
    "nested tables": lambda: b"<html>" + b"<table><tr><td>" * 100_000 + b"x",
    "a wide span": lambda: b"<table>" + b'<tr><td colspan="1000" rowspan="65536">x</td></tr>' * 2_000 + b"</table>",
    "a csv of one line": lambda: b"1," * 9_000_000,
    "a csv of short lines": lambda: b"a,b\n" * 4_000_000,
    "unclosed quotes": lambda: b'a,"b\n' * 2_000_000,
    "a million blank cells": lambda: _sheet_xml(_OPEN + b"<sheetData>" + b"".join(b'<row r="%d"/>' % n for n in range(1, 1_000_000)) + b"</sheetData></worksheet>"),
    "deep xml": lambda: _sheet_xml(_OPEN + b"<sheetData>" + b"<row>" * 500_000),
    "a flat ods of repeats": lambda: b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">' + b"<a>" * 300_000,
    "nulls": lambda: b"\0" * 10_000_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_monster_is_answered_in_time_while_others_are_read(catalog, name):
    content = HEAVY[name]()
    assert len(content) < 20 * 1024 * 1024
    other: list[float] = []

    def read_another() -> None:
        start = time.monotonic()
        assert isinstance(read_file(workbook()), list)
        other.append(time.monotonic() - start)

    read_file(workbook())
    start = time.monotonic()
    beside = threading.Timer(0.2, read_another)
    beside.start()
    report = check_bytes(None, catalog, "月报.xlsx", content)
    taken = time.monotonic() - start
    beside.join()
    assert report.status == "refused" and report.problems
    assert all(any("一" <= c <= "鿿" for c in p.message) and p.remedy for p in report.problems)
    assert taken < Limits().read_seconds + 3 and other[0] < Limits().read_seconds, (taken, other)
