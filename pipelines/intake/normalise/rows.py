"""Types every cell of a located table by its column; a cell that cannot be read is a problem with its address."""

from __future__ import annotations

import json
from datetime import date

from pipelines.catalog.model import Catalog, Column
from pipelines.catalog.names import fold
from pipelines.faults import Problem
from pipelines.intake.normalise.numbers import AtLeast, Unreadable
from pipelines.intake.normalise.personal import mask_number, read_id_number
from pipelines.intake.normalise.values import build_parser
from pipelines.intake.private import hide_numbers
from pipelines.intake.sheet import Located, Typed, address
from pipelines.warehouse.schema import AS_WRITTEN, NOT_APPLICABLE

EMPTY = frozenset(["", None])


class Reading:
    """What typing one workbook needs to know: the catalogue, the month, the secret of the ID hashes."""

    def __init__(self, catalog: Catalog, period: date, id_key: bytes) -> None:
        self.catalog, self.period, self.id_key = catalog, period, id_key
        words = catalog.words
        self.yes, self.no = words["yes"], words["no"]
        self.missing = frozenset(fold(w).upper() for w in words["missing"])
        self.none = frozenset(fold(w).upper() for w in words["none"])
        self.blank = self.missing | self.none

    def plan(self, table: Located) -> list[tuple[int, str, object, Column, bool]]:
        """(column from 0, key, parser, column, whether words for nothing may stand in it) of each known column."""
        plan = []
        for key, index in table.columns.items():
            column = table.form.column(key)
            parser = build_parser(column, table.units.get(key, ""), self.period, self.yes, self.no)
            plan.append((index, key, parser, column, column.type == "bool"))
        return plan


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


def type_table(table: Located, reading: Reading) -> tuple[Typed, list[Problem]]:
    """The typed rows of a table; a cell that could not be read is None in its row and a problem."""
    problems: list[Problem] = []
    plan = reading.plan(table)
    personal = next((i for i, _, _, c, _ in plan if not c.stored and c.key == "id_number"), None)
    typed = Typed(table, [], [])
    for number, cells in table.rows:
        row: dict[str, object] = {}
        raw: dict[str, str] = {}
        width = len(cells)
        for index, key, parse, column, _ in plan:
            cell = cells[index] if index < width else ""
            if cell == "":
                row[key] = None
                continue
            if type(cell) is str and (len(cell) < 5 or cell.isspace()) and (word := _blank_word(cell, column, reading)):
                row[key] = None
                if word in reading.none:
                    row[NOT_APPLICABLE] = f"{row[NOT_APPLICABLE]},{key}" if NOT_APPLICABLE in row else key
                continue
            try:
                if index == personal:
                    row["id_number_masked"], row["id_number_hash"] = read_id_number(cell, reading.id_key)
                    continue
                value = parse(cell)
            except Unreadable as fault:
                problems.append(_problem(table, column, cell, address(index, number), fault))
                value = None
                row.setdefault("_unread", set()).add(key)
            if type(value) is AtLeast:
                row[f"{key}_at_least"] = True
                value = value.value
            if type(value) is str and (hidden := hide_numbers(value)) != value:
                problems.append(_hidden(table, column, hidden, address(index, number)))
                value = cell = hidden
            row[key] = value
            if written := _as_written(cell, value, column, table.units.get(key, "")):
                raw[key] = written
        row.pop("id_number", None)
        if raw:
            row[AS_WRITTEN] = json.dumps(raw, ensure_ascii=False)
        typed.rows.append(row)
        typed.numbers.append(number)
    return typed, problems
