"""A quick look into the parts of an xlsx before anything parses it: used ranges, and what calamine does not tell."""

from __future__ import annotations

import re

from pipelines.intake.read.cells import MAX_MERGES, check_area
from pipelines.intake.read.refusal import TOO_LARGE, Refused

_CELL = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_FAR = re.compile(rb"r=[\"'](?:[A-Z]{3}\d|[A-Z]{1,2}\d{5})")  # without one, a sheet ends before ZZ10000: seven million cells at most
_ERROR = re.compile(rb"<(?:\w+:)?c\b(?=[^>]*?\bt=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]+\d+)[\"'][^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<", re.S)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]+\d+)[\"'][^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR_MARK = re.compile(rb"t=[\"']e[\"']")
_FORMULA_MARK = re.compile(rb"f[ />]")  # begins with a letter that a sheet hardly has: seven times as fast as to look for `<f>`
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?ref=[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*?\bhidden=[\"'](?:1|true)[\"'])[^>]*?\br=[\"'](\d+)[\"']")
_HIDDEN_COLUMN = re.compile(
    rb"<(?:\w+:)?col\b(?=[^>]*?\bhidden=[\"'](?:1|true)[\"'])(?=[^>]*?\bmin=[\"'](\d{1,5})[\"'])(?=[^>]*?\bmax=[\"'](\d{1,5})[\"'])"
)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_range(data: bytes, sheet: str) -> None:
    """Refuses a sheet whose cells span more than a sane area."""
    if not _FAR.search(data):
        return
    found = _CELL.findall(data)
    if not found:
        return
    last = max(int(row) for _, row in set(found[-1:]) | {max(found, key=lambda c: (len(c[1]), c[1]))})
    check_area(sheet, last, max(_column_number(c) for c in {c for c, _ in found}))


def read_notes(data: bytes) -> dict[str, list]:
    """Addresses of error cells, formulas without a value and merges; hidden rows as numbers, hidden columns as ranges."""
    notes: dict[str, list] = {}
    if _ERROR_MARK.search(data):
        notes["errors"] = [f"{a.decode()}={v.decode()}" for a, v in _ERROR.findall(data)]
    if _FORMULA_MARK.search(data):
        notes["uncached"] = [a.decode() for a in _FORMULA.findall(data)]
    if (first := data.find(b"mergeCell")) >= 0:  # they stand behind the cells
        if data.count(b"mergeCell ", first) > MAX_MERGES:
            raise Refused(*TOO_LARGE)
        notes["merges"] = [a.decode() for a in _MERGE.findall(data, max(data.rfind(b"<", 0, first), 0))]
    if b"hidden=" in data:
        notes["hidden_rows"] = [int(a) for a in _HIDDEN_ROW.findall(data)]
        notes["hidden_columns"] = [range(int(a), int(b) + 1) for a, b in _HIDDEN_COLUMN.findall(data)]
    return notes
