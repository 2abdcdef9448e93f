"""The marked copy: the sender's own file, nothing in it changed but colours and comments at the wrong cells, and a list in front."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from pipelines.commandline.main import main
from pipelines.faults import Problem
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.intake.reply.marked import mark_file
from pipelines.intake.reply.notes import FILLS, FIRST_LINE
from tests.intake.build import GOOD, save, workbook
from tests.intake.samples import build_sample, list_samples, read_sample

WRONG = {"帮扶救助台账": [GOOD["帮扶救助台账"][0], ["2026-02-05", "西关社区工会", "走亲访友", "困难职工", "张某某", "", "约5", -3]]}


def _marked(home, catalog, content, name="月报.xlsx"):
    problems = check_bytes(home, catalog, name, content).problems
    copy = mark_file(content, problems)
    assert isinstance(copy, bytes)
    return problems, openpyxl.load_workbook(io.BytesIO(copy)), copy


def _comments(book) -> dict[tuple[str, str], str]:
    return {(s.title, c.coordinate): c.comment.text for s in book.worksheets for row in s.iter_rows() for c in row if c.comment}


def test_exactly_the_wrong_cells_are_marked_and_all_problems_listed(home, catalog):
    content = workbook(WRONG)
    problems, book, _ = _marked(home, catalog, content)
    assert set(_comments(book)) == {(p.sheet, p.cell) for p in problems if p.cell}
    sheet = book["帮扶救助台账"]
    assert sheet["H2"].fill.fgColor.rgb == f"00{FILLS['error']}" and sheet["B2"].fill.fgColor.rgb == "00000000"
    assert sheet["H2"].comment.text.startswith(FIRST_LINE) and "负数" in sheet["H2"].comment.text
    listed = list(book["错误清单"].iter_rows(min_row=2, values_only=True))
    assert book.sheetnames[0] == "错误清单" and len(listed) == len(problems)
    assert [row[3] for row in listed] == sorted((row[3] for row in listed), key=lambda w: w != "必须修改")
    before = openpyxl.load_workbook(io.BytesIO(content))
    for old in before.worksheets:
        assert [[c.value for c in row] for row in old.iter_rows()] == [[c.value for c in row] for row in book[old.title].iter_rows()]


def test_a_copy_marked_again_holds_no_mark_twice_and_loads_when_mended(home, catalog):
    _, _, copy = _marked(home, catalog, workbook(WRONG))
    mended = openpyxl.load_workbook(io.BytesIO(copy))
    for cell, value in {"A2": "2026-03-05", "C2": "送温暖慰问", "G2": 5, "H2": 300}.items():
        mended["帮扶救助台账"][cell] = value
    target = io.BytesIO()
    mended.save(target)
    problems, book, _ = _marked(home, catalog, target.getvalue())
    assert book.sheetnames.count("错误清单") == 1
    assert set(_comments(book)) == {(p.sheet, p.cell) for p in problems if p.cell} and ("帮扶救助台账", "H2") not in _comments(book)
    assert load_bytes(home, catalog, "月报.xlsx", target.getvalue()).status == "loaded"


@pytest.mark.parametrize("name", ["34-合计不符", "66-公式错误", "48-隐藏工作表", "37-签字栏"])
def test_layout_and_formulas_stay(home, catalog, name):
    path = next(p for p in list_samples() if p.stem.split("-")[1] == name.split("-")[1])
    content = build_sample(read_sample(path))
    copy = mark_file(content, [Problem("x", "error", "帮扶救助台账", "A2", None, None, "看这里。", "请改。")])
    old, new = (openpyxl.load_workbook(io.BytesIO(c))["帮扶救助台账"] for c in (content, copy))
    assert [[c.value for c in row] for row in old.iter_rows()] == [[c.value for c in row] for row in new.iter_rows()]
    assert old.sheet_state == new.sheet_state and old.merged_cells.ranges == new.merged_cells.ranges


def test_another_format_comes_back_as_xlsx_with_the_same_cells(home, catalog):
    text = "日期,发放单位,救助类别,对象类别,人次(户),金额\n2026-03-05,=cmd|' /C calc'!A0,送温暖慰问,困难职工,约12,6000\n"
    problems, book, _ = _marked(home, catalog, text.encode("gb18030"), "龙坝镇2026-03.csv")
    sheet = book[next(n for n in book.sheetnames if n != "错误清单")]
    assert sheet["B2"].value == "=cmd|' /C calc'!A0" and sheet["B2"].data_type == "s"
    assert sheet["E2"].comment.text.startswith(FIRST_LINE) and [p.cell for p in problems if p.severity == "error"] == ["E2"]


def test_what_cannot_be_opened_gives_a_sentence(home, catalog):
    for content in (b"", b"PK\x03\x04nonsense", b"\x89PNG\r\n\x1a\n" + b"\0" * 99):
        problems = check_bytes(home, catalog, "月报.xlsx", content).problems
        assert isinstance(mark_file(content, problems), Problem)


def test_the_command_line_writes_it(home, catalog, tmp_path, capsys):
    path = save(tmp_path, "月报.xlsx", workbook(WRONG))
    assert main(["check", str(path), "--annotate", str(tmp_path / "回"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert openpyxl.load_workbook(told["files"][0]["annotated"]).sheetnames[0] == "错误清单"
    assert main(["check", str(path), "--json"]) == 1 and "annotated" not in json.loads(capsys.readouterr().out)["files"][0]
