"""The words of a comparison with the same span a year ago; a growth word always follows the sign."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reports.summary.facts.model import Fact
from pipelines.reports.summary.wording.numbers import say_percent, say_value


def _points(difference: Decimal) -> str:
    size = abs(difference * 100)
    for places in (1, 2, 4):
        shown = round(size, places)
        if shown:
            break
    return f"{shown.normalize():f}个百分点"


def _share(difference: Decimal, before: Decimal) -> str:
    """How much in percent; in pieces where the base is too small for a percentage to mean anything."""
    return say_percent(float(abs(difference / before)))


def say_change(fact: Fact, words: dict[str, str], comparable: int) -> str:
    """`，比上年同期增长12.3%` and its like; nothing where there is no comparison, or the figure is a lower bound.

    How many townships it rests on is told where that is not the `comparable` ones that the opening names.
    """
    if fact.now is None or fact.before is None or fact.at_least or not fact.is_known:
        return ""
    now, before = Decimal(str(fact.now)), Decimal(str(fact.before))
    difference = now - before
    kind = _kind(fact, now, before)
    amount = _points(difference) if fact.unit == "%" else say_value(float(abs(difference)), fact.unit)
    share = _share(difference, before) if before and fact.unit != "%" else ""
    narrow = words["narrow"].format(townships=fact.compared) if fact.parts and fact.compared != comparable else ""
    return words[kind].format(amount=amount, share=share, narrow=narrow)


def _kind(fact: Fact, now: Decimal, before: Decimal) -> str:
    if now == before:
        return "flat"
    if before == 0 and fact.unit != "%":
        return "first"
    way = "up" if now > before else "down"
    if fact.unit == "%":
        return f"{way}_rate"
    return f"{way}_few" if abs(before) < 10 else way
