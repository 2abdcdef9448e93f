"""The marked copy: the sender's own file, with every problem in its cell and in one list."""

from __future__ import annotations

import copy
import io
import json
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from pipelines.commandline.main import main
from pipelines.faults import Problem
from pipelines.home import Limits
from pipelines.intake.load import check_bytes
from pipelines.intake.read import guard
from pipelines.intake.reply.marked import mark_file
from pipelines.intake.reply.redraw import redraw
from pipelines.intake.sheet import LISTING, Sheet
from tests.intake.build import GOOD, YES, save, workbook
from tests.intake.test_hostile import HOSTILE

RED, AMBER = "FFFDE9E7", "FFFFF4D6"
RELIEF = "帮扶救助台账"


def _wrong() -> bytes:
    sheets = copy.deepcopy(GOOD)
    sheets[RELIEF][1][7] = "约3000元"
    sheets[RELIEF][2][1] = "@SUM(1)"
    sheets["乡镇月报"].append(["", "不认得的指标", "人", 5, ""])
    return workbook(sheets)


def _problems(catalog, content: bytes) -> list[Problem]:
    return check_bytes(None, catalog, "月报.xlsx", content).problems


def _mark(content: bytes, problems: list[Problem]):
    marked = mark_file(content, problems)
    assert isinstance(marked, bytes), marked
    return openpyxl.load_workbook(io.BytesIO(marked)), marked


def _marks(book) -> dict[tuple[str, str], str]:
    return {(p.title, c.coordinate): c.fill.fgColor.rgb for p in book.worksheets[1:] for row in p.iter_rows() for c in row if c.comment and "【核对提示】" in c.comment.text}


def _values(book, skip=()) -> dict[str, dict[str, object]]:
    return {p.title: {c.coordinate: c.value for row in p.iter_rows() for c in row if c.value is not None} for p in book.worksheets if p.title not in skip}


def _fault(cell: str | None, sheet: str | None = "表", severity: str = "error", found: str | None = "x", code: str = "c") -> Problem:
    return Problem(code, severity, sheet, cell, None, found, f"{cell}不对。", "请改正。")


def test_the_problem_cells_and_no_others_are_marked(catalog):
    content = _wrong()
    problems = _problems(catalog, content)
    book, _ = _mark(content, problems)
    wrong = {(p.sheet, p.cell) for p in problems if p.cell and p.severity == "error"}
    asked = {(p.sheet, p.cell) for p in problems if p.cell} - wrong
    assert wrong and asked
    assert _marks(book) == dict.fromkeys(wrong, RED) | dict.fromkeys(asked, AMBER)
    cell = book[RELIEF]["H2"]
    assert cell.border.left.color.rgb == "FFB42318"
    for problem in problems:
        note = book[problem.sheet][problem.cell].comment.text
        assert problem.message in note and problem.remedy in note
    assert _values(book, [LISTING]) == _values(openpyxl.load_workbook(io.BytesIO(content)))


def test_the_list_holds_every_problem_errors_first(catalog):
    content = _wrong()
    problems = [*_problems(catalog, content), Problem("x", "error", None, None, None, None, "整份不对。", "请改。"), _fault(None, RELIEF)]
    page = _mark(content, problems)[0].worksheets[0]
    assert page.title == LISTING and page.freeze_panes == "A2" and not page.protection.sheet
    rows = list(page.iter_rows(values_only=True))
    assert rows[0] == ("序号", "工作表", "单元格", "级别", "写的是", "问题", "怎么改")
    words = {"error": "必须修改", "warning": "请核对"}
    listed = [(p.sheet or "整个文件", p.cell or ("整张表" if p.sheet else None), words[p.severity], p.found, p.message, p.remedy)
              for p in sorted(problems, key=lambda p: p.severity)]  # fmt: skip
    assert [r[0] for r in rows[1:]] == list(range(1, len(problems) + 1))
    assert [tuple(v or None for v in r[1:]) for r in rows[1:]] == listed
    links = {c.value: c.hyperlink.location for c in page["C"][1:] if c.hyperlink}
    assert links["H2"] == f"'{RELIEF}'!H2"


def _laid_out() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("表")
        page.set_column("B:B", 33)
        page.set_row(1, 40)
        page.merge_range("A1:C1", "标题", book.add_format({"bold": True}))
        page.merge_range("A3:A5", "合并")
        page.write_row("A2", ["甲", 12, date(2026, 3, 5).isoformat()])
        page.write_number("B3", 0.5, book.add_format({"num_format": "0.0%"}))
        page.write_formula("B4", "=SUM(B2:B3)", None, 12.5)
        page.write_formula("C4", '=A2&"<b>"', None, "甲<b>")
        page.write_string("C5", "=cmd|' /C calc'!A0")
        page.data_validation("C2", {"validate": "list", "source": ["是", "否"]})
        page.write_comment("B2", "填写说明")
        page.protect()
        book.add_worksheet("_藏").very_hidden()
    return target.getvalue()


