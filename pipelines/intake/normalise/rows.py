"""Types every cell of a located table by its column; a cell that cannot be read is a problem with its address."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from pipelines.catalog.model import Catalog, Column, Form
from pipelines.catalog.names import fold
from pipelines.faults import Problem
from pipelines.intake.normalise.items import FIGURES, FORM, plan_item
from pipelines.intake.normalise.numbers import AtLeast, Unreadable
from pipelines.intake.normalise.personal import mask_number, read_id_number
from pipelines.intake.normalise.values import Parser, build_parser
from pipelines.intake.private import hide_numbers
from pipelines.intake.sheet import Located, Typed, address
from pipelines.warehouse.schema import AS_WRITTEN, NOT_APPLICABLE

EMPTY = frozenset(["", None])
REMEMBERED = 2_000  # cells of one column
PLAIN = frozenset([str, float])  # not bool and int, which are equal to a float
Known = dict[str | float, tuple[object, str]]  # a cell -> its value, and what is kept of how it was written
Planned = tuple[int, str, Parser, Column, str, Known]


@lru_cache(maxsize=1_000)
def _known(column: Column, unit: str, yes: tuple[str, ...], no: tuple[str, ...], blank: frozenset[str]) -> Known:
    """What was made of the cells of a column so far: choices, 是 and 否, names of unions, small numbers come again in every row. Not of dates, which the month decides."""
    return {}


@lru_cache(maxsize=1_000)
def _plan(form: Form, columns: tuple[tuple[str, int], ...], units: tuple[tuple[str, str], ...], period: date, yes: tuple[str, ...], no: tuple[str, ...], blank: frozenset[str]) -> list[Planned]:
    plan, unit_of = [], dict(units)
    for key, index in columns:
        column, unit = form.column(key), unit_of.get(key, "")
        plan.append((index, key, build_parser(column, unit, period, yes, no), column, unit, _known(column, unit, yes, no, blank)))
    return plan


class Reading:
    """What typing one workbook needs to know: the catalogue, the month, the secret of the ID hashes."""

    def __init__(self, catalog: Catalog, period: date, id_key: bytes) -> None:
        self.catalog, self.period, self.id_key = catalog, period, id_key
        words = catalog.words
        self.yes, self.no = words["yes"], words["no"]
        self.missing = frozenset(fold(w).upper() for w in words["missing"])
        self.none = frozenset(fold(w).upper() for w in words["none"])
        self.blank = self.missing | self.none

    def plan(self, table: Located) -> list[Planned]:
        """(column from 0, key, parser, column, unit, what is known of its cells) of each known column."""
        return _plan(table.form, tuple(table.columns.items()), tuple(table.units.items()), self.period, self.yes, self.no, self.blank)


    def plan_row(self, table: Located, plan: list[Planned], cells: list[object]) -> list[Planned]:
        """The plan for one row: in 乡镇月报 its item says how the figures are to be read."""
        make = plan_item(self.catalog, cells, table.columns, table.units)
        return plan if make is None else [self._as_item(planned, make) if planned[1] in FIGURES else planned for planned in plan]

    def _as_item(self, planned: Planned, make: Callable) -> Planned:
        index, key, _, column, _, _ = planned
        found = make(column, self.period, self.yes, self.no)
        return planned if found is None else (index, key, *found, _known(found[1], found[2], self.yes, self.no, self.blank))


def _shown(cell: object, column: Column) -> str:
    text = str(int(cell)) if isinstance(cell, float) and abs(cell) < 1e18 and cell == int(cell) else str(cell)
    return mask_number(text) if column.personal or not column.stored else text[:60]


def _blank_word(cell: str, column: Column, reading: Reading) -> str:
    """The word in a cell that stands for missing or not applicable, else nothing; a word that the column itself offers is a value."""
    word = fold(cell).upper()
    if not word:
        return " "
    if word not in reading.blank or (column.type == "choice" and word in column.choices):
        return ""
    return "" if column.type == "bool" and word in {"无", "×"} else word


def _problem(table: Located, column: Column, cell: object, place: str, fault: Unreadable) -> Problem:
    code, message, remedy = fault.args
    shown = _shown(cell, column)
    return Problem(code, "error", table.sheet.name, place, column.key, shown, f"“{column.header}”写的是“{shown}”，{message}", remedy)


def _as_written(cell: object, value: object, column: Column, unit: str) -> str:
    """What stood in the cell where that is not how the value is stored: `12余人`, `０.６`, 0.6 under 万元, `√`; else nothing."""
    if column.type == "text" or column.personal or not column.stored:
        return ""
    if type(cell) is str:
        text = cell.strip()
        if text == value or (text.isascii() and text.isdigit() and column.type != "bool" and not unit):
            return ""
        same = ("否", "是")[value] if type(value) is bool else str(value)
        return "" if text == same else text[:60]
    return f"{cell:.15g}{unit}" if type(cell) is float and unit not in ("", "元") else ""


def _hidden(table: Located, column: Column, shown: str, cell: str) -> Problem:
    message = f"“{column.header}”里有电话、银行卡或身份证号码，只按“{shown[:40]}”保存。"
    return Problem("private_number", "warning", table.sheet.name, cell, column.key, shown[:40], message, "上报月报不需要这些号码，请从表里删掉。")


class _Row:
    """One row on its way: its values, and of each cell that is stored in another way than it was written, how it was written."""

    def __init__(self, table: Located, reading: Reading, number: int, problems: list[Problem]) -> None:
        self.table, self.reading, self.number, self.problems = table, reading, number, problems
        self.values: dict[str, object] = {}
        self.raw: dict[str, str] = {}

    def _put_blank(self, cell: str, key: str, column: Column) -> bool:
        """Whether the cell's word stands for missing or not applicable."""
        word = _blank_word(cell, column, self.reading) if len(cell) < 5 or cell.isspace() else ""
        if word:
            self.values[key] = None
        if word in self.reading.none:
            self.values[NOT_APPLICABLE] = f"{self.values[NOT_APPLICABLE]},{key}" if NOT_APPLICABLE in self.values else key
        return bool(word)

    def type_cell(self, cell: object, planned: Planned) -> None:
        """Types a cell that is not empty."""
        index, key, parse, column, unit, known = planned
        if type(cell) is str and self._put_blank(cell, key, column):
            return
        try:
            if key == "id_number" and not column.stored:
                self.values["id_number_masked"], self.values["id_number_hash"] = read_id_number(cell, self.reading.id_key)
                return
            value = parse(cell)
        except Unreadable as fault:
            self.problems.append(_problem(self.table, column, cell, address(index, self.number), fault))
            self.values[key] = None
            self.values.setdefault("_unread", set()).add(key)
            return
        is_plain = type(cell) in PLAIN and not column.personal and column.type != "date" and len(known) < REMEMBERED
        if type(value) is AtLeast:
            self.values[f"{key}_at_least"] = True
            value, is_plain = value.value, False
        if type(value) is str and (hidden := hide_numbers(value)) != value:
            self.problems.append(_hidden(self.table, column, hidden, address(index, self.number)))
            value, cell, is_plain = hidden, hidden, False
        written = _as_written(cell, value, column, unit)
        self.values[key] = value
        if written:
            self.raw[key] = written
        if is_plain:
            known[cell] = value, written

    def close(self) -> dict[str, object]:
        """The row as it is stored."""
        self.values.pop("id_number", None)
        if self.raw:
            self.values[AS_WRITTEN] = json.dumps(self.raw, ensure_ascii=False)
        return self.values


def type_table(table: Located, reading: Reading) -> tuple[Typed, list[Problem]]:
    """The typed rows of a table; a cell that could not be read is None in its row and a problem."""
    problems: list[Problem] = []
    plan = reading.plan(table)
    width = max((index for index, *_ in plan), default=-1) + 1
    typed = Typed(table, [], [])
    for number, cells in table.rows:
        row = _Row(table, reading, number, problems)
        values, raw = row.values, row.raw
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        for planned in reading.plan_row(table, plan, cells) if table.form.key == FORM else plan:
            index, key, _, _, _, known = planned
            cell = cells[index]
            if cell == "":
                values[key] = None
            elif type(cell) in PLAIN and (found := known.get(cell)):
                values[key], written = found
                if written:
                    raw[key] = written
            else:
                row.type_cell(cell, planned)
        typed.rows.append(row.close())
        typed.numbers.append(number)
    return typed, problems
