"""Turns a township's figures and what people put down into points, line by line; pure functions.

Of every item first the points are earned, then deductions taken off, then what is over the item's points cut off; a group likewise. What has no data and what nobody
has judged yet gives no points and takes none: it is left out of `judged`, the points that could be told at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from pipelines.catalog.scoring import Deduct, Rubric, RubricGroup, RubricItem, Veto
from pipelines.scoring.figure import Figure, Figures, exact, read_amount, read_value, source_of

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person put down for an item or a veto, and why."""

    points: Fraction
    remark: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What people put down for one township: the county's points by item, the township's own, and the vetoes that are said by hand."""

    given: Mapping[str, Mark] = field(default_factory=dict)
    own: Mapping[str, Mark] = field(default_factory=dict)
    vetoes: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deduction:
    """One rule of deducting as it was applied; `points` None where there was no data to apply it to."""

    rule: Deduct
    figure: Figure | None
    amount: Fraction | None
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class Line:
    """One item: what was earned, deducted and cut. `points` None: 无数据, or not judged yet."""

    item: RubricItem
    figure: Figure | None
    value: Fraction | None
    earned: Fraction | None  # before deductions
    deductions: tuple[Deduction, ...]
    computed: Fraction | None  # what the rule gives
    points: Fraction | None  # what counts: the county's mark where there is one
    given: Mark | None = None
    own: Mark | None = None

    @property
    def deducted(self) -> Fraction:
        """What all deductions together ask for."""
        return sum((d.points or ZERO for d in self.deductions), ZERO)

    @property
    def is_capped(self) -> bool:
        """Whether more was earned than the item gives."""
        return self.earned is not None and self.earned - self.deducted > exact(self.item.full)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One group: its lines, its own deductions, its points of `judged`."""

    group: RubricGroup
    lines: tuple[Line, ...]
    deductions: tuple[Deduction, ...]
    points: Fraction | None
    judged: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """One township's score. `total` None where nothing could be judged; `before_veto` is what it would be without."""

    rubric: Rubric
    groups: tuple[GroupScore, ...]
    vetoes: tuple[tuple[Veto, Mark | None], ...]
    before_veto: Fraction | None
    total: Fraction | None
    judged: Fraction

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all groups."""
        return tuple(line for g in self.groups for line in g.lines)

    @property
    def gap(self) -> Fraction | None:
        """Points less those that the township gave itself, over the lines that have both; None where none has."""
        both = [line for line in self.lines if line.own and line.points is not None]
        return sum((line.points - line.own.points for line in both), Fraction()) if both else None

    @property
    def share(self) -> Fraction | None:
        """Points of those that could be judged: what townships are compared by, so that nobody looks bad for 无数据."""
        return self.total / self.judged if self.total is not None and self.judged else None

    @property
    def is_ranked(self) -> bool:
        """Whether enough of it could be judged to be compared."""
        return self.share is not None and self.judged >= exact(self.rubric.rank_from) * exact(self.rubric.full)

    @property
    def own_total(self) -> Fraction | None:
        """What the township gave itself; None where it did not."""
        given = [line.own.points for line in self.lines if line.own]
        return sum(given, ZERO) if given else None


def _reaches(value: Fraction, at: float, compare: str) -> bool:
    return value >= exact(at) if compare == ">=" else value <= exact(at)


def _earn(item: RubricItem, value: Fraction | None) -> Fraction | None:
    """The points before deductions and cut; None for 无数据 and for what people judge."""
    if item.kind == "deduct":
        return exact(item.full)
    if item.kind == "manual" or value is None:
        return None
    if item.kind == "steps":
        return max((exact(s.points) for s in item.steps if _reaches(value, s.at, item.compare)), default=ZERO)
    if item.kind == "floor":
        return max(0, math.floor(value / exact(item.every))) * exact(item.points)
    return exact(item.full) if _reaches(value, item.at, item.compare) else ZERO


def _deduct(rule: Deduct, figures: Figures) -> Deduction:
    figure = figures.get(source_of(rule))
    amount = read_amount(rule, figure)
    if amount is None:
        return Deduction(rule, figure, None, None)
    times = amount / exact(rule.every)
    return Deduction(rule, figure, amount, (math.ceil(times) if rule.rounding == "up" else math.floor(times)) * exact(rule.points))


def _cut(earned: Fraction, deductions: tuple[Deduction, ...], full: float) -> Fraction:
    return min(exact(full), max(ZERO, earned - sum((d.points or ZERO for d in deductions), ZERO)))


def score_item(item: RubricItem, figures: Figures, given: Mark | None = None, own: Mark | None = None) -> Line:
    """One item's line; an item of deductions alone that has no data for any of them is 无数据, not full points."""
    figure = figures.get(source_of(item))
    value = read_value(item, figure)
    deductions = tuple(_deduct(rule, figures) for rule in item.deduct)
    earned = _earn(item, value)
    if item.kind == "deduct" and all(d.points is None for d in deductions):
        earned = None
    computed = None if earned is None else _cut(earned, deductions, item.full)
    return Line(item, figure, value, earned, deductions, computed, given.points if given else computed, given, own)


def _score_group(group: RubricGroup, figures: Figures, marks: Marks) -> GroupScore:
    lines = tuple(score_item(i, figures, marks.given.get(i.key), marks.own.get(i.key)) for i in group.items)
    deductions = tuple(_deduct(rule, figures) for rule in group.deduct)
    scored = [line for line in lines if line.points is not None]
    if not scored:
        return GroupScore(group, lines, deductions, None, ZERO)
    judged = min(exact(group.full), sum((exact(line.item.full) for line in scored), ZERO))
    points = _cut(sum((line.points for line in scored), ZERO), deductions, group.full)
    return GroupScore(group, lines, deductions, min(points, judged), judged)


def _hits(veto: Veto, figures: Figures, marks: Marks) -> bool:
    figure = figures.get(source_of(veto))
    return veto.key in marks.vetoes or (figure is not None and figure.value is not None and figure.value >= exact(veto.at))


def _sum_up(rubric: Rubric, groups: tuple[GroupScore, ...], figures: Figures, marks: Marks) -> Score:
    vetoes = tuple((v, marks.vetoes.get(v.key)) for v in rubric.vetoes if _hits(v, figures, marks))
    judged = sum((g.judged for g in groups), ZERO)
    before = sum((g.points for g in groups if g.points is not None), ZERO) if judged else None
    total = before if before is None else min([before, *(exact(v.cap) for v, _ in vetoes)])
    return Score(rubric, groups, vetoes, before, total, judged)


def score_township(rubric: Rubric, figures: Figures, marks: Marks | None = None) -> Score:
    """The whole score of one township; a veto that is hit leaves its `cap` at most."""
    marks = marks or Marks()
    return _sum_up(rubric, tuple(_score_group(g, figures, marks) for g in rubric.groups), figures, marks)


def _reads(group: RubricGroup, source: str) -> bool:
    blocks = (*group.items, *group.deduct, *(d for item in group.items for d in item.deduct))
    return any(source_of(block) == source for block in blocks)


def rescore(score: Score, figures: Figures, marks: Marks, source: str) -> Score:
    """The same township's score when nothing but the figure of one source is another: only the groups that read it are scored anew."""
    groups = tuple(_score_group(g.group, figures, marks) if _reads(g.group, source) else g for g in score.groups)
    return _sum_up(score.rubric, groups, figures, marks)
