"""What would raise a township's score: the next step of every rule, priced by scoring anew, and any change that somebody asks about."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from pipelines.catalog.scoring import Deduct, RubricItem
from pipelines.scoring.engine import Line, Marks, Score, rescore
from pipelines.scoring.figure import Figure, Figures, exact, read_value, source_of, with_change


@dataclass(frozen=True, slots=True)
class Lift:
    """So many more of something, and what the score gains by it."""

    item: RubricItem
    words: str  # 再建会 1 家
    change: Fraction  # of the figure's numerator
    source: str
    gain: Fraction
    total: Fraction
    before: Figure
    after: Figure
    effort: float

    @property
    def worth(self) -> float:
        """Points for the work, to begin at all counted as the work of one: many small points in one go stand before one alone."""
        return float(self.gain) / (1 + self.effort)


def _wanted(item: RubricItem, figure: Figure) -> Iterator[Fraction]:
    """The values from which on more points are given than for the present one."""
    value = read_value(item, figure)
    if value is None or item.compare == "<=":
        return
    if item.kind == "steps":
        yield from (exact(s.at) for s in item.steps if exact(s.at) > value)
    elif item.kind == "flat" and value < exact(item.at):
        yield exact(item.at)
    elif item.kind == "floor":
        yield (max(0, math.floor(value / exact(item.every))) + 1) * exact(item.every)


def _numerator_for(item: RubricItem, figure: Figure, value: Fraction) -> Fraction:
    if item.of == "increase":
        return figure.before + value
    if item.of == "growth":
        return figure.before * (1 + value)
    return value * figure.denominator if figure.denominator is not None else value


def _changes_of_item(item: RubricItem, figure: Figure) -> Iterator[Fraction]:
    for value in _wanted(item, figure):
        change = Fraction(math.ceil(_numerator_for(item, figure, value) - figure.numerator))
        if figure.denominator is None or figure.numerator + change <= figure.denominator:
            yield change


def _changes_of_deduct(rule: Deduct, amount: Fraction) -> Iterator[Fraction]:
    """Of what is deducted for: all of it that counts, and the first step of it."""
    every = exact(rule.every)
    times = math.ceil(amount / every) if rule.rounding == "up" else math.floor(amount / every)
    for left in {0, times - 1} if times else ():
        most = left * every if rule.rounding == "up" else Fraction(math.ceil((left + 1) * every) - 1)
        change = Fraction(math.ceil(amount - most))
        yield -change if rule.of == "value" else change


def _candidates(line: Line) -> Iterator[tuple[str, float, str, Fraction]]:
    """(words, effort, source, change) of everything that the line's rules suggest."""
    item = line.item
    if item.lift and line.figure is not None:
        yield from ((item.lift, item.effort, source_of(item), c) for c in _changes_of_item(item, line.figure))
    for d in line.deductions:
        if d.rule.lift and d.amount is not None:
            yield from ((d.rule.lift, d.rule.effort, source_of(d.rule), c) for c in _changes_of_deduct(d.rule, d.amount))


def try_change(score: Score, figures: Figures, marks: Marks, source: str, change: Fraction) -> Score:
    """The score as it would be with so many more in one figure."""
    return rescore(score, with_change(figures, source, change), marks, source)


def _price(line: Line, score: Score, figures: Figures, marks: Marks) -> Iterator[Lift]:
    for words, effort, source, change in _candidates(line):
        changed = with_change(figures, source, change)
        total = rescore(score, changed, marks, source).total
        if total is not None and total > score.total:
            spoken = words.format(n=f"{int(abs(change)):,}")
            yield Lift(line.item, spoken, change, source, total - score.total, total, figures[source], changed[source], effort * float(abs(change)))


def find_lifts(score: Score, figures: Figures, marks: Marks | None = None) -> list[Lift]:
    """One way for each item that gains points, the most points for the least work first; empty where nothing was judged."""
    if score.total is None:
        return []
    best: list[Lift] = []
    for line in score.lines:
        priced = list(_price(line, score, figures, marks or Marks()))
        if priced:
            best.append(max(priced, key=lambda x: (x.worth, x.gain)))
    return sorted(best, key=lambda x: (-x.worth, -x.gain, x.item.key))
