"""Columns of percentages that townships add: never read, but compared with the two columns that they come from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.catalog.model import Form, Rule
from pipelines.catalog.names import fold, split_unit
from pipelines.faults import Problem
from pipelines.intake.normalise.numbers import Unreadable, parse_quantity
from pipelines.intake.sheet import Typed, address

NEAR = Decimal("0.0005")  # five hundredths of a percentage point, as a return rounds it


def share_rule(form: Form, header: str) -> Rule | None:
    """The rule that a header such as `整改率（%）` falls under."""
    name = fold(split_unit(header)[0])
    return next((r for r in form.rules if r.operator == "share" and name in map(fold, r.value.split(","))), None)


def read_share(cell: object, is_percent: bool) -> tuple[Decimal, ...]:
    """What a cell may mean as a share: `95%` and 95 under a % header are 0.95; a bare number may be either, a lower bound or a word is nothing."""
    if isinstance(cell, bool) or cell == "":
        return ()
    if isinstance(cell, str):
        try:
            quantity = parse_quantity(cell)
        except Unreadable:
            return ()
        if quantity.at_least:
            return ()
        number, is_percent = quantity.value, is_percent or quantity.unit == "%"
    elif isinstance(cell, (int, float)):
        number = Decimal(repr(cell))
    else:
        return ()
    if not number.is_finite():
        return ()
    return (number / 100,) if is_percent else (number, number / 100)


def _check(typed: Typed, index: int, header: str, rule: Rule) -> Iterator[Problem]:
    is_percent = "%" in fold(header)
    for place, (number, cells) in enumerate(typed.table.rows[: len(typed.rows)]):
        row, cell = typed.rows[place], cells[index] if index < len(cells) else ""
        left, right = row.get(rule.left), row.get(rule.right)
        told = read_share(cell, is_percent)
        if left is None or not right or not told:
            continue
        real = Decimal(left) / Decimal(right)
        if all(abs(real - t) > NEAR for t in told):
            yield Problem("share_differs", rule.severity, typed.table.sheet.name, address(index, number), rule.left, str(cell),
                f"{rule.message}：{left} ÷ {right} = {real * 100:.2f}%，表里写的是 {cell}。", rule.instruction)  # fmt: skip


def check_shares(typed: Typed) -> Iterator[Problem]:
    """A percentage that is not what its row gives."""
    if len(typed.rows) == len(typed.table.rows):
        for index, header in typed.table.others:
            if rule := share_rule(typed.table.form, header):
                yield from _check(typed, index, header, rule)
