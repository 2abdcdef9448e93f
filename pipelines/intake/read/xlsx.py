"""xlsx, xlsm, Strict OOXML and xlsb: calamine reads the cells, a look into the container supplies the notes."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from html import unescape

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.intake.read.cells import make_sheet
from pipelines.intake.read.container import read_part
from pipelines.intake.read.inspect import check_range, read_notes
from pipelines.intake.read.refusal import BROKEN, Refused

UNREAD = ("docprops/", "xl/theme/", "xl/comments", "xl/drawings/", "xl/charts/", "customxml/")  # parts that nothing here parses
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)=[\"']([^\"']*)[\"']")


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {key.split(b":")[-1] if key.endswith(b":id") else key: value for key, value in _ATTRIBUTE.findall(tag)}


def _sheet_parts(container: zipfile.ZipFile, names: dict[str, str]) -> list[tuple[str, str]]:
    """(part, sheet name) in the workbook's own order; the part is empty when the container lacks it."""
    relations = read_part(container, names["xl/_rels/workbook.xml.rels"]) if "xl/_rels/workbook.xml.rels" in names else b""
    targets = {a.get(b"Id"): a.get(b"Target", b"") for a in map(_attributes, _RELATION.findall(relations))}
    parts = []
    for tag in _SHEET.findall(read_part(container, names["xl/workbook.xml"])):
        attributes = _attributes(tag)
        target = targets.get(attributes.get(b"id"), b"").decode("utf-8", "replace")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)
        parts.append((names.get(path.lower(), ""), unescape(attributes.get(b"name", b"").decode("utf-8", "replace"))))
    return parts


def _inspect(container: zipfile.ZipFile, names: dict[str, str]) -> list[dict[str, list]]:
    notes = []
    sheets = _sheet_parts(container, names)
    seen = {part for part, _ in sheets}
    for path, name in names.items():
        if path.endswith(".xml") and name not in seen and not path.startswith(UNREAD):
            read_part(container, name)
    for part, name in sheets:
        data = read_part(container, part) if part else b""
        check_range(data, name)
        notes.append(read_notes(data))
    return notes


def _read_sheet(workbook: CalamineWorkbook, index: int, notes: dict[str, list]) -> dict[str, object]:
    meta = workbook.sheets_metadata[index]
    if meta.typ != SheetTypeEnum.WorkSheet:
        return make_sheet(meta.name, [], hidden=True)
    cells = workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
    rows = [(n, row) for n, row in enumerate(cells, 1) if any(c != "" for c in row)]
    return make_sheet(meta.name, rows, hidden=meta.visible != SheetVisibleEnum.Visible, **notes)


def _read_sheets(content: bytes, notes: list[dict[str, list]]) -> list[dict[str, object]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_read_sheet(workbook, i, notes[i] if i < len(notes) else {}) for i in range(len(workbook.sheet_names))]
    except Refused:
        raise
    except Exception as fault:  # calamine raises a class of its own for every kind of broken part
        raise Refused(*BROKEN) from fault


def read_xlsx(content: bytes, container: zipfile.ZipFile, parts: dict[str, str]) -> list[dict[str, object]]:
    """The sheets of an xlsx or xlsm with all their notes."""
    return _read_sheets(content, _inspect(container, parts))


def read_xlsb(content: bytes, container: zipfile.ZipFile, parts: dict[str, str]) -> list[dict[str, object]]:
    """The sheets of a binary workbook, without notes on its cells."""
    return _read_sheets(content, [])
