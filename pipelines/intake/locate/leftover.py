"""Nothing lost: what no table claims is listed with its address."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import fold, split_unit
from pipelines.faults import Problem
from pipelines.intake.locate.guess import guess_column
from pipelines.intake.locate.headers import form_aliases
from pipelines.intake.locate.regions import Region
from pipelines.intake.private import hide_numbers
from pipelines.intake.sheet import Sheet, address
from pipelines.intake.validate.shares import share_rule

FEW = 3  # a row above the first header with more filled cells, one of them a number, is no title
LISTED = 20


def is_block(sheet: Sheet, row: int) -> bool:
    """Whether a row above the first header holds data, for a title has few cells or no number."""
    cells = next(cells for number, cells in sheet.rows if number == row)
    filled = [c for c in cells if c != ""]
    return len(filled) > FEW and any(not isinstance(c, str) for c in filled)


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    start = None
    for number, following in pairwise([*rows, None]):
        start = number if start is None else start
        if following != number + 1:
            yield start, number
            start = None


def _block(sheet: Sheet, first: int, last: int) -> Problem:
    cells = next(cells for number, cells in sheet.rows if number == first)
    cell = address(next(i for i, c in enumerate(cells) if c != ""), first)
    where = f"第 {first} 行" if first == last else f"第 {first}–{last} 行"
    return Problem("unknown_block", "warning", sheet.name, cell, None, None, f"{where}的内容不属于任何一张认得的表，没有读入。", "如果它是要上报的数据，请放到规定的表里；不是的可以不管。")


def _unknown_rows(sheet: Sheet, regions: list[Region]) -> Iterator[Problem]:
    first = regions[0].header[0]
    rows = [n for n, _ in sheet.rows[: regions[0].header[0]] if is_block(sheet, n)] if first else []
    claimed = {n for r in regions for n, kind in r.kinds.items() if kind not in ("unknown",)}
    heads = {n for r in regions for n, _ in sheet.rows[r.title : r.header[1]]}
    rows += [n for n, _ in sheet.rows[first:] if n not in claimed and n not in heads]
    runs = list(_runs(sorted(set(rows))))
    for start, end in runs[:LISTED]:
        yield _block(sheet, start, end)
    if rest := runs[LISTED:]:
        message = f"还有 {len(rest)} 处内容（第 {rest[0][0]} 行起）不属于任何一张认得的表，没有读入。"
        yield Problem("unknown_block", "warning", sheet.name, None, None, None, message, "请核对整张工作表，把要上报的数据放到规定的表里。")


def is_private_header(catalog: Catalog, header: str) -> bool:
    """Whether a column of that name holds telephone, bank-card or ID numbers: the words stand in `words.toml`."""
    return any(word in header for word in catalog.words.get("private", ()))


def _plain(cell: object) -> str:
    return f"{cell:.0f}" if type(cell) is float else str(cell)


def _is_private_column(sheet: Sheet, region: Region, index: int) -> bool:
    cells = [row[index] for _, row in sheet.rows[region.header[1] : region.end] if index < len(row) and row[index] != ""]
    return sum(hide_numbers(_plain(c)) != _plain(c) for c in cells) * 2 > len(cells)


def _private(sheet: Sheet, cell: str, header: str | None) -> Problem:
    column = f"列“{header}”" if header else f"{cell} 起的一列"
    message = f"{column}像是电话、银行卡或证件号码，没有读入，数据库里也不会保存。"
    return Problem("private_column", "warning", sheet.name, cell, None, header, message, "上报月报不需要这些号码，请从表里删掉这一列。")


def _unknown_columns(catalog: Catalog, sheet: Sheet, region: Region) -> Iterator[Problem]:
    row = sheet.rows[region.header[1] - 1][0]
    title = "、".join(dict.fromkeys(m.form.title for m in region.matches))
    for index, header in region.unknown:
        if any(share_rule(m.form, header) for m in region.matches):
            continue
        if is_private_header(catalog, header) or _is_private_column(sheet, region, index):
            yield _private(sheet, address(index, row), hide_numbers(header))
            continue
        own = next((m.form.title for m in region.matches if fold(split_unit(header)[0]) in form_aliases(m.form)), None)
        guess = None if own else guess_column(region.matches, header)
        remedy = f"它可能是“{guess[2]}”：在上报页面选“是”，或把列标题改成“{guess[2]}”。" if guess else f"这样的总表里不读这一列，请填到“{own}”里。" if own else "如果它就是某个规定的列，请改用规定的列标题。"
        yield Problem("unknown_column", "warning", sheet.name, address(index, row), f"{guess[0]}.{guess[1]}" if guess else None, header,
            f"列“{header}”不是“{title}”的列，没有读入，只保留在原文件里。", remedy)  # fmt: skip


def _headed(region: Region) -> set[int]:
    """The columns that stand under a header of the table, known or not."""
    matched = {i for m in region.matches for i in (*m.columns.values(), *(i for _, _, i in m.doubled))}
    return {*region.serial, *(i for i, _ in region.unknown), *matched}


def _headless_columns(sheet: Sheet, regions: list[Region]) -> Iterator[Problem]:
    """Cells in data rows in a column without a header, once for each column of a table."""
    headed: dict[tuple[int, int], set[int]] = {}  # by header: tables that stand side by side have the same
    for region in regions:
        headed.setdefault(region.header, set()).update(_headed(region))
    told: set[tuple[int, int]] = set()
    for region in regions:
        known = headed[region.header]
        for number, row in sheet.rows[region.header[1] : region.end]:
            if region.kinds.get(number) != "data":
                continue
            for index, cell in enumerate(row):
                if cell != "" and index not in known and (region.header[0], index) not in told:
                    told.add((region.header[0], index))
                    cell_address = address(index, number)
                    if hide_numbers(_plain(cell)) != _plain(cell):
                        yield _private(sheet, cell_address, None)
                        continue
                    yield Problem("unknown_column", "warning", sheet.name, cell_address, None, str(cell)[:40], f"{cell_address} 起的一列没有列标题，没有读入。", "请给这一列加上规定的列标题，或删掉它。")


def find_leftovers(catalog: Catalog, sheet: Sheet, regions: list[Region]) -> list[Problem]:
    """A warning for every column and block of rows that no table claims."""
    columns = [p for region in regions for p in _unknown_columns(catalog, sheet, region)]
    return [*columns, *_headless_columns(sheet, regions), *_unknown_rows(sheet, regions)]
