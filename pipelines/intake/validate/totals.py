"""Totals and subtotals: never loaded, always compared with the rows that they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.catalog.model import Column
from pipelines.catalog.names import fold
from pipelines.faults import Problem
from pipelines.intake.normalise.numbers import YUAN, Unreadable, parse_quantity
from pipelines.intake.sheet import Typed, address


def _told(cell: object, factor: int) -> Decimal | None:
    if isinstance(cell, bool) or cell == "":
        return None
    try:
        number = Decimal(repr(cell)) if isinstance(cell, (int, float)) else parse_quantity(cell).value if isinstance(cell, str) else None
    except Unreadable:
        return None
    return None if number is None else number * factor


def _candidates(typed: Typed, position: int, column: Column) -> list[Decimal]:
    """What the total may mean: a subtotal the rows since the last one or those up to the next, any other all rows."""
    values = [Decimal(row.get(column.key) or 0) for row in typed.rows]
    if not any("小计" in fold(c) for c in typed.table.totals[position][1] if isinstance(c, str)):
        return [sum(values, Decimal(0))]
    cuts = [0, *typed.table.after, len(values)]
    return [sum(values[cuts[position] : cuts[position + 1]], Decimal(0)), sum(values[cuts[position + 1] : cuts[position + 2]], Decimal(0))]


def check_totals(typed: Typed) -> Iterator[Problem]:
    """A total that differs from its rows by any count or by more than a yuan."""
    table = typed.table
    if len(typed.rows) != len(table.rows):
        return
    for position, (number, cells) in enumerate(table.totals):
        for column in table.form.columns:
            place = table.columns.get(column.key)
            if column.type not in ("count", "money") or place is None or place >= len(cells):
                continue
            told = _told(cells[place], YUAN.get(table.units.get(column.key, ""), 1) if column.type == "money" else 1)
            sums = _candidates(typed, position, column)
            if told is not None and all(abs(told - s) > (1 if column.type == "money" else 0) for s in sums):
                word = next((c.strip() for c in cells if isinstance(c, str) and c.strip()), "合计")
                yield Problem("total_differs", "warning", table.sheet.name, address(place, number), column.key, f"{told.normalize():f}",
                    f"{word}行“{column.header}”是 {told.normalize():f}，各行相加是 {sums[0].normalize():f}。", "请核对合计和各行。")  # fmt: skip
