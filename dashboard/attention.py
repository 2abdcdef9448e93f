"""What needs a leader's attention, found by the rules of `overview.toml` and told in their words, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas

from dashboard.access import visitor
from dashboard.cached import Row, find_catalog, query_month
from dashboard.figures import COMPARED, period_before, rows_of_month
from dashboard.hazards import open_hazards
from dashboard.links import view_address
from dashboard.same_months import same_months
from dashboard.selection import Selection
from pipelines.catalog.overview import AttentionRule
from pipelines.catalog.period import due_date
from pipelines.reports.numbers import count, is_missing, name_few, percent

Found = tuple[str | None, dict[str, str]]  # the township that the link opens, and what the words name


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence with its light, the words of its link and the link's address."""

    light: str
    words: str
    link: str
    address: str


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _only(places: list[str], selection: Selection) -> str | None:
    """The township that a link opens: the one that it is about, else the chosen one."""
    return places[0] if len(places) == 1 else selection.township


def _in_bounds(value: float, rule: AttentionRule) -> bool:
    return value >= rule.least and (not rule.below or value < rule.below)


def _accident(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    rows = query_month(selection, "accidents").fillna({"deaths": 0, "severe_injuries": 0, "minor_injuries": 0})
    found = [r for r in rows.itertuples() if r.date >= pandas.Timestamp(selection.first) and _in_bounds(r.deaths, rule)]
    for row in sorted(found, key=lambda r: (r.deaths, r.severe_injuries, r.date), reverse=True):
        injured = count(row.severe_injuries + row.minor_injuries)
        yield row.township, {"township": row.township, "union": row.union_name, "day": _day(row.date), "deaths": count(row.deaths), "injured": injured}


def _hazard(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    found: dict[str, tuple[float, int]] = {}  # township -> hazards left, the longest overdue of them
    for row in open_hazards(selection).itertuples():
        if _in_bounds(row.days, rule):
            hazards, days = found.get(row.township, (0, 0))
            found[row.township] = hazards + row.remaining, max(days, int(row.days))
    worst = sorted(sorted(found), key=found.get, reverse=True)
    if worst:
        places = name_few([f"{name} {count(found[name][0])} 处" for name in worst])
        hazards, days = count(sum(h for h, _ in found.values())), max(d for _, d in found.values())
        yield _only(worst, selection), {"places": places, "hazards": hazards, "days": str(days)}


def _figures(selection: Selection, rule: AttentionRule) -> list[Row]:
    """The rule's indicators by township, as far as there is a figure over a denominator that is large enough."""
    rows = [r for r in rows_of_month(selection, *rule.indicators) if not is_missing(r.value) and (is_missing(r.denominator) or r.denominator >= rule.small)]
    return [r for r in rows if r.township_code == selection.township_code] if selection.township_code else rows


def _total(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    for row in sorted((r for r in _figures(selection, rule) if _in_bounds(r.value, rule)), key=lambda r: -r.value):
        yield row.place, {"township": row.place, "indicator": row.name, "value": count(row.value), "unit": row.unit}


def _target(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    groups: dict[str, list[tuple[float, Row]]] = {}  # name of an indicator -> how far each is behind, and its row
    for row in _figures(selection, rule):
        if row.light == "red":
            groups.setdefault(row.name, []).append((float((row.target - row.value) / row.target), row))
    found = [sorted(group, key=lambda r: -r[0]) for _, group in sorted(groups.items()) if rule.least <= len(group)]
    for group in sorted(found, key=lambda g: (len(g), g[0][0]), reverse=True):
        rows = [row for _, row in group]
        places = name_few([f"{r.place} {percent(r.value)}%" for r in rows])
        target = f"目标 {float(rows[0].target) * 100:g}%" if len({r.target for r in rows}) == 1 else "目标各不相同"
        gap = count(sum(r.gap for r in rows if not is_missing(r.gap)))
        yield _only([r.place for r in rows], selection), {"indicator": rows[0].name, "places": places, "target": target, "gap": gap, "code": rows[0].indicator}


def _late_days(selection: Selection, today: date) -> int:
    return (today - due_date(find_catalog(), selection.period)).days


def _returns(selection: Selection) -> list[Row]:
    rows = query_month(selection, "returns_of_month").itertuples()
    return [r for r in rows if selection.township_code in (None, r.township_code)]


def _missing(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    names, days = [r.township for r in _returns(selection) if r.status == "missing"], _late_days(selection, today)
    if names and days >= rule.least:
        yield None, {"townships": name_few(names), "month": str(selection.period.month), "due": _day(due_date(find_catalog(), selection.period)), "days": str(days)}


def _returned(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    if names := [r.township for r in _returns(selection) if r.state == "returned"]:
        yield None, {"townships": name_few(names), "month": str(selection.period.month)}


def _unreviewed(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    names = [r.township for r in _returns(selection) if r.state in ("submitted", "resubmitted")]
    if names and _late_days(selection, today) >= rule.least:
        yield None, {"count": str(len(names)), "month": str(selection.period.month), "townships": name_few(names)}


def _fall(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    since, months = COMPARED[selection.reading][0]
    alike = {indicator: same_months(selection, indicator, months) for indicator in rule.indicators}
    rows = [r for r in rows_of_month(selection, *rule.indicators, period=period_before(selection)) if r.township_code in alike[r.indicator]]
    before = {(r.township_code, r.indicator): r.value for r in rows if not is_missing(r.value) and not is_missing(r.denominator) and r.denominator >= rule.small}
    now = [r for r in _figures(selection, rule) if (r.township_code, r.indicator) in before]
    fallen = [(float(before[r.township_code, r.indicator] - r.value), before[r.township_code, r.indicator], r) for r in now]
    for fall, was, row in sorted((f for f in fallen if _in_bounds(f[0], rule)), key=lambda f: -f[0]):
        told = {"before": f"{percent(was)}%", "now": f"{percent(row.value)}%", "fall": f"{fall * 100:.1f}", "since": since, "code": row.indicator}
        yield row.place, {"township": row.place, "indicator": row.name, **told}


def _unorganised(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    rows = query_month(selection, "unorganised")
    if len(rows) >= max(rule.least, 1):
        yield selection.township, {"place": selection.place, "employers": count(len(rows)), "workers": count(rows.workers.sum())}


FINDERS = {
    "accident": _accident, "hazard": _hazard, "total": _total, "target": _target, "missing": _missing, "returned": _returned, "fall": _fall,
    "unorganised": _unorganised, "unreviewed": _unreviewed,
}  # fmt: skip


def _address(selection: Selection, rule: AttentionRule, township: str | None, indicator: str | None) -> str:
    views = {a.indicator: a.view for a in find_catalog().overview.areas}
    view = views.get(indicator or "", rule.view)
    if view == "returns" and not visitor().may("oversee"):
        view = "upload"
    return view_address(view, selection, township or selection.township)


def _apply(selection: Selection, rule: AttentionRule, today: date) -> list[Item]:
    items = []
    for township, told in FINDERS[rule.finder](selection, rule, today):
        items.append(Item(rule.light, rule.words.format(**told), rule.link, _address(selection, rule, township, told.get("code"))))
    return items


def list_attention(selection: Selection, today: date | None = None) -> list[Item]:
    """Every item: the first few of each rule in the rules' order, then what is left of each rule in the same order."""
    found = [(rule, _apply(selection, rule, today or date.today())) for rule in find_catalog().overview.attention]
    return [item for rule, items in found for item in items[: rule.most]] + [item for rule, items in found for item in items[rule.most :]]
