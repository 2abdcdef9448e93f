"""The values that a score is made from, kept exact: a share is two whole numbers until it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

from pipelines.catalog.scoring import Deduct, RubricItem, Veto


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one township: a sum, or a share of two sums; `before` is the sum of last December, where a rule asks for the change."""

    numerator: Fraction
    denominator: Fraction | None = None
    at_least: bool = False
    before: Fraction | None = None

    @property
    def value(self) -> Fraction | None:
        """The value, a share as a fraction; None where the denominator is 0: 无数据."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


Figures = Mapping[str, Figure]  # by the code of an indicator or the key of a fact; what is not there is 无数据


@cache
def exact(number: float | int | Decimal) -> Fraction:
    """The number as it was written: 0.1 is a tenth."""
    return Fraction(str(number))


def source_of(block: RubricItem | Deduct | Veto) -> str:
    """Where a rule's value stands among the figures; empty for what people decide."""
    return block.indicator or block.fact


def read_value(item: RubricItem, figure: Figure | None) -> Fraction | None:
    """The value that an item judges: the figure's, or how it changed since last December. None is 无数据, never 0."""
    if figure is None:
        return None
    if item.of == "value":
        return figure.value
    if figure.before is None or item.of == "growth" and not figure.before:
        return None
    increase = figure.numerator - figure.before
    return increase if item.of == "increase" else increase / figure.before


def read_amount(deduct: Deduct, figure: Figure | None) -> Fraction | None:
    """How much there is to deduct for; None where it is not known."""
    if figure is None or deduct.of == "gap" and figure.denominator is None:
        return None
    if deduct.of == "gap":
        return max(Fraction(0), figure.denominator - figure.numerator)
    if figure.value is None:
        return None
    return figure.value if deduct.of == "value" else max(Fraction(0), exact(deduct.level) - figure.value)


def with_change(figures: Figures, source: str, change: Fraction) -> dict[str, Figure]:
    """The figures as they would be with so many more (or fewer) in one of them; a part never grows beyond its whole, and nothing falls below 0."""
    figure = figures[source]
    numerator = max(Fraction(0), figure.numerator + change)
    if figure.denominator is not None:
        numerator = min(numerator, max(figure.denominator, figure.numerator))
    return dict(figures) | {source: replace(figure, numerator=numerator)}
