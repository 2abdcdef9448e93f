"""What the container says of a sheet's cells: hidden rows and columns, formula errors, formulas without a result."""

from __future__ import annotations

from pipelines.faults import Problem
from pipelines.intake.sheet import Sheet


def note_problems(sheet: Sheet) -> list[Problem]:
    """Once per sheet that holds a table."""
    problems = []
    for kind, word in (("hidden_rows", "行"), ("hidden_columns", "列")):
        if sheet.notes.get(kind):
            named = "、".join(sheet.notes[kind][:8])
            problems.append(Problem("hidden", "warning", sheet.name, None, None, named, f"工作表里有隐藏的{word}（第 {named} {word}），已照常读入。", f"请取消隐藏，看看这些{word}是否应该上报。"))
    if sheet.hidden:
        problems.append(Problem("hidden", "warning", sheet.name, None, None, None, f"工作表“{sheet.name}”是隐藏的，已照常读入。", "请取消隐藏，看看它是否应该上报。"))
    for note in sheet.notes.get("errors", []):
        cell, _, value = note.partition("=")
        problems.append(Problem("error_cell", "error", sheet.name, cell, None, value, f"单元格里是公式错误“{value}”，读不到数。", "请改正公式，或直接填写数值。"))
    for cell in sheet.notes.get("uncached", []):
        problems.append(Problem("uncached_formula", "error", sheet.name, cell, None, None, "单元格里的公式还没有算出结果，读不到数。", "请用 WPS 或 Excel 打开文件，保存一次后再上传，或直接填写数值。"))
    return problems
