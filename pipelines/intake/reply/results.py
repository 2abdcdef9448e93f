"""The results of the formulas, which openpyxl drops on saving, put back so that the copy can be read without being recalculated."""

from __future__ import annotations

import re
from datetime import date
from xml.sax.saxutils import escape

from openpyxl.utils.datetime import to_excel

from pipelines.intake.sheet import Sheet

_FORMULA = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>(<f\b[^>]*(?:/>|>[^<]*</f>))<v\s*(?:/>|></v>)</c>')


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


class Results:
    """What stood in the cells of one sheet when it was read."""

    def __init__(self, sheet: Sheet, epoch: object) -> None:
        self.rows = dict(sheet.rows)
        self.errors = dict(note.partition("=")[::2] for note in sheet.notes.get("errors", []))
        self.epoch = epoch

    def _find(self, letters: bytes, row: int) -> tuple[str, str] | None:
        """The cell's type and text as the file writes them."""
        if error := self.errors.get(f"{letters.decode()}{row}"):
            return "e", error
        cells, column = self.rows.get(row, []), _column(letters)
        value = cells[column] if column < len(cells) else ""
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return "b", str(int(value))
        if isinstance(value, (int, float)):
            return "n", repr(value)
        return ("n", repr(to_excel(value, self.epoch))) if isinstance(value, date) else ("str", str(value))

    def put_into(self, data: bytes) -> bytes:
        """The sheet's part with a value beside every formula that had one."""
        return _FORMULA.sub(self._fill, data) if b"<f" in data else data

    def _fill(self, found: re.Match[bytes]) -> bytes:
        letters, row, attributes, formula = found.groups()
        result = self._find(letters, int(row))
        if result is None:
            return found[0]
        kind, text = result
        return b'<c r="%b%b"%b t="%b">%b<v>%b</v></c>' % (letters, row, attributes, kind.encode(), formula, escape(text).encode())
