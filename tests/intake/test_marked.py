"""The marked copy: the sender's own file, with every problem in its cell and in one list."""

from __future__ import annotations

import copy
import io
from datetime import date

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment

from pipelines.faults import Problem
from pipelines.intake.load import check_bytes
from pipelines.intake.reply.marked import mark_file
from pipelines.intake.sheet import LISTING
from tests.intake.build import GOOD, YES, workbook

RED, AMBER = "FFFDE9E7", "FFFFF4D6"
RELIEF = "帮扶救助台账"


def wrong_workbook() -> bytes:
    sheets = copy.deepcopy(GOOD)
    sheets[RELIEF][1][7] = "约3000元"
    sheets[RELIEF][2][1] = "@SUM(1)"
    sheets["乡镇月报"].append(["", "不认得的指标", "人", 5, ""])
    return workbook(sheets)


def _problems(catalog, content: bytes) -> list[Problem]:
    return check_bytes(None, catalog, "月报.xlsx", content).problems


def mark(content: bytes, problems: list[Problem]):
    marked = mark_file(content, problems)
    assert isinstance(marked, bytes), marked
    return openpyxl.load_workbook(io.BytesIO(marked)), marked


def marks_of(book) -> dict[tuple[str, str], str]:
    return {(p.title, c.coordinate): c.fill.fgColor.rgb for p in book.worksheets[1:] for row in p.iter_rows() for c in row if c.comment and "【核对提示】" in c.comment.text}


def _values(book, skip=()) -> dict[str, dict[str, object]]:
    return {p.title: {c.coordinate: c.value for row in p.iter_rows() for c in row if c.value is not None} for p in book.worksheets if p.title not in skip}


def fault(cell: str | None, sheet: str | None = "表", severity: str = "error", found: str | None = "x", code: str = "c") -> Problem:
    return Problem(code, severity, sheet, cell, None, found, f"{cell}不对。", "请改正。")


def test_the_problem_cells_and_no_others_are_marked(catalog):
    content = wrong_workbook()
    problems = _problems(catalog, content)
    book, _ = mark(content, problems)
    wrong = {(p.sheet, p.cell) for p in problems if p.cell and p.severity == "error"}
    asked = {(p.sheet, p.cell) for p in problems if p.cell} - wrong
    assert wrong and asked
    assert marks_of(book) == dict.fromkeys(wrong, RED) | dict.fromkeys(asked, AMBER)
    cell = book[RELIEF]["H2"]
    assert cell.border.left.color.rgb == "FFB42318"
    for problem in problems:
        note = book[problem.sheet][problem.cell].comment.text
        assert problem.message in note and problem.remedy in note
    assert _values(book, [LISTING]) == _values(openpyxl.load_workbook(io.BytesIO(content)))


def test_the_list_holds_every_problem_errors_first(catalog):
    content = wrong_workbook()
    problems = [*_problems(catalog, content), Problem("x", "error", None, None, None, None, "整份不对。", "请改。"), fault(None, RELIEF)]
    page = mark(content, problems)[0].worksheets[0]
    assert page.title == LISTING and page.freeze_panes == "A2" and not page.protection.sheet
    rows = list(page.iter_rows(values_only=True))
    assert rows[0] == ("序号", "工作表", "单元格", "级别", "写的是", "问题", "怎么改")
    words = {"error": "必须修改", "warning": "请核对"}
    listed = [(p.sheet or "整个文件", p.cell or ("整张表" if p.sheet else None), "请说明原因" if p.explain else words[p.severity], p.found, p.message, p.remedy)
              for p in sorted(problems, key=lambda p: p.severity)]  # fmt: skip
    assert [r[0] for r in rows[1:]] == list(range(1, len(problems) + 1))
    assert [tuple(v or None for v in r[1:]) for r in rows[1:]] == listed
    links = {c.value: c.hyperlink.location for c in page["C"][1:] if c.hyperlink}
    assert links["H2"] == f"'{RELIEF}'!H2"


