"""How figures are written: thousands separators, 万元, one decimal of percent, ≥ for lower bounds, arrows for changes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipelines.catalog.lights import NO_DATA


def is_missing(value: object) -> bool:
    """None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaN", "<NA>", "NaT")


def name_few(names: Sequence[str], kind: str = "个乡镇", most: int = 3) -> str:
    """`甲、乙、丙等 5 个乡镇`: who shares a place, the first of them by name."""
    return "、".join(names[:most]) + (f"等 {len(names)} {kind}" if len(names) > most else "")


def count(value: object) -> str:
    """`12,345`."""
    return f"{float(value):,.0f}"


def money(yuan: object) -> tuple[str, str]:
    """(`186.42`, `万元`): under 1万 in 元, above in 万元, above 1亿 in 亿元."""
    amount = float(yuan)
    if abs(amount) >= 1e8:
        return f"{amount / 1e8:,.2f}", "亿元"
    if abs(amount) >= 1e4:
        return f"{amount / 1e4:,.2f}", "万元"
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}", "元"


def percent(fraction: object) -> str:
    """`89.0` for 0.89."""
    return f"{float(fraction) * 100:.1f}"


def figure(value: object, unit: str, at_least: bool = False) -> tuple[str, str]:
    """A figure and the unit to stand behind it, as people read it."""
    if is_missing(value):
        return NO_DATA, ""
    bound = "≥ " if at_least else ""
    if unit == "%":
        return bound + percent(value), "%"
    if unit == "元":
        text, shown = money(value)
        return bound + text, shown
    if unit.startswith("元/"):
        return f"{bound}{float(value):,.2f}", unit
    return bound + count(value), unit


def change(now: object, before: object, unit: str) -> str:
    """`↑ 0.6 个百分点`, `↓ 31 人`, `持平`, or — where there is nothing to compare."""
    if is_missing(now) or is_missing(before):
        return "—"
    difference = float(now) - float(before)
    size = abs(difference) * 100 if unit == "%" else abs(difference)
    if round(size, 1 if unit == "%" else 2) == 0:
        return "持平"
    arrow = "↑" if difference > 0 else "↓"
    if unit == "%":
        return f"{arrow} {size:.1f} 个百分点"
    text, shown = figure(size, unit)
    return f"{arrow} {text} {shown}"


def growth(now: object, before: object, unit: str) -> str:
    """同比: `↑ 12.3%` of sums, `↑ 0.6 个百分点` of percents, `持平`, or — where there is nothing to compare or nothing to grow from."""
    if unit == "%" or is_missing(now) or is_missing(before):
        return change(now, before, unit)
    if float(before) == 0:
        return "持平" if float(now) == 0 else "—"
    rate = (float(now) / float(before) - 1) * 100
    return "持平" if round(abs(rate), 1) == 0 else f"{'↑' if rate > 0 else '↓'} {abs(rate):,.1f}%"
