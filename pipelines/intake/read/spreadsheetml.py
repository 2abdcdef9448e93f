"""SpreadsheetML 2003, the XML that old exports save under the name .xls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from pipelines.intake.read.cells import Cells, as_date, make_sheet, span, spread
from pipelines.intake.read.container import refuse_dtd
from pipelines.intake.read.refusal import BROKEN, NO_TABLE, Refused, too_wide
from pipelines.intake.read.text import decode
from pipelines.intake.sheet import address

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_MAX_COLUMNS = 16384


@dataclass
class _Table:
    name: str
    cells: Cells = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    uncached: list[str] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)


def _number(element, name: str, default: int) -> int:
    text = element.get(_SS + name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else default


def _is_hidden(element) -> bool:
    return element.get(_SS + "Hidden") == "1"


def _value(data) -> object:
    text = "".join(data.itertext())
    kind = data.get(_SS + "Type", "String")
    if kind == "Number":
        return float(text) if text.strip() else ""
    if kind == "Boolean":
        return text.strip() in ("1", "true")
    return as_date(text) if kind == "DateTime" else text


def _read_cell(table: _Table, cell, row: int, column: int) -> None:
    data = cell.find(_SS + "Data")
    where = address(column - 1, row)
    if data is not None and data.get(_SS + "Type") == "Error":
        table.errors.append(f"{where}={''.join(data.itertext()) or '#N/A'}")
    elif data is not None and (value := _value(data)) != "":
        if column > _MAX_COLUMNS:
            raise too_wide(table.name, row)
        table.cells.setdefault(row, {})[column - 1] = value
    elif data is None and cell.get(_SS + "Formula"):
        table.uncached.append(where)
    across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
    if across or down:
        table.merges.append(span(column - 1, row, across + 1, down + 1))


def _read_rows(table: _Table, element) -> None:
    row = 0
    for line in element.iterchildren(_SS + "Row"):
        row = _number(line, "Index", row + 1)
        if _is_hidden(line):
            table.hidden_rows.append(row)
        column = 0
        for cell in line.iterchildren(_SS + "Cell"):
            column = _number(cell, "Index", column + 1)
            _read_cell(table, cell, row, column)
            column += _number(cell, "MergeAcross", 0)
        row += _number(line, "Span", 0)


def _read_columns(table: _Table, element) -> None:
    column = 0
    for found in element.iterchildren(_SS + "Column"):
        column = _number(found, "Index", column + 1)
        stop = column + _number(found, "Span", 0) + 1
        if _is_hidden(found):
            table.hidden_columns.append(range(column, stop))
        column = stop - 1


def _read_sheet(element, default: str) -> dict[str, object]:
    table = _Table(element.get(_SS + "Name", default))
    for part in element.iterchildren(_SS + "Table"):
        _read_columns(table, part)
        _read_rows(table, part)
    visible = element.findtext(f"{_X}WorksheetOptions/{_X}Visible", "SheetVisible")
    notes = {"errors": table.errors, "uncached": table.uncached, "merges": table.merges}
    rows = spread(table.name, table.cells)
    return make_sheet(table.name, rows, hidden=visible != "SheetVisible", hidden_rows=table.hidden_rows, hidden_columns=table.hidden_columns, **notes)


def read_spreadsheetml(content: bytes) -> list[dict[str, object]]:
    """The sheets of an "XML spreadsheet 2003"; what its ExpandedRowCount says is not believed."""
    data = _DECLARED.sub("", decode(content).lstrip("\ufeff")).lstrip().encode("utf-8", "replace")
    refuse_dtd(data)
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
        sheets = [_read_sheet(element, str(n)) for n, element in enumerate(root.iterchildren(_SS + "Worksheet"), 1)]
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Refused(*BROKEN) from fault
    if not sheets:
        raise Refused(*NO_TABLE)
    return sheets