def laid_out() -> bytes:
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
    content = laid_out()
    book, marked = mark(content, [fault("B2"), fault("A4"), fault("C9", severity="warning")])
    page, before = book["表"], openpyxl.load_workbook(io.BytesIO(content))["表"]
    assert page.column_dimensions["B"].width == before.column_dimensions["B"].width and page.row_dimensions[2].height == 39.75
    assert page.merged_cells.ranges == before.merged_cells.ranges
    assert page["B4"].value == "=SUM(B2:B3)" and page["B3"].number_format == "0.0%" and page["A1"].font.b
    assert page["C5"].value == before["C5"].value and page["C5"].data_type == "s"
    assert page.data_validations.dataValidation[0].sqref == before.data_validations.dataValidation[0].sqref
    assert page.protection.sheet and book["_藏"].sheet_state == "veryHidden"
    assert set(marks_of(book)) == {("表", "B2"), ("表", "A3"), ("表", "C9")}  # A4 lies in the merge that starts at A3
    kept = openpyxl.load_workbook(io.BytesIO(marked), data_only=True)["表"]
    assert (kept["B4"].value, kept["C4"].value) == (12.5, "甲<b>")


def test_a_note_of_the_sender_s_own_comes_back_when_the_cell_is_right():
    book, marked = mark(laid_out(), [fault("B2")])
    assert book["表"]["B2"].comment.text.endswith("填写说明")
    book, _ = mark(marked, [fault("C2")])
    assert book["表"]["B2"].comment.text == "填写说明"
    assert book["表"]["B2"].fill.fill_type is None and book["表"]["B2"].border.left.style is None


def test_marking_twice_does_not_pile_up(catalog):
    content = wrong_workbook()
    first, marked = mark(content, _problems(catalog, content))
    assert _problems(catalog, marked) == _problems(catalog, content)
    second, _ = mark(marked, _problems(catalog, marked))
    assert second.sheetnames == first.sheetnames
    assert marks_of(second) == marks_of(first) and _values(second) == _values(first)
    assert second[RELIEF]["H2"].comment.text == first[RELIEF]["H2"].comment.text


def test_a_mended_copy_loads_and_its_marks_go(catalog):
    content = wrong_workbook()
    book, _ = mark(content, _problems(catalog, content))
    book[RELIEF]["H2"], book[RELIEF]["B3"] = 3000, "西关社区工会"
    book["乡镇月报"].delete_rows(4)
    mended = io.BytesIO()
    book.save(mended)
    report = check_bytes(None, catalog, "月报.xlsx", mended.getvalue())
    assert report.status == "valid", [p for p in report.problems if p.severity == "error"]
    again, _ = mark(mended.getvalue(), report.problems)
    assert again[RELIEF]["H2"].comment is None and again[RELIEF]["H2"].fill.fill_type is None


def test_text_that_looks_like_a_formula_stays_text():
    book, _ = mark(laid_out(), [fault("C5", found="=1+1"), fault("C6", found="+A1\x01\ud800")])
    cells = [book[LISTING]["E2"], book[LISTING]["E3"]]
    assert [(c.value, c.data_type) for c in cells] == [("=1+1", "s"), ("+A1?", "s")]
    assert all(c.quotePrefix for c in cells)


def test_a_foreign_comment_stays_where_nothing_is_wrong():
    target = io.BytesIO()
    book = openpyxl.load_workbook(io.BytesIO(workbook({"表": [["甲", *YES]]}, cover=None)))
    book["表"]["B1"].comment = Comment("我的批注", "张")
    book.save(target)
    marked, _ = mark(target.getvalue(), [fault("A1")])
    assert marked["表"]["B1"].comment.text == "我的批注"


def test_a_file_full_of_faults_is_marked_in_part_and_says_so(monkeypatch):
    monkeypatch.setattr("pipelines.intake.reply.marked.MOST", 2)
    book, _ = mark(laid_out(), [fault("A2", severity="warning"), fault("B2"), fault("C2"), fault("B3", severity="warning")])
    assert set(marks_of(book)) == {("表", "B2"), ("表", "C2")}
    assert [c.value for c in book[LISTING]["F"][1:]] == ["B2不对。", "C2不对。", "还有 2 处没有标注，也没有列在这里。"]
