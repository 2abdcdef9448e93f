"""What the steps of the intake hand to each other: raw sheets, located tables, typed tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.catalog.model import Form  # the guarded reader needs no catalogue, and it takes a third of its start

LISTING = "错误清单"  # the sheet that a marked copy adds in front; no table of the sender's


@lru_cache(maxsize=20_000)
def letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def address(column: int, row: int) -> str:
    """The A1 address of a column counted from 0 and a row counted from 1."""
    return f"{letters(column)}{row}"


def revive(value: dict) -> object:
    """An object of a reader's JSON: the date that `read.cells.plain` wrote as {"d": "2026-03-05"}, else itself."""
    return date.fromisoformat(value["d"]) if len(value) == 1 and "d" in value else value


@dataclass(slots=True)
class Sheet:
    """One sheet as it stands in the file: its non-blank rows, each with its number from 1 and its raw cells from column A."""

    name: str
    rows: list[tuple[int, list[object]]]
    hidden: bool = False
    notes: dict[str, list[str]] = field(default_factory=dict)  # errors, uncached, merges, hidden_rows, hidden_columns: addresses


@dataclass(slots=True)
class Located:
    """One table of one form: which column of the sheet holds which key, and the rows below the header."""

    form: Form
    sheet: Sheet
    header_row: int
    columns: dict[str, int]  # key -> column from 0
    headers: dict[str, str]  # key -> the header as written
    units: dict[str, str]  # key -> the unit that the header names
    rows: list[tuple[int, list[object]]]
    totals: list[tuple[int, list[object]]] = field(default_factory=list)
    nil_row: int | None = None
    constants: dict[str, str] = field(default_factory=dict)  # what a matrix says of every row
    matrix: bool = False
    others: tuple[tuple[int, str], ...] = ()  # columns of the table that are not the form's: index, header
    after: list[int] = field(default_factory=list)  # for each total, how many of `rows` stand above it

    @property
    def range(self) -> str:
        """A1:K40, header included."""
        used = self.columns.values()
        last = self.rows[-1][0] if self.rows else self.nil_row or self.header_row
        return f"{address(min(used), self.header_row)}:{address(max(used), last)}"


@dataclass(slots=True)
class Typed:
    """A located table with its typed rows; `rows[i]` stands in `numbers[i]` of the sheet."""

    table: Located
    rows: list[dict[str, object]]
    numbers: list[int]

    def cell(self, key: str, index: int) -> str:
        """The address of a row's column; the header row's first cell when the table has no such column."""
        column = self.table.columns.get(key)
        return address(min(self.table.columns.values()) if column is None else column, self.numbers[index])
