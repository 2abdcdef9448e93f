"""How a summary writes a figure: `77项`, `95.8%`, `14640元`, `10万余元`, `3.25万元以上`; nothing is rounded into a claim that the data does not bear."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

UNKNOWN = "××"
WAN = Decimal(10_000)
YI = Decimal(100_000_000)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _round(number: Decimal, places: int, at_least: bool) -> Decimal:
    """To so many places; a lower bound is never rounded up."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR if at_least else ROUND_HALF_UP)


def _bound(number: str, unit: str, at_least: bool) -> str:
    """`120余份` after a round number, else `123份以上`."""
    if not at_least:
        return number + unit
    head = "万" if unit.startswith("万") else ""
    is_round = "." not in number and (number.endswith("0") or bool(head))
    return f"{number}{head}余{unit.removeprefix(head)}" if is_round else f"{number}{unit}以上"


def _percent(fraction: float, at_least: bool) -> str:
    """To one place; to more where one would make 99.96 % a hundred or 0.04 % nothing."""
    share = Decimal(str(fraction)) * 100
    for places in (1, 2, 4):
        shown = _round(share, places, at_least)
        if shown == share or shown not in (0, 100):
            break
    return _plain(shown)


def say_percent(fraction: float, at_least: bool = False) -> str:
    """`95.8%`, `100%`."""
    return _bound(_percent(fraction, at_least), "%", at_least)


def say_money(yuan: float, at_least: bool = False) -> str:
    """万元 where two places hold the sum or it is above 10万, 亿元 above 1亿, else 元."""
    amount = Decimal(str(yuan))
    for size, unit, least in ((YI, "亿元", YI), (WAN, "万元", 10 * WAN)):
        part = amount / size
        if amount >= least or (size == WAN and amount >= WAN and part == _round(part, 2, True)):
            return _bound(_plain(_round(part, 2, at_least)), unit, at_least)
    return _bound(_plain(_round(amount, 2, at_least)), "元", at_least)


def say_value(value: float, unit: str, at_least: bool = False) -> str:
    """A figure with its unit, as it stands in a sentence."""
    if unit == "%":
        return say_percent(value, at_least)
    if unit == "元":
        return say_money(value, at_least)
    return _bound(_plain(_round(Decimal(str(value)), 2, at_least)), unit, at_least)


def say_exact(value: float | None, unit: str, at_least: bool = False) -> str:
    """The figure in the annex: a rate as the text says it, any other in full, `≥` before a lower bound, `—` where there is none."""
    if value is None:
        return "—"
    shown = f"{_percent(value, at_least)}%" if unit == "%" else _plain(Decimal(str(value)))
    return ("≥" if at_least else "") + shown
