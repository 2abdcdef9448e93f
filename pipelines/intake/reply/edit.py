"""Marks a workbook with openpyxl: colours and notes in the cells, the list in front, everything else as it was."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from pipelines.intake.reply.listing import add_listing
from pipelines.intake.reply.marks import clear_marks, set_mark
from pipelines.intake.reply.results import Results
from pipelines.intake.sheet import LISTING, Sheet

Problems = list[dict[str, str | None]]


class Altered(Exception):
    """openpyxl saw other sheets than the reading did."""


def _open(content: bytes, expected: list[str]) -> Workbook:
    book = load_workbook(io.BytesIO(content), rich_text=True)
    if [n for n in book.sheetnames if n != LISTING] != [n for n in expected if n != LISTING]:
        raise Altered
    book.template = False
    if LISTING in book.sheetnames:
        del book[LISTING]
    return book


def _anchor(page: Worksheet, cell: str) -> str:
    """The cell itself or, inside a merge, the merge's top-left cell."""
    if not isinstance(page[cell], MergedCell):
        return cell
    return next((m.start_cell.coordinate for m in page.merged_cells.ranges if cell in m), cell)


def _mark_page(page: Worksheet, problems: Problems) -> dict[str, str]:
    """Marks the sheet's cells and gives where each problem's cell is to be found."""
    by_cell, anchors = defaultdict(list), {}
    for problem in problems:
        anchors[problem["cell"]] = _anchor(page, problem["cell"])
        by_cell[anchors[problem["cell"]]].append(problem)
    for cell, found in by_cell.items():
        set_mark(page[cell], found)
    return anchors


def _save(book: Workbook, sheets: dict[str, Sheet]) -> bytes:
    """The workbook's bytes, with the results that its formulas had."""
    plain, target = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED)).save()
    results = {page.path.lstrip("/"): Results(sheets[page.title], book.epoch) for page in book.worksheets if page.title in sheets}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, results[name].put_into(data) if name in results else data)
    return target.getvalue()


def edit(content: bytes, sheets: list[Sheet], problems: Problems, names: dict[str, str]) -> bytes:
    """The marked workbook; `names` says what each sheet is called in `content`."""
    book = _open(content, [names[s.name] for s in sheets])
    pages = {own: book[name] for own, name in names.items() if name in book.sheetnames and isinstance(book[name], Worksheet)}
    for page in pages.values():
        clear_marks(page)
    anchors = {own: _mark_page(page, [p for p in problems if p["sheet"] == own and p["cell"]]) for own, page in pages.items()}
    add_listing(book, problems, {own: page.title for own, page in pages.items()}, anchors)
    return _save(book, {names[s.name]: s for s in sheets})
