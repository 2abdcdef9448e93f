"""What stands on 总览 and what asks for attention there, as `overview.toml` says, and the check of that file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any

from pipelines.catalog.unknown import find_unknown

FILE = "overview.toml"  # a catalogue that was kept before it existed has none
Tables = dict[str, dict[str, Any]]
FINDERS = {  # what is looked for -> what its words may name
    "accident": ("township", "union", "day", "deaths", "injured"),
    "hazard": ("places", "hazards", "days"),
    "total": ("township", "indicator", "value", "unit"),
    "target": ("indicator", "places", "target", "gap"),
    "missing": ("townships", "month", "due", "days"),
    "returned": ("townships", "month"),
    "fall": ("township", "indicator", "before", "now", "fall", "since"),
    "unorganised": ("place", "employers", "workers"),
    "unreviewed": ("count", "month", "townships"),
}
LIGHTS = ("red", "amber", "none")
NEED_INDICATORS = ("total", "target", "fall")


@dataclass(frozen=True, slots=True)
class HeadlineCard:
    """One headline figure; `gap_unit` is what its numerator counts, where the gap to a target is told."""

    indicator: str
    label: str
    gap_unit: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """One column of the matrix of lights, and the view that its figures open in."""

    indicator: str
    area: str
    label: str
    view: str


@dataclass(frozen=True, slots=True)
class AttentionRule:
    """One thing to look for; the rules stand in the order of consequence."""

    finder: str
    light: str
    words: str
    link: str
    view: str
    least: float = 0
    below: float = 0  # 0: no upper bound
    months: int = 0
    most: int = 1  # items of this rule that come before the next rule's
    small: int = 0  # rates over a smaller denominator are left out
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page."""

    cards: tuple[HeadlineCard, ...] = ()
    areas: tuple[Area, ...] = ()
    attention: tuple[AttentionRule, ...] = ()


def build_overview(tables: Tables) -> Overview:
    """The checked file; empty where there is none."""
    told = tables.get(FILE, {})
    rules = [{k: tuple(v) if isinstance(v, list) else v for k, v in r.items()} for r in told.get("attention", [])]
    return Overview(
        tuple(HeadlineCard(**c) for c in told.get("card", [])), tuple(Area(**a) for a in told.get("area", [])), tuple(AttentionRule(**r) for r in rules)
    )


def _blanks(words: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError:
        return None


def _check_rule(rule: dict[str, Any]) -> Iterator[tuple[str, str]]:
    finder = rule.get("finder")
    blanks = _blanks(str(rule.get("words", "")))
    if blanks is None:
        yield "words", "花括号不成对，要填的内容请写成 {township} 这样"
    elif strange := sorted(blanks - set(FINDERS.get(finder, ()))):
        yield "words", f"不认识“{{{strange[0]}}}”，只能用 {'、'.join(f'{{{k}}}' for k in FINDERS.get(finder, ()))}"
    if finder in NEED_INDICATORS and not rule.get("indicators"):
        yield "indicators", "要写看哪些指标"


def check_overview(tables: Tables) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every card, column or rule that cannot be used; their keys are checked with all blocks."""
    told = tables.get(FILE)
    if told is None:
        return
    codes = {i.get("code") for i in tables["indicators.toml"].get("indicator", [])}
    yield from find_unknown(FILE, told, ("card", "area", "attention"))
    for part in ("card", "area"):
        for block in told.get(part, []):
            if block.get("indicator") not in codes:
                yield FILE, f"{part}.{block.get('indicator')}", "没有这个指标"
    if not told.get("card"):
        yield FILE, "card", "至少要有一张卡片"
    for number, rule in enumerate(told.get("attention", []), 1):
        for code in rule.get("indicators", []):
            if code not in codes:
                yield FILE, f"attention.{number}.indicators", f"没有指标“{code}”"
        for key, message in _check_rule(rule):
            yield FILE, f"attention.{number}.{key}", message
