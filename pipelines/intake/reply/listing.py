"""The sheet 错误清单: every problem in one table, errors first, each linked to its cell."""

from __future__ import annotations

from copy import copy

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.intake.reply.marks import COLOURS, clean, severity_of, word_of
from pipelines.intake.sheet import LISTING

HEADERS = {"序号": 6, "工作表": 20, "单元格": 9, "级别": 10, "写的是": 22, "问题": 52, "怎么改": 52}
WHOLE_FILE, WHOLE_SHEET = "整个文件", "整张表"

_FONT = "微软雅黑"
_LINE = Border(*[Side("thin", color="FFDDE2E8")] * 4)
_TEXT = {"font": Font(name=_FONT, size=10), "border": _LINE, "alignment": Alignment(vertical="top", wrap_text=True), "quotePrefix": 1}
_HEAD = _TEXT | {"font": Font(name=_FONT, size=10, bold=True), "fill": PatternFill("solid", fgColor="FFDCE8F8")}
_LINK = _TEXT | {"font": Font(name=_FONT, size=10, color="FF1B4B8F", underline="single")}


class _Styles:
    """The styles of the list, looked up once; to set them part by part on every cell would take most of the time."""

    def __init__(self, page: Worksheet) -> None:
        kinds = {"head": _HEAD, "text": _TEXT, "link": _LINK}
        kinds |= {s: _TEXT | {"fill": PatternFill("solid", fgColor=f"FF{c}")} for s, c in COLOURS.items()}
        self._made = {kind: self._make(page, parts) for kind, parts in kinds.items()}

    def _make(self, page: Worksheet, parts: dict[str, object]) -> object:
        cell = Cell(page, 1, 1)
        for name, part in parts.items():
            setattr(cell, name, part)
        return cell._style

    def put(self, cell: Cell, value: str | int, kind: str) -> None:
        """Writes a value; a text stays a text whatever it begins with."""
        cell.value = value
        cell._style = copy(self._made[kind])
        if isinstance(value, str):
            cell.data_type = "s"


def _link(title: str, cell: str) -> Hyperlink:
    return Hyperlink(ref="", location="'{}'!{}".format(title.replace("'", "''"), cell))


def _write_row(page: Worksheet, row: int, problem: dict[str, str | None], target: Hyperlink | None, styles: _Styles) -> None:
    severity = severity_of(problem)
    place = problem["cell"] or (WHOLE_SHEET if problem["sheet"] else "")
    values = [row - 1, problem["sheet"] or WHOLE_FILE, place, word_of(problem), problem["found"], problem["message"], problem["remedy"]]
    kinds = ["text", "text", "link" if target else "text", severity, "text", "text", "text"]
    for column, (value, kind) in enumerate(zip(values, kinds, strict=True), 1):
        styles.put(page.cell(row, column), value if isinstance(value, int) else clean(value), kind)
    if target:
        page.cell(row, 3).hyperlink = target


def _show_first(book: Workbook) -> None:
    """Opens the copy at the list; were another sheet still selected, both would be edited at once."""
    for page in book.worksheets:
        page.sheet_view.tabSelected = False
    book.active = 0
    for view in book.views:
        view.firstSheet = 0


def add_listing(book: Workbook, problems: list[dict[str, str | None]], titles: dict[str, str], anchors: dict[str, dict[str, str]]) -> None:
    """Puts the list in front; `titles` and `anchors` say where each problem's sheet and cell are found in this workbook."""
    page = book.create_sheet(LISTING, 0)
    styles = _Styles(page)
    for column, (header, width) in enumerate(HEADERS.items(), 1):
        styles.put(page.cell(1, column), header, "head")
        page.column_dimensions[page.cell(1, column).column_letter].width = width
    for row, problem in enumerate(sorted(problems, key=severity_of), 2):
        sheet, cell = problem["sheet"], problem["cell"]
        target = _link(titles[sheet], anchors[sheet].get(cell, "A1")) if sheet in titles else None
        _write_row(page, row, problem, target, styles)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:G{len(problems) + 1}"
    page.sheet_properties.tabColor = "FFB42318"
    _show_first(book)
