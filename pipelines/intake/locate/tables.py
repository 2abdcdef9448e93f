"""Finds the table of each sheet: its header row, its data rows, and what is neither."""

from __future__ import annotations

import re

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import fold
from pipelines.faults import Problem
from pipelines.intake.locate.headers import HeaderMatch, form_titles, match_headers
from pipelines.intake.sheet import LISTING, Located, Sheet, address

LOOK_AHEAD = 20
_TITLE_UNIT = re.compile(r"(?:金额)?单位[:：](亿元|万元|千元|百元|元)")
ASIDE = frozenset(["封面", "填写说明", "填报说明", "说明", "使用说明", "模板信息", "选项", "下拉选项", LISTING])


def is_cover(sheet: Sheet) -> bool:
    """Whether the sheet is the workbook's cover."""
    return fold(sheet.name) in ("封面", "cover") or any(
        isinstance(c, str) and fold(c).rstrip(":") in ("填报单位", "报送月份") for _, row in sheet.rows[:12] for c in row[:2]
    )


def _headers(row: list[object]) -> tuple[tuple[int, str], ...]:
    return tuple((i, c) for i, c in enumerate(row) if isinstance(c, str) and c.strip())


def _find_header(catalog: Catalog, sheet: Sheet) -> tuple[int, HeaderMatch] | None:
    title = fold(sheet.name)
    best = None
    for position, (_, row) in enumerate(sheet.rows[:LOOK_AHEAD]):
        headers = _headers(row)
        if len(headers) < 2:
            continue
        match = match_headers(catalog.forms, headers, title)
        if match and (best is None or match.score > best[1].score):
            best = (position, match)
            if all(c.key in match.columns for c in match.form.columns if c.required):
                break
    return best


def _class_of(row: list[object], total: frozenset[str], nil: frozenset[str], footer: tuple[str, ...]) -> str:
    """data | total | nil | footer | numbers, by the row's first filled cells; most rows are decided by the first two."""
    filled = [c for c in row if c != ""]
    for cell in filled[:2]:
        if isinstance(cell, str):
            text = cell if len(cell) > 40 else fold(cell).rstrip(":：")
            if text in total:
                return "total"
            if text in nil:
                return "nil" if len(filled) == 1 else "nil_with_data"
    first = filled[0]
    if len(filled) <= 2 and isinstance(first, str) and fold(first).startswith(footer):
        return "footer"
    if len(filled) > 2 and filled == list(range(1, len(filled) + 1)):
        return "numbers"
    return "data"


def _header_problems(sheet: Sheet, row: int, match: HeaderMatch) -> list[Problem]:
    problems = []
    for key, first, second in match.doubled:
        header = match.form.column(key).header
        found = f"{address(first, row)}、{address(second, row)}"
        problems.append(Problem("duplicate_header", "error", sheet.name, address(second, row), key, header,
            f"列标题“{header}”出现了两次（{found}），不知道该读哪一列。", "请删掉多余的一列，或改成正确的列标题。"))  # fmt: skip
    start = address(min(match.columns.values()), row)
    for column in match.form.columns:
        if column.required and column.key not in match.columns:
            problems.append(Problem("missing_column", "error", sheet.name, start, column.key, None,
                f"“{match.form.title}”缺少必填的列“{column.header}”。", f"请在标题行（第 {row} 行）加上“{column.header}”一列并填写。"))  # fmt: skip
    for index, header in match.unknown:
        problems.append(Problem("unknown_column", "warning", sheet.name, address(index, row), None, header,
            f"列“{header}”不是“{match.form.title}”的列，没有读入，只保留在原文件里。", "如果它就是某个规定的列，请改用规定的列标题。"))  # fmt: skip
    return problems


