"""Reads one workbook to JSON text; runs only inside the guarded child."""

from __future__ import annotations

import io
import json
import posixpath
import re
import zipfile
from datetime import date, datetime
from html import unescape

from python_calamine import CalamineWorkbook

from pipelines.intake.read.inspect import BROKEN, Refused, check_range, open_container, read_notes, read_part
from pipelines.intake.read.sniff import sniff_fault

_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)=[\"']([^\"']*)[\"']")


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return {"d": value.isoformat()[:10]}
    return str(value)


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {key.split(b":")[-1] if key.endswith(b":id") else key: value for key, value in _ATTRIBUTE.findall(tag)}


def _sheet_parts(container: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(part, sheet name) in the workbook's own order; the part is empty when the container lacks it."""
    names = {n.replace("\\", "/").lower(): n for n in container.namelist()}
    relations = read_part(container, names["xl/_rels/workbook.xml.rels"]) if "xl/_rels/workbook.xml.rels" in names else b""
    targets = {a.get(b"Id"): a.get(b"Target", b"") for a in map(_attributes, _RELATION.findall(relations))}
    parts = []
    for tag in _SHEET.findall(read_part(container, names["xl/workbook.xml"])):
        attributes = _attributes(tag)
        target = targets.get(attributes.get(b"id"), b"").decode("utf-8", "replace")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)
        parts.append((names.get(path.lower(), ""), unescape(attributes.get(b"name", b"").decode("utf-8", "replace"))))
    return parts


def _inspect(content: bytes) -> list[dict[str, list[str]]]:
    notes = []
    with open_container(content) as container:
        sheets = _sheet_parts(container)
        for name in container.namelist():
            if name.lower().endswith(".xml") and name not in {part for part, _ in sheets}:
                read_part(container, name)
        for part, name in sheets:
            data = read_part(container, part) if part else b""
            check_range(data, name)
            notes.append(read_notes(data))
    return notes


def _read_sheet(workbook: CalamineWorkbook, index: int, notes: dict[str, list[str]]) -> dict[str, object]:
    meta = workbook.sheets_metadata[index]
    if "WorkSheet" not in str(meta.typ):
        return {"name": meta.name, "rows": [], "hidden": True, "notes": {}}
    cells = workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
    rows = [(n, row) for n, row in enumerate(cells, 1) if any(c != "" for c in row)]
    return {"name": meta.name, "rows": rows, "hidden": not str(meta.visible).endswith(".Visible"), "notes": notes}


def read_workbook(content: bytes) -> str:
    """JSON of the sheets, or of the fault that refuses the file."""
    try:
        if fault := sniff_fault(content):
            raise Refused(*fault)
        notes = _inspect(content)
        try:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
            found = [_read_sheet(workbook, i, notes[i] if i < len(notes) else {}) for i in range(len(workbook.sheet_names))]
        except Exception as fault:  # calamine raises a class of its own for every kind of broken part
            raise Refused(*BROKEN) from fault
        return json.dumps({"sheets": found}, default=_plain, ensure_ascii=False)
    except Refused as fault:
        return json.dumps({"fault": fault.args}, ensure_ascii=False)
