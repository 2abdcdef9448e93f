"""How the template's cells look: the formats of one workbook."""

from __future__ import annotations

import xlsxwriter
from xlsxwriter.format import Format

_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
_EDGE = {"border": 1, "border_color": "#DDE2E8"}


class Styles:
    """The formats, made once per workbook; data cells are unlocked, everything else is protected."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def add(**more: object) -> Format:
            return book.add_format(_FONT | more)

        self.title = add(bold=True, font_size=16, align="center", font_color="#17202E")
        self.note = add(font_color="#5F6B7C", text_wrap=True)
        head = _EDGE | {"bold": True, "text_wrap": True, "align": "center"}
        self.header = add(**head, bg_color="#F4F6F8")
        self.required = add(**head, bg_color="#DCE8F8", font_color="#1B4B8F")
        self.label = add(**_EDGE, bold=True, bg_color="#F4F6F8")
        self.fixed = add(**_EDGE, bg_color="#F4F6F8", num_format="@")
        text = add(**_EDGE, locked=False)
        self._cells = {
            "text": add(**_EDGE, locked=False, num_format="@"),
            "choice": text,
            "bool": add(**_EDGE, locked=False, align="center"),
            "count": add(**_EDGE, locked=False, num_format="0"),
            "money": add(**_EDGE, locked=False, num_format="0.00"),
            "decimal": add(**_EDGE, locked=False, num_format="General"),
            "date": add(**_EDGE, locked=False, num_format="yyyy-mm-dd"),
        }

    def cell(self, kind: str) -> Format:
        """The format of a data cell of this column type."""
        return self._cells[kind]
