"""What the container says of a sheet's cells: hidden rows and columns, formula errors, formulas without a result."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.faults import Problem
from pipelines.intake.sheet import Located, Sheet, letters

UNREAD = "这一格不在要上报的内容里，不改也可以上报。"


def _is_read(cell: str, tables: list[Located]) -> bool:
    column = cell.rstrip("0123456789")
    return any(int(cell[len(column) :]) > table.header_row and column in map(letters, table.columns.values()) for table in tables)


def _unreadable(sheet: Sheet, tables: list[Located]) -> Iterator[Problem]:
    """Cells without a value: errors under a table's headers, where a whole row may be of them, else a word of warning."""
    for note in sheet.notes.get("errors", []):
        cell, _, value = note.partition("=")
        severity, remedy = ("error", "请改正公式，或直接填写数值。") if _is_read(cell, tables) else ("warning", UNREAD)
        yield Problem("error_cell", severity, sheet.name, cell, None, value, f"单元格里是公式错误“{value}”，读不到数。", remedy)
    for cell in sheet.notes.get("uncached", []):
        severity, remedy = ("error", "请用 WPS 或 Excel 打开文件，保存一次后再上传，或直接填写数值。") if _is_read(cell, tables) else ("warning", UNREAD)
        yield Problem("uncached_formula", severity, sheet.name, cell, None, None, "单元格里的公式还没有算出结果，读不到数。", remedy)


def note_problems(sheet: Sheet, tables: list[Located]) -> list[Problem]:
    """Once per sheet that holds a table; `tables` are those that were found in it."""
    problems = []
    for kind, word in (("hidden_rows", "行"), ("hidden_columns", "列")):
        if sheet.notes.get(kind):
            named = "、".join(sheet.notes[kind][:8])
            problems.append(Problem("hidden", "warning", sheet.name, None, None, named, f"工作表里有隐藏的{word}（第 {named} {word}），已照常读入。", f"请取消隐藏，看看这些{word}是否应该上报。"))
    if sheet.hidden:
        problems.append(Problem("hidden", "warning", sheet.name, None, None, None, f"工作表“{sheet.name}”是隐藏的，已照常读入。", "请取消隐藏，看看它是否应该上报。"))
    return [*problems, *_unreadable(sheet, tables)]