def test_layout_formulas_and_their_results_stay():
    content = _laid_out()
    book, marked = _mark(content, [_fault("B2"), _fault("A4"), _fault("C9", severity="warning")])
    page, before = book["表"], openpyxl.load_workbook(io.BytesIO(content))["表"]
    assert page.column_dimensions["B"].width == before.column_dimensions["B"].width and page.row_dimensions[2].height == 39.75
    assert page.merged_cells.ranges == before.merged_cells.ranges
    assert page["B4"].value == "=SUM(B2:B3)" and page["B3"].number_format == "0.0%" and page["A1"].font.b
    assert page["C5"].value == before["C5"].value and page["C5"].data_type == "s"
    assert page.data_validations.dataValidation[0].sqref == before.data_validations.dataValidation[0].sqref
    assert page.protection.sheet and book["_藏"].sheet_state == "veryHidden"
    assert set(_marks(book)) == {("表", "B2"), ("表", "A3"), ("表", "C9")}  # A4 lies in the merge that starts at A3
    kept = openpyxl.load_workbook(io.BytesIO(marked), data_only=True)["表"]
    assert (kept["B4"].value, kept["C4"].value) == (12.5, "甲<b>")


def test_a_note_of_the_sender_s_own_comes_back_when_the_cell_is_right():
    book, marked = _mark(_laid_out(), [_fault("B2")])
    assert book["表"]["B2"].comment.text.endswith("填写说明")
    book, _ = _mark(marked, [_fault("C2")])
    assert book["表"]["B2"].comment.text == "填写说明"
    assert book["表"]["B2"].fill.fill_type is None and book["表"]["B2"].border.left.style is None


def test_marking_twice_does_not_pile_up(catalog):
    content = _wrong()
    first, marked = _mark(content, _problems(catalog, content))
    assert _problems(catalog, marked) == _problems(catalog, content)
    second, _ = _mark(marked, _problems(catalog, marked))
    assert second.sheetnames == first.sheetnames
    assert _marks(second) == _marks(first) and _values(second) == _values(first)
    assert second[RELIEF]["H2"].comment.text == first[RELIEF]["H2"].comment.text


def test_a_mended_copy_loads_and_its_marks_go(catalog):
    content = _wrong()
    book, _ = _mark(content, _problems(catalog, content))
    book[RELIEF]["H2"], book[RELIEF]["B3"] = 3000, "西关社区工会"
    book["乡镇月报"].delete_rows(4)
    mended = io.BytesIO()
    book.save(mended)
    report = check_bytes(None, catalog, "月报.xlsx", mended.getvalue())
    assert report.status == "valid", [p for p in report.problems if p.severity == "error"]
    again, _ = _mark(mended.getvalue(), report.problems)
    assert again[RELIEF]["H2"].comment is None and again[RELIEF]["H2"].fill.fill_type is None


def test_text_that_looks_like_a_formula_stays_text():
    book, _ = _mark(_laid_out(), [_fault("C5", found="=1+1"), _fault("C6", found="+A1\x01\ud800")])
    cells = [book[LISTING]["E2"], book[LISTING]["E3"]]
    assert [(c.value, c.data_type) for c in cells] == [("=1+1", "s"), ("+A1?", "s")]
    assert all(c.quotePrefix for c in cells)


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
    strange = _replace(_laid_out(), "xl/styles.xml", b'count="', b'count="x')
    book, _ = _mark(strange, [_fault("B2"), _fault("A4")])
    assert book.sheetnames == [LISTING, "表", "_藏"] and book["表"]["B2"].value == 12
    assert set(_marks(book)) == {("表", "B2"), ("表", "A3")}
    assert book["表"]["C5"].data_type == "s" and book[LISTING]["C2"].hyperlink.location == "'表'!B2"


def _replace(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            assert name != part or old in data
            out.writestr(name, data.replace(old, new) if name == part else data)
    return target.getvalue()


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_bytes_give_a_problem_or_a_copy(name):
    made = mark_file(HOSTILE[name][0](), [_fault(None, None)])
    assert isinstance(made, bytes) or (made.code == "unmarked" and made.message.startswith("标注好的表格没有做成："))


def test_a_child_that_dies_gives_a_problem(monkeypatch):
    monkeypatch.setattr(guard, "read_limits", lambda: Limits(read_megabytes=32))
    made = mark_file(_wrong(), [_fault("A1", RELIEF)])
    assert isinstance(made, Problem) and made.code == "unmarked"
    monkeypatch.undo()
    assert isinstance(mark_file(_wrong(), [_fault("A1", RELIEF)]), bytes)


def test_the_command_writes_the_copies_and_says_where(home, tmp_path, capsys):
    paths = [save(tmp_path / "a", "城关镇.xlsx", _wrong()), save(tmp_path / "b", "城关镇.xlsx", _wrong()), save(tmp_path, "坏.xlsx", b"\x89PNG")]
    folder = tmp_path / "核对" / "三月"
    assert main(["check", *map(str, paths), "--annotate", str(folder), "--json"]) == 1
    out = capsys.readouterr()
    expected = [str(folder / "城关镇-核对.xlsx"), str(folder / "城关镇-核对-2.xlsx"), None]
    assert [f["annotated"] for f in json.loads(out.out)["files"]] == expected
    assert all(path in out.err for path in expected[:2]) and "没有做成" in out.err
    assert openpyxl.load_workbook(expected[0]).sheetnames[0] == LISTING
    assert main(["check", str(paths[0]), "--json"]) == 1
    assert "annotated" not in json.loads(capsys.readouterr().out)["files"][0]


def test_a_foreign_comment_stays_where_nothing_is_wrong():
    target = io.BytesIO()
    book = openpyxl.load_workbook(io.BytesIO(workbook({"表": [["甲", *YES]]}, cover=None)))
    book["表"]["B1"].comment = Comment("我的批注", "张")
    book.save(target)
    marked, _ = _mark(target.getvalue(), [_fault("A1")])
    assert marked["表"]["B1"].comment.text == "我的批注"
