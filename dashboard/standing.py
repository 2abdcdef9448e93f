"""How the county (or a township) stands: the facts of the sentence on top of 总览, and the sentence made from them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas

from dashboard.cached import find_catalog, query_month
from dashboard.figures import figure_at, is_too_early, rows_of_month
from dashboard.selection import Selection
from pipelines.reports.numbers import count, figure, is_missing

WORST = 2  # places named with the gap


@dataclass(frozen=True, slots=True)
class Lead:
    """The first headline figure: its value, and how far it is from its target."""

    name: str
    value: str  # as people read it; empty where there is no data
    target: str  # as people read it; empty where the year has none
    met: bool
    gap: int  # heads that close the gap
    gap_unit: str
    worst: tuple[str, ...]  # where the gap is largest
    year: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sentence says; `met`, `near`, `missed`, `unknown` are the names of the headline figures that have a target."""

    place: str
    span: str
    is_county: bool
    month: str  # `10月`: what is reported, whatever the reading
    is_month: bool
    expected: int  # townships
    reporters: tuple[str, ...]  # townships that reported
    deaths: int
    lead: Lead
    met: tuple[str, ...]
    near: tuple[str, ...]
    missed: tuple[str, ...]
    unknown: tuple[str, ...]


def _worst(selection: Selection, indicator: str) -> tuple[str, ...]:
    if selection.township:
        return ()
    rows = sorted((r for r in rows_of_month(selection, indicator) if not is_missing(r.gap) and r.gap > 0), key=lambda r: -r.gap)
    return tuple(r.place for r in rows[:WORST])


def _read_lead(selection: Selection) -> Lead:
    catalog = find_catalog()
    card = catalog.overview.cards[0]
    row = figure_at(selection, card.indicator)
    if row is None or is_missing(row.value):
        return Lead(card.label, "", "", False, 0, card.gap_unit, (), selection.period.year)
    unit = catalog.indicator(card.indicator).unit
    aim = "" if is_missing(row.target) else _plain(row.target, unit).replace(".0%", "%")
    gap = 0 if is_missing(row.gap) else int(row.gap)
    worst = _worst(selection, card.indicator)
    return Lead(card.label, _plain(row.value, unit, bool(row.at_least)), aim, row.light == "green", gap, card.gap_unit, worst, selection.period.year)


def _plain(value: object, unit: str, at_least: bool = False) -> str:
    """`86.2%`, `12 起`."""
    text, shown = figure(value, unit, at_least)
    return f"{text}%" if unit == "%" else f"{text} {shown}"


def _lights(selection: Selection) -> dict[str, list[str]]:
    """Light -> names of the headline figures with a target; a target without a figure is `none`."""
    found: dict[str, list[str]] = {"green": [], "amber": [], "red": [], "none": []}
    aimed = set(query_month(selection, "targets_of_month", place=selection.place_code).indicator)
    for card in find_catalog().overview.cards:
        row = figure_at(selection, card.indicator)
        blank = row is None or is_missing(row.value)
        if card.indicator in aimed and not is_too_early(selection, card.indicator) and (blank or row.light != "none"):
            found["none" if blank else row.light].append(card.label)
    return found


def _deaths(selection: Selection) -> int:
    rows = query_month(selection, "accidents")
    rows = rows[rows.date >= pandas.Timestamp(selection.first)]
    return int(rows.deaths.fillna(0).sum())


def read_standing(selection: Selection) -> Standing:
    """The facts of the chosen month, place and reading."""
    returns = query_month(selection, "returns_of_month")
    lights = _lights(selection)
    return Standing(
        selection.place, selection.span, selection.township is None, f"{selection.period.month}月", selection.reading == "month", len(returns), tuple(returns.township[returns.status != "missing"]),
        _deaths(selection), _read_lead(selection), *(tuple(lights[light]) for light in ("green", "amber", "red", "none")),
    )  # fmt: skip


def _say_lead(lead: Lead) -> str:
    if not lead.value:
        return f"{lead.name}无数据"
    if not lead.target:
        return f"{lead.name} {lead.value}，{lead.year}年没有设定目标"
    if lead.met:
        return f"{lead.name} {lead.value}，达到 {lead.target} 的目标"
    where = f"，缺口最大的是{'、'.join(lead.worst)}" if lead.worst else ""
    return f"{lead.name} {lead.value}，离 {lead.target} 的目标还差 {count(lead.gap)} {lead.gap_unit}{where}"


def _say_lights(standing: Standing) -> str:
    judged = len(standing.met) + len(standing.near) + len(standing.missed)
    if not judged:
        return ""
    blank = f"，{len(standing.unknown)} 项无数据" if standing.unknown else ""
    if len(standing.met) == judged:
        return f"{judged} 项主要指标全部达标{blank}"
    told = [f"达标 {len(standing.met)} 项"] if standing.met else []
    told += [f"接近 {len(standing.near)} 项"] if standing.near else []
    told += [f"未达标 {len(standing.missed)} 项（{'、'.join(standing.missed[:3])}{'等' if len(standing.missed) > 3 else ''}）"] if standing.missed else []
    start = f"{judged} 项主要指标" + ("" if standing.met else "没有一项达标，")
    return start + "、".join(told) + blank


def _say_reported(standing: Standing) -> str:
    """Only where something is missing: the figures then speak of those that reported."""
    reported = len(standing.reporters)
    if not standing.is_county:
        return "" if standing.place in standing.reporters else f"{standing.month}月报还没有报送"
    if reported in (0, standing.expected):
        return "" if reported else f"{standing.month}还没有一个乡镇报送"
    return f"{standing.expected} 个乡镇只有{standing.reporters[0]}报送" if reported == 1 else f"{standing.expected} 个乡镇已报 {reported} 个"


def describe_standing(standing: Standing) -> str:
    """The sentence: deaths first, then the leading figure, the lights, and what is missing."""
    start = f"{standing.span}{standing.place}"
    if standing.is_month and not (standing.reporters if standing.is_county else standing.place in standing.reporters):
        who = "还没有一个乡镇报送" if standing.is_county else f"{standing.place}还没有报送"
        return f"{who}{standing.month}月报，业务指标无数据"
    deaths = f"安全事故死亡 {standing.deaths} 人；{standing.lead.name}" if standing.deaths else ""
    lead = deaths + _say_lead(standing.lead).removeprefix(standing.lead.name) if deaths else _say_lead(standing.lead)
    return "；".join(part for part in (start + lead, _say_lights(standing), _say_reported(standing)) if part)
