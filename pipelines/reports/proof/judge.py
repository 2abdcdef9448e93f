"""Holds what a text says against what the data says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipelines.reports.proof.model import Figure
from pipelines.reports.summary.facts.model import Fact
from pipelines.reports.summary.wording.numbers import say_value

_EPSILON = Decimal("0.000001")


def _exact(value: float) -> Decimal:
    return Decimal(str(value))


def agrees(figures: Sequence[Figure], value: float) -> bool:
    """Whether the figures, added up, are the data's value as exactly as they are written; 余 stands for what its last place may still add."""
    said, data = sum((f.value for f in figures), Decimal(0)), _exact(value)
    half, step = sum((f.half for f in figures), Decimal(0)), max(f.step for f in figures)
    if any(f.at_least for f in figures):
        if any(f.text.endswith("以上") for f in figures):
            return data >= said - _EPSILON
        return said <= data < said + step
    return abs(said - data) <= max(half, _EPSILON)


def say_expected(fact: Fact) -> str:
    """The data's value in words."""
    return say_value(fact.value, fact.unit, fact.at_least)


def bound_note(figures: Sequence[Figure], fact: Fact) -> str:
    """What to say where only one of the two is a lower bound."""
    if fact.at_least and not any(f.at_least for f in figures):
        return "数据是下限（≥），文中写成了准数。"
    return ""


def change_agrees(figure: Figure, fact: Fact, rises: bool) -> bool | None:
    """Whether `增长5.2%`, `提高3个百分点`, `增加2件` follows from both sides of the comparison; None where there is none."""
    if fact.now is None or fact.before is None:
        return None
    difference = _exact(fact.now) - _exact(fact.before)
    if "百分点" in figure.unit or figure.unit != "%":
        size = abs(difference)
    elif fact.before:
        size = abs(difference / _exact(fact.before))
    else:
        return None
    return (difference > 0) == rises and abs(figure.value - size) <= max(figure.half, _EPSILON)


def say_both_sides(fact: Fact) -> str:
    """`120件（上年同期 100件）`."""
    return f"{say_value(fact.now, fact.unit)}（上年同期 {say_value(fact.before, fact.unit)}）"