def _unread(catalog: Catalog, sheet: Sheet) -> Problem:
    form = next((f for f in catalog.forms if fold(sheet.name) in form_titles(f)), None)
    first_row, first = sheet.rows[0]
    cell = address(next(i for i, c in enumerate(first) if c != ""), first_row)
    if form:
        headers = "、".join(c.header for c in form.columns if c.required)
        return Problem("no_header", "error", sheet.name, cell, None, None, f"“{form.title}”里没有找到列标题行。", f"请加上标题行，至少要有：{headers}。")
    return Problem("unknown_sheet", "warning", sheet.name, cell, None, None, f"工作表“{sheet.name}”里没有认得的列标题，没有读入。", "如果它是月报的一部分，请使用规定的列标题。")


def _split_rows(catalog: Catalog, located: Located, rows: list[tuple[int, list[object]]]) -> None:
    words = catalog.words
    total, nil = frozenset(words["total"]), frozenset(words["nil"])
    footer = tuple(fold(w) for w in words["footer"])
    used = sorted(located.columns.values())
    for number, row in rows:
        kind = _class_of(row, total, nil, footer)
        if kind == "nil":
            located.nil_row = number
        elif kind == "nil_with_data":
            located.nil_row = number
            located.rows.append((number, row))
        elif kind == "total":
            located.totals.append((number, row))
        elif kind == "data" and any(i < len(row) and row[i] != "" for i in used):
            located.rows.append((number, row))


def _cell_notes(located: Located) -> list[Problem]:
    problems = []
    sheet = located.sheet
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


def _fill_merges(located: Located) -> None:
    """Text of a merged cell fills down within its merge; numbers never do."""
    from_row = dict(located.rows)
    for merge in located.sheet.notes.get("merges", []):
        (left, top), (right, bottom) = (_split(a) for a in merge.split(":"))
        source = from_row.get(top)
        if left != right or source is None or left >= len(source) or not isinstance(source[left], str):
            continue
        for number in range(top + 1, min(bottom, located.rows[-1][0]) + 1):
            row = from_row.get(number)
            if row is not None and left < len(row) and row[left] == "":
                row[left] = source[left]


def _split(cell: str) -> tuple[int, int]:
    name = cell.rstrip("0123456789")
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(cell[len(name) :])


def _title_unit(sheet: Sheet, header_row: int) -> str:
    for number, row in sheet.rows:
        if number >= header_row:
            break
        for cell in row:
            if isinstance(cell, str) and (found := _TITLE_UNIT.search(fold(cell))):
                return found[1]
    return ""


def _apply_title_unit(located: Located) -> list[Problem]:
    """Gives the title's unit to money columns whose header names none; one that differs from a header is an error there."""
    unit, problems = _title_unit(located.sheet, located.header_row), []
    for column in located.form.columns if unit else ():
        if column.type != "money" or column.key not in located.columns:
            continue
        own = located.units.get(column.key)
        if own and own != unit:
            cell = address(located.columns[column.key], located.header_row)
            message = f"“{column.header}”的单位不一致：列标题写的是{own}，表上方写的是{unit}。"
            problems.append(Problem("unit_clash", "error", located.sheet.name, cell, column.key, own, message, "请改成同一个单位。"))
        located.units[column.key] = own or unit
    return problems


def locate_tables(catalog: Catalog, sheets: list[Sheet]) -> tuple[list[Located], list[Problem]]:
    """Every table of a known form, and what the headers and sheets themselves have wrong."""
    tables: list[Located] = []
    problems: list[Problem] = []
    for sheet in sheets:
        if not sheet.rows or fold(sheet.name) in ASIDE or is_cover(sheet) or sheet.name.startswith("_"):
            continue
        found = _find_header(catalog, sheet)
        if found is None:
            if not sheet.hidden:
                problems.append(_unread(catalog, sheet))
            continue
        position, match = found
        row = sheet.rows[position][0]
        located = Located(match.form, sheet, row, match.columns, match.headers, dict(match.units), [])
        _split_rows(catalog, located, sheet.rows[position + 1 :])
        _fill_merges(located)
        problems += _header_problems(sheet, row, match) + _apply_title_unit(located) + _cell_notes(located)
        tables.append(located)
    return tables, problems
