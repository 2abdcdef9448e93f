"""OpenDocument spreadsheets, zipped (.ods) or as one flat XML: rows are read one by one, and repeats never spread blindly."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field

from lxml import etree

from pipelines.intake.read.cells import Cells, as_date, check_area, make_sheet, span, spread
from pipelines.intake.read.container import read_part, refuse_dtd
from pipelines.intake.read.refusal import BROKEN, PASSWORD, Refused, too_wide
from pipelines.intake.sheet import address

_TABLE, _OFFICE, _TEXT, _STYLE = (f"{{urn:oasis:names:tc:opendocument:xmlns:{n}:1.0}}" for n in ("table", "office", "text", "style"))
_TYPE_TOO = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_MAX_COLUMNS = 16384
_ERROR = re.compile(r"#[A-Z]{3,}[A-Z0-9/]*[!?]?|Err:\d{3}")
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)")
_NUMBERS = ("float", "percentage", "currency")


@dataclass
class _Table:
    """What has been read of the sheet so far; rows and columns count from 0 here."""

    row: int = 0
    column: int = 0
    cells: Cells = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    uncached: list[str] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    hidden_rows: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)


def _count(element, name: str) -> int:
    text = element.get(_TABLE + name, "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1


def _is_folded(element) -> bool:
    return element.get(_TABLE + "visibility") in ("collapse", "filter")


def _words(paragraph) -> str:
    parts = [paragraph.text or ""]
    for child in paragraph:
        kind = child.tag.removeprefix(_TEXT) if isinstance(child.tag, str) else ""
        if kind == "s":
            parts.append(" " * min(int(child.get(_TEXT + "c", "1")), 1000))
        elif kind in ("tab", "line-break"):
            parts.append("\t" if kind == "tab" else "\n")
        elif kind and not child.tag.startswith(_OFFICE):
            parts.append(_words(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _value(cell) -> object:
    kind = cell.get(_OFFICE + "value-type")
    if kind in _NUMBERS:
        return float(cell.get(_OFFICE + "value", "nan"))
    if kind == "boolean":
        return cell.get(_OFFICE + "boolean-value") == "true"
    if kind == "date":
        return as_date(cell.get(_OFFICE + "date-value", ""))
    if kind == "time" and (found := _TIME.match(cell.get(_OFFICE + "time-value", ""))):
        return f"{int(found[1])}:{found[2]}:{found[3]}"
    return cell.get(_OFFICE + "string-value") or "\n".join(_words(p) for p in cell.iterchildren(_TEXT + "p"))


def _read_cell(table: _Table, cell, left: int) -> object:
    where = address(left, table.row + 1)
    columns, rows = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
    if columns > 1 or rows > 1:
        table.merges.append(span(left, table.row + 1, columns, rows))
    value = _value(cell)
    formula = cell.get(_TABLE + "formula") is not None
    if cell.get(_TYPE_TOO) == "error" or (formula and isinstance(value, str) and _ERROR.fullmatch(value)):
        shown = "\n".join(_words(p) for p in cell.iterchildren(_TEXT + "p"))
        table.errors.append(f"{where}={shown or '#N/A'}")
        return ""
    if formula and cell.get(_OFFICE + "value-type") is None and value == "":
        table.uncached.append(where)
    return value


def _read_row(table: _Table, element, name: str) -> None:
    row: dict[int, object] = {}
    column = 0
    for cell in element.iterchildren(_TABLE + "table-cell", _TABLE + "covered-table-cell"):
        repeat = _count(cell, "number-columns-repeated")
        value = _read_cell(table, cell, column) if len(cell.attrib) or len(cell) else ""
        if value != "":
            if column + repeat > _MAX_COLUMNS:
                raise too_wide(name, table.row + 1)
            row.update(dict.fromkeys(range(column, column + repeat), value))
        column += repeat
    repeat = _count(element, "number-rows-repeated")
    if row:
        check_area(name, table.row + repeat, max(row) + 1)
        found = range(table.row + 1, table.row + repeat + 1)
        table.cells.update(dict.fromkeys(found, row))
        table.hidden_rows += [found] if _is_folded(element) else []
    table.row += repeat


def _read_column(table: _Table, element) -> None:
    repeat = _count(element, "number-columns-repeated")
    if _is_folded(element):
        table.hidden_columns.append(range(table.column + 1, table.column + repeat + 1))
    table.column += repeat


def _finish(table: _Table, name: str, hidden: bool) -> dict[str, object]:
    rows = spread(name, table.cells)
    hidden_rows = [n for found in table.hidden_rows for n in found]
    notes = {"errors": table.errors, "uncached": table.uncached, "merges": table.merges}
    return make_sheet(name, rows, hidden=hidden, hidden_rows=hidden_rows, hidden_columns=table.hidden_columns, **notes)


def _read_content(data: bytes) -> list[dict[str, object]]:
    sheets, unseen, table = [], set(), _Table()
    tags = [_TABLE + n for n in ("table-row", "table-column", "table")] + [_STYLE + "style"]
    for _, element in etree.iterparse(io.BytesIO(data), tag=tags, resolve_entities=False, no_network=True, load_dtd=False):
        if element.tag == _STYLE + "style":
            properties = element.find(_STYLE + "table-properties")
            if properties is not None and properties.get(_TABLE + "display") == "false":
                unseen.add(element.get(_STYLE + "name"))
        elif element.tag == _TABLE + "table-row":
            _read_row(table, element, element.getparent().get(_TABLE + "name", ""))
        elif element.tag == _TABLE + "table-column":
            _read_column(table, element)
        else:
            name = element.get(_TABLE + "name", str(len(sheets) + 1))
            if not name.startswith("'file:"):  # a copy of another workbook that formulas refer to
                sheets.append(_finish(table, name, element.get(_TABLE + "style-name") in unseen))
            table = _Table()
        if element.tag != _TABLE + "table-column":
            element.clear()
    return sheets


def read_flat_ods(content: bytes) -> list[dict[str, object]]:
    """The sheets of an OpenDocument spreadsheet in one XML text."""
    refuse_dtd(content)
    try:
        return _read_content(content)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Refused(*BROKEN) from fault


def read_ods(content: bytes, container: zipfile.ZipFile, parts: dict[str, str]) -> list[dict[str, object]]:
    """The sheets of a zipped OpenDocument spreadsheet."""
    if "meta-inf/manifest.xml" in parts and b"encryption-data" in read_part(container, parts["meta-inf/manifest.xml"]):
        raise Refused(*PASSWORD)
    return read_flat_ods(read_part(container, parts["content.xml"]))
