"""Every table of every sheet: its rows by kind, its columns by key, and what belongs to none of them."""

from __future__ import annotations

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import fold
from pipelines.faults import Problem
from pipelines.intake.locate.grid import merged_ranges
from pipelines.intake.locate.headers import HeaderMatch, Learned, form_titles
from pipelines.intake.locate.leftover import find_leftovers
from pipelines.intake.locate.notes import note_problems
from pipelines.intake.locate.regions import Region, find_regions
from pipelines.intake.locate.rows import Words, class_of, is_number_row, is_unit_row, read_words
from pipelines.intake.locate.units import apply_units
from pipelines.intake.normalise.fill import FILLED
from pipelines.intake.sheet import LISTING, Located, Sheet, address

ASIDE = frozenset(["封面", "填写说明", "填报说明", "说明", "使用说明", "模板信息", "选项", "下拉选项", LISTING])
NOTHING = frozenset(["", "-", "--", "—", "－", "/", "无", "0"])


def is_cover(sheet: Sheet) -> bool:
    """Whether the sheet is the workbook's cover."""
    return fold(sheet.name) in ("封面", "cover") or any(
        isinstance(c, str) and fold(c).rstrip(":") in ("填报单位", "报送月份") for _, row in sheet.rows[:12] for c in row[:2]
    )


def _header_problems(sheet: Sheet, row: int, match: HeaderMatch, matrix: bool) -> list[Problem]:
    problems = []
    filled = {*FILLED, *dict(match.constants)} if matrix else set()
    for key, first, second in match.doubled:
        header = match.form.column(key).header
        found = f"{address(first, row)}、{address(second, row)}"
        problems.append(Problem("duplicate_header", "error", sheet.name, address(second, row), key, header,
            f"列标题“{header}”出现了两次（{found}），不知道该读哪一列。", "请删掉多余的一列，或改成正确的列标题。"))  # fmt: skip
    start = address(min(match.columns.values()), row)
    for column in match.form.columns:
        if column.required and column.key not in match.columns and column.key not in filled:
            problems.append(Problem("missing_column", "error", sheet.name, start, column.key, None,
                f"“{match.form.title}”缺少必填的列“{column.header}”。", f"请在标题行（第 {row} 行）加上“{column.header}”一列并填写。"))  # fmt: skip
    return problems


def _unread(catalog: Catalog, sheet: Sheet) -> Problem:
    form = next((f for f in catalog.forms if fold(sheet.name) in form_titles(f)), None)
    first_row, first = sheet.rows[0]
    cell = address(next(i for i, c in enumerate(first) if c != ""), first_row)
    if form:
        headers = "、".join(c.header for c in form.columns if c.required)
        return Problem("no_header", "error", sheet.name, cell, None, None, f"“{form.title}”里没有找到列标题行。", f"请加上标题行，至少要有：{headers}。")
    return Problem("unknown_sheet", "warning", sheet.name, cell, None, None, f"工作表“{sheet.name}”里没有认得的列标题，没有读入。", "如果它是月报的一部分，请使用规定的列标题。")


def classify_rows(region: Region, sheet: Sheet, words: Words) -> None:
    """Fills `region.kinds`: number of columns and units stand right below the header, all else anywhere."""
    left, right = region.bounds
    used = {i for m in region.matches for i in m.columns.values()}
    everywhere = used.issuperset(i for i in range(left, right + 1) if i not in region.serial)
    for offset, (number, row) in enumerate(sheet.rows[region.header[1] : region.end]):
        cells = row[left : right + 1]
        filled = [c for i, c in enumerate(cells, left) if c != "" and i not in region.serial]
        if all(isinstance(c, str) and not c.strip() for c in filled):  # one that holds blanks alone is as good as empty
            if any(c != "" for c in cells):
                region.kinds[number] = "spacer"
            continue
        if offset < 3 and is_number_row([c for c in cells if c != ""]):
            kind = "numbers"
        elif offset < 3 and is_unit_row(filled):
            kind = "unit"
        else:
            first_cells = [c for c in cells if c != ""] if region.serial and isinstance(cells[0], str) else filled
            kind = class_of(first_cells, words)
            if kind == "data" and not everywhere and not any(i < len(row) and row[i] != "" for i in used):
                kind = "unknown"
        region.kinds[number] = kind


def _is_nothing(cell: object) -> bool:
    return cell == 0 or (isinstance(cell, str) and cell.strip() in NOTHING)


def _build(region: Region, match: HeaderMatch, sheet: Sheet) -> Located:
    """The table of one match; in a matrix a row without any figure of a flow form is no row of that form."""
    header_row = sheet.rows[region.header[1] - 1][0]
    located = Located(match.form, sheet, header_row, dict(match.columns), match.headers, dict(match.units), [], constants=dict(match.constants), matrix=region.matrix, others=region.unknown)
    figures = [i for k, i in match.columns.items() if k not in ("employer", "union_name")]
    skip = region.matrix and match.form.nature == "flow"
    for number, row in sheet.rows[region.header[1] : region.end]:
        kind = region.kinds.get(number)
        if kind in ("nil", "nil_with_data"):
            located.nil_row = number
        if kind == "total":
            located.totals.append((number, row))
            located.after.append(len(located.rows))
        elif kind in ("data", "nil_with_data") and not (skip and all(_is_nothing(row[i]) if i < len(row) else True for i in figures)):
            located.rows.append((number, row))
    return located


def _fill_merges(located: Located, merges: list[tuple[int, int, int, int]]) -> None:
    """Text of a merged cell fills down within its merge; numbers never do."""
    from_row = dict(located.rows)
    for left, top, right, bottom in merges:
        source = from_row.get(top)
        if left != right or source is None or left >= len(source) or not isinstance(source[left], str):
            continue
        for number in range(top + 1, min(bottom, located.rows[-1][0]) + 1):
            row = from_row.get(number)
            if row is not None and left < len(row) and row[left] == "":
                row[left] = source[left]


def _read_sheet(catalog: Catalog, sheet: Sheet, learned: Learned) -> tuple[list[Located], list[Problem]]:
    words, merges = read_words(catalog), merged_ranges(sheet)
    regions = find_regions(catalog, sheet, learned)
    tables, problems = [], []
    for region in regions:
        classify_rows(region, sheet, words)
        for match in region.matches:
            located = _build(region, match, sheet)
            if region.matrix and match.form.nature == "flow" and not located.rows:
                continue
            _fill_merges(located, merges)
            problems += _header_problems(sheet, located.header_row, match, region.matrix)
            problems += apply_units(located, region)
            tables.append(located)
    if regions:
        problems += find_leftovers(catalog, sheet, regions) + note_problems(sheet, tables)
    return tables, problems


def locate_tables(catalog: Catalog, sheets: list[Sheet], learned: Learned = ()) -> tuple[list[Located], list[Problem]]:
    """Every table of a known form, and what the headers and sheets themselves have wrong."""
    tables: list[Located] = []
    problems: list[Problem] = []
    for sheet in sheets:
        if not sheet.rows or fold(sheet.name) in ASIDE or sheet.name.startswith("_"):
            continue
        found, faults = _read_sheet(catalog, sheet, learned)
        if found:
            tables += found
            problems += faults
        elif not sheet.hidden and not is_cover(sheet):
            problems.append(_unread(catalog, sheet))
    return tables, problems
