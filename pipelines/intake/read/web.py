"""Web pages saved as spreadsheets: html under the name .xls, and MHTML with pages inside."""

from __future__ import annotations

import email
import re
from email import policy

from lxml import etree, html

from pipelines.intake.read.cells import Cells, make_sheet, span, spread
from pipelines.intake.read.refusal import BROKEN, NO_TABLE, Refused, too_wide
from pipelines.intake.read.text import decode

_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I)
_TAB_NAMES = re.compile(r"<x:ExcelWorksheet>\s*<x:Name>([^<]*)</x:Name>", re.I)
_UNSEEN = re.compile(r"display\s*:\s*none", re.I)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_OPENED, _CLOSED = re.compile(r"<table\b", re.I), re.compile(r"</table\s*>", re.I)
_NOT_TEXT = ("script", "style", "title", "head")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "b", "strong", "font", "center", "caption")
_SHORT = 40
_MAX_SPAN = 1000
_MAX_COLUMNS = 16384


def _decode_page(content: bytes, stated: str | None = None) -> str:
    found = _CHARSET.search(content[:4000])
    name = (stated or (found[1].decode() if found else "")).lower()
    encoding = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030"}.get(name, name)
    if encoding and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeError):
            pass
    return decode(content)


def _text(element) -> str:
    """What a reader sees of an element: spaces run together, a <br> is a new line."""
    parts: list[str] = []

    def collect(node) -> None:
        if not isinstance(node.tag, str) or node.tag in _NOT_TEXT:
            return
        parts.append("\n" if node.tag == "br" else re.sub(r"\s+", " ", node.text or ""))
        for child in node:
            collect(child)
            parts.append(re.sub(r"\s+", " ", child.tail or ""))

    collect(element)
    return "\n".join(line.strip() for line in "".join(parts).split("\n")).strip()


def _is_unseen(element) -> bool:
    return element.get("hidden") is not None or bool(_UNSEEN.search(element.get("style", "")))


def _span(cell, name: str, most: int) -> int:
    found = re.match(r"\s*(\d{1,9})", cell.get(name, ""))
    return min(max(int(found[1]), 1), most) if found else 1


def _own(table, tag: str) -> list:
    """A table's elements of a kind, not those of the tables inside it."""
    return [e for e in table.iter(tag) if next(e.iterancestors("table")) is table]


def _read_cells(table) -> tuple[Cells, list[str], list[int]]:
    cells: Cells = {}
    merges, hidden, taken = [], [], {}
    for number, row in enumerate(_own(table, "tr"), 1):
        if _is_unseen(row):
            hidden.append(number)
        column, line = 0, cells.setdefault(number, {})
        for cell in row.iterchildren("td", "th"):
            while taken.get(column, 0) >= number:
                column += 1
            if column > _MAX_COLUMNS:
                raise too_wide("1", number)
            across, down = _span(cell, "colspan", _MAX_SPAN), _span(cell, "rowspan", 65536)
            line[column] = _text(cell)
            if across > 1 or down > 1:
                merges.append(span(column, number, across, down))
            if down > 1:
                taken.update(dict.fromkeys(range(column, column + across), number + down - 1))
            column += across
    return cells, merges, hidden


def _hidden_columns(table) -> list[range]:
    found, column = [], 1
    for element in _own(table, "col"):
        stop = column + _span(element, "span", _MAX_SPAN)
        if _is_unseen(element):
            found.append(range(column, stop))
        column = stop
    return found


def _real_tables(table) -> list:
    """The table itself or, where it only lays out others, those."""
    inner = [t for t in table.iter("table") if t is not table]
    if not inner:
        return [table]
    cells = [c for tag in ("td", "th") for c in _own(table, tag)]
    if any(_text(c) and not any(True for _ in c.iter("table")) for c in cells):
        return [table]
    return [t for i in inner if next(i.iterancestors("table")) is table for t in _real_tables(i)]


def _name(table) -> str:
    """The table's caption, or the short text that stands directly before it."""
    caption = table.find("caption")
    before = table.getprevious()
    while before is not None and isinstance(before.tag, str) and before.tag in ("br", "hr", "a") and not _text(before):
        before = before.getprevious()
    source = before if caption is None and before is not None and before.tag in _HEADINGS else caption
    text = "" if source is None else _text(source)
    text = re.sub(r"^Sheet \d+:\s*", "", text)
    return text if 0 < len(text) <= _SHORT and "\n" not in text else ""


def _read_page(page: str) -> list[dict[str, object]]:
    bare = _COMMENT.sub("", page)
    if len(_OPENED.findall(bare)) > len(_CLOSED.findall(bare)):  # cut off in the middle
        raise Refused(*BROKEN)
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        root = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return []
    sheets = []
    for top in root.iter("table"):
        for table in _real_tables(top) if next(top.iterancestors("table"), None) is None else []:
            name = _name(table)
            cells, merges, hidden = _read_cells(table)
            sheets.append(make_sheet(name, spread(name, cells), merges=merges, hidden_rows=hidden, hidden_columns=_hidden_columns(table)))
    return sheets


def _named(sheets: list[dict[str, object]], tabs: list[str]) -> list[dict[str, object]]:
    """The sheets under the workbook's own tab names where it tells one for each, else numbered where they have no name."""
    if not sheets:
        raise Refused(*NO_TABLE)
    for number, sheet in enumerate(sheets, 1):
        sheet["name"] = tabs[number - 1] if len(tabs) == len(sheets) else sheet["name"] or str(number)
    return sheets


def read_html(content: bytes) -> list[dict[str, object]]:
    """One sheet for each table of a page; every cell is the text that a reader sees."""
    page = _decode_page(content)
    return _named(_read_page(page), _TAB_NAMES.findall(page))


def read_mhtml(content: bytes) -> list[dict[str, object]]:
    """One sheet for each table of the pages inside."""
    message = email.message_from_bytes(content.lstrip(), policy=policy.compat32)
    sheets, tabs = [], []
    for part in message.walk():
        if any("CloseBoundary" in type(d).__name__ for d in part.defects):
            raise Refused(*BROKEN)
        if part.get_content_type() != "text/html" or str(part.get("Content-Location", "")).lower().endswith("tabstrip.htm"):
            continue
        page = _decode_page(part.get_payload(decode=True) or b"", part.get_content_charset())
        sheets += _read_page(page)
        tabs = tabs or _TAB_NAMES.findall(page)
    return _named(sheets, tabs)
