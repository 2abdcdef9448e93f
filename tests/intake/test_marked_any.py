"""The marked copy of files that cannot be edited, of hostile ones, and from the command line."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import openpyxl
import pytest

from pipelines.commandline.main import main
from pipelines.faults import Problem
from pipelines.home import Limits
from pipelines.intake.read import guard
from pipelines.intake.reply.child import is_editable
from pipelines.intake.reply.marked import mark_file
from pipelines.intake.reply.redraw import redraw
from pipelines.intake.sheet import LISTING, Sheet
from tests.intake.build import save
from tests.intake.test_hostile import HOSTILE
from tests.intake.test_marked import RELIEF, fault, laid_out, mark, marks_of, wrong_workbook


def test_a_redrawn_workbook_has_the_same_cells_and_no_formula():
    rows = [(2, ["标题", "", ""]), (4, ["=1+1", 2.5, date(2026, 3, 5)]), (5, [True, "11010519491231002X", date(1850, 1, 1)])]
    content, names = redraw([Sheet("a/b:c" * 9, rows, notes={"merges": ["A2:C2", "B2:D2"]}), Sheet("a_b_c" * 9, [], hidden=True)])
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    assert len(set(names.values())) == 2 and book.worksheets[1].sheet_state == "hidden"
    assert (page["A4"].value, page["A4"].data_type, page["B4"].value, page["C4"].value.date()) == ("=1+1", "s", 2.5, date(2026, 3, 5))
    assert (page["A5"].value, page["B5"].value, page["C5"].value) == (True, "11010519491231002X", "1850-01-01")
    assert [str(m) for m in page.merged_cells.ranges] == ["A2:C2"]


def test_a_workbook_that_cannot_be_edited_is_drawn_anew():
    strange = _replace(laid_out(), "xl/styles.xml", b'count="', b'count="x')
    book, _ = mark(strange, [fault("B2"), fault("A4")])
    assert book.sheetnames == [LISTING, "表", "_藏"] and book["表"]["B2"].value == 12
    assert set(marks_of(book)) == {("表", "B2"), ("表", "A3")}
    assert book["表"]["C5"].data_type == "s" and book[LISTING]["C2"].hyperlink.location == "'表'!B2"


def _replace(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            assert name != part or old in data
            out.writestr(name, data.replace(old, new) if name == part else data)
    return target.getvalue()


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_bytes_give_a_problem_or_a_copy(name):
    made = mark_file(HOSTILE[name][0](), [fault(None, None)])
    assert isinstance(made, bytes) or (made.code == "unmarked" and made.message.startswith("标注好的表格没有做成："))


def test_a_child_that_dies_gives_a_problem(monkeypatch):
    monkeypatch.setattr(guard, "read_limits", lambda: Limits(read_megabytes=32))
    made = mark_file(wrong_workbook(), [fault("A1", RELIEF)])
    assert isinstance(made, Problem) and made.code == "unmarked"
    monkeypatch.undo()
    assert isinstance(mark_file(wrong_workbook(), [fault("A1", RELIEF)]), bytes)


def test_the_command_writes_the_copies_and_says_where(home, tmp_path, capsys):
    paths = [save(tmp_path / "a", "城关镇.xlsx", wrong_workbook()), save(tmp_path / "b", "城关镇.xlsx", wrong_workbook()), save(tmp_path, "坏.xlsx", b"\x89PNG")]
    folder = tmp_path / "核对" / "三月"
    assert main(["check", *map(str, paths), "--annotate", str(folder), "--json"]) == 1
    out = capsys.readouterr()
    expected = [str(folder / "城关镇-核对.xlsx"), str(folder / "城关镇-核对-2.xlsx"), None]
    assert [f["annotated"] for f in json.loads(out.out)["files"]] == expected
    assert all(path in out.err for path in expected[:2]) and "没有做成" in out.err
    assert openpyxl.load_workbook(expected[0]).sheetnames[0] == LISTING
    assert main(["check", str(paths[0]), "--json"]) == 1
    assert "annotated" not in json.loads(capsys.readouterr().out)["files"][0]


def test_macros_do_not_come_back():
    sheet, macro = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    target = io.BytesIO(_replace(laid_out(), "[Content_Types].xml", sheet, macro))
    with zipfile.ZipFile(target, "a") as out:
        out.writestr("xl/vbaProject.bin", b"macro")
    book, marked = mark(target.getvalue(), [fault("B2")])
    with zipfile.ZipFile(io.BytesIO(marked)) as container:
        assert "xl/vbaProject.bin" not in container.namelist()
        assert sheet in container.read("[Content_Types].xml") and macro not in container.read("[Content_Types].xml")
    assert book["表"]["B4"].value == "=SUM(B2:B3)"


def test_the_strict_kind_is_not_edited():
    plain, strict = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    assert is_editable(laid_out())
    assert not is_editable(_replace(laid_out(), "xl/workbook.xml", plain, strict))
