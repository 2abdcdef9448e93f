"""Workbooks of the Excel 97-2003 family (.xls, and the .et that WPS writes): BIFF records, in an OLE container or bare."""

from __future__ import annotations

import io
from datetime import timedelta

import xlrd
from xlrd.compdoc import CompDoc, CompDocError
from xlrd.xldate import xldate_as_datetime

from pipelines.intake.read.cells import Rows, check_area, make_sheet, span
from pipelines.intake.read.refusal import BROKEN, NO_TABLE, PASSWORD, SLIDES, WORD, Refused
from pipelines.intake.sheet import address

_STREAMS = {"encryptedpackage": PASSWORD, "worddocument": WORD, "powerpoint document": SLIDES}
_SAME_BYTES = {"iso-8859-1", "cp1252", "cp1250", "ascii", "mac_roman"}  # one byte a character: Chinese text comes out garbled, and can be put back


def _root_names(content: bytes) -> set[str]:
    """The names in the container's top folder, lower case."""
    try:
        found = CompDoc(content, logfile=io.StringIO())
        return {found.dirlist[child].name.lower() for child in found.dirlist[0].children}
    except (CompDocError, AssertionError, IndexError, ValueError, TypeError, LookupError, OverflowError):
        pass
    except Exception as fault:  # struct.error derives from Exception alone
        if type(fault).__name__ != "error":
            raise
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused(*PASSWORD)
    raise Refused(*BROKEN)


def _open(content: bytes, encoding: str | None = None) -> xlrd.Book:
    options = {"file_contents": content, "logfile": io.StringIO(), "ragged_rows": True, "encoding_override": encoding}
    try:
        return xlrd.open_workbook(formatting_info=True, **options)
    except (UnicodeError, LookupError):  # a code page that does not fit the text, or that nobody knows
        if encoding:
            raise Refused(*BROKEN) from None
        return _open(content, "gb18030")
    except xlrd.XLRDError as fault:
        if "encrypted" in str(fault):
            raise Refused(*PASSWORD) from None
        if "Can't find workbook" in str(fault):
            raise Refused(*NO_TABLE) from None
        raise Refused(*BROKEN) from fault
    except MemoryError:
        raise
    except Exception as fault:  # a damaged record surfaces as whatever the parser stumbled over
        raise Refused(*BROKEN) from fault


def _texts(book: xlrd.Book) -> list[str]:
    texts = list(book.sheet_names())
    for sheet in book.sheets():
        for row in range(sheet.nrows):
            texts += [c.value for c in sheet.row(row) if c.ctype == xlrd.XL_CELL_TEXT]
    return texts


def _is_garbled(book: xlrd.Book) -> bool:
    """Whether the texts of an old workbook are Chinese bytes read by a Western code page."""
    if book.biff_version >= 80 or str(book.encoding).lower() not in _SAME_BYTES:
        return False
    texts = [t for t in _texts(book) if not t.isascii()]
    try:
        return any("\u4e00" <= c <= "\u9fff" for t in texts for c in t.encode(book.encoding).decode("gb18030"))
    except UnicodeError:
        return False


def _value(book: xlrd.Book, cell: xlrd.sheet.Cell) -> object:
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xldate_as_datetime(cell.value, book.datemode) if cell.value >= 1 else str(timedelta(seconds=round(cell.value * 86400)))
        except (ValueError, OverflowError):
            return cell.value
    return cell.value


def _read_rows(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> tuple[Rows, list[str]]:
    rows, errors = [], []
    for number in range(1, sheet.nrows + 1):
        cells = sheet.row(number - 1)
        row = [_value(book, cell) for cell in cells]
        for column, cell in enumerate(cells):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                errors.append(f"{address(column, number)}={xlrd.error_text_from_code.get(cell.value, '#N/A')}")
        if any(value != "" for value in row):
            rows.append((number, row))
    width = max((len(row) for _, row in rows), default=0)
    check_area(sheet.name, rows[-1][0] if rows else 0, width)
    return [(number, row + [""] * (width - len(row))) for number, row in rows], errors


def _read_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> dict[str, object]:
    rows, errors = _read_rows(book, sheet)
    merges = [span(left, top + 1, right - left, bottom - top) for top, bottom, left, right in sheet.merged_cells]
    hidden_rows = sorted(number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden)
    columns = [range(number + 1, number + 2) for number, info in sorted(sheet.colinfo_map.items()) if info.hidden]
    return make_sheet(sheet.name, rows, hidden=sheet.visibility != 0, errors=errors, merges=merges, hidden_rows=hidden_rows, hidden_columns=columns)


def read_biff(content: bytes) -> list[dict[str, object]]:
    """The sheets of a stream of BIFF records of any age."""
    book = _open(content)
    if _is_garbled(book):
        book = _open(content, "gb18030")
    try:
        return [_read_sheet(book, sheet) for sheet in book.sheets()]
    except (IndexError, KeyError, TypeError, AttributeError) as fault:
        raise Refused(*BROKEN) from fault


def read_ole(content: bytes) -> list[dict[str, object]]:
    """The sheets of an OLE container; Refused when it holds a document, a presentation or a locked workbook."""
    names = _root_names(content)
    if not names & {"workbook", "book"}:
        raise Refused(*next((why for name, why in _STREAMS.items() if name in names), NO_TABLE if names else BROKEN))
    return read_biff(content)
