"""What needs a leader's attention, found by the rules of `overview.toml` and told in their words, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas

from dashboard.access import visitor
from dashboard.cached import figures, find_catalog, query
from dashboard.figures import COMPARED, of_month
from dashboard.hazards import open_hazards
from dashboard.links import view_address
from dashboard.selection import Selection
from pipelines.catalog.overview import AttentionRule
from pipelines.catalog.period import due_date, shift_period
from pipelines.reports.numbers import count, percent

NAMED = 3  # places named in one sentence
Found = tuple[str | None, dict[str, str]]  # the township that the link opens, and what the words name


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence with its light, the words of its link and the link's address."""

    light: str
    words: str
    link: str
    address: str


def _names(names: list[str]) -> str:
    return "、".join(names[:NAMED]) + (f"等 {len(names)} 个乡镇" if len(names) > NAMED else "")


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _only(places: pandas.Series, selection: Selection) -> str | None:
    """The township that a link opens: the one that it is about, else the chosen one."""
    return places.iloc[0] if len(places) == 1 else selection.township


def _in_bounds(values: pandas.Series, rule: AttentionRule) -> pandas.Series:
    return (values >= rule.least) & ((values < rule.below) if rule.below else True)


def _accident(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    rows = query("accidents", last=selection.period, place=selection.township_code or "").fillna({"deaths": 0, "severe_injuries": 0, "minor_injuries": 0})
    rows = rows[(rows.date >= pandas.Timestamp(selection.first)) & _in_bounds(rows.deaths, rule)]
    for row in rows.sort_values(["deaths", "severe_injuries", "date"], ascending=False).itertuples():
        injured = count(row.severe_injuries + row.minor_injuries)
        yield row.township, {"township": row.township, "union": row.union_name, "day": _day(row.date), "deaths": count(row.deaths), "injured": injured}


def _hazard(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    rows = open_hazards(selection)
    rows = rows[_in_bounds(rows.days, rule)].groupby("township").agg(hazards=("remaining", "sum"), days=("days", "max")).reset_index()
    rows = rows.sort_values(["hazards", "days"], ascending=False)
    if len(rows):
        places = _names([f"{r.township} {count(r.hazards)} 处" for r in rows.itertuples()])
        yield _only(rows.township, selection), {"places": places, "hazards": count(rows.hazards.sum()), "days": str(rows.days.max())}


def _figures(selection: Selection, rule: AttentionRule) -> pandas.DataFrame:
    """The rule's indicators by township, as far as there is a figure over a denominator that is large enough."""
    rows = of_month(selection, *rule.indicators)
    rows = rows[rows.value.notna() & (rows.denominator.isna() | (rows.denominator >= rule.small))]
    return rows[rows.township_code == selection.township_code] if selection.township_code else rows


def _total(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    rows = _figures(selection, rule)
    for row in rows[_in_bounds(rows.value, rule)].sort_values("value", ascending=False).itertuples():
        yield row.place, {"township": row.place, "indicator": row.name, "value": count(row.value), "unit": row.unit}


def _target(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    rows = _figures(selection, rule)
    found = []
    for name, group in rows[rows.light == "red"].groupby("name"):
        group = group.assign(lag=(group.target - group.value) / group.target).sort_values("lag", ascending=False)
        if rule.least <= len(group):
            found.append((len(group), float(group.lag.max()), name, group))
    for _, _, name, group in sorted(found, key=lambda f: f[:2], reverse=True):
        places = _names([f"{r.place} {percent(r.value)}%" for r in group.itertuples()])
        target = f"目标 {float(group.target.iloc[0]) * 100:g}%" if group.target.nunique() == 1 else "目标各不相同"
        yield _only(group.place, selection), {"indicator": name, "places": places, "target": target, "gap": count(group.gap.sum()), "code": group.indicator.iloc[0]}


def _late_days(selection: Selection, today: date) -> int:
    return (today - due_date(find_catalog(), selection.period)).days


def _returns(selection: Selection) -> pandas.DataFrame:
    rows = query("returns_of_month", period=selection.period)
    return rows[rows.township_code == selection.township_code] if selection.township_code else rows


def _missing(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    names = _returns(selection).query("status == 'missing'").township.tolist()
    days = _late_days(selection, today)
    if names and days >= rule.least:
        yield None, {"townships": _names(names), "month": str(selection.period.month), "due": _day(due_date(find_catalog(), selection.period)), "days": str(days)}


def _returned(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    if names := _returns(selection).query("state == 'returned'").township.tolist():
        yield None, {"townships": _names(names), "month": str(selection.period.month)}


def _unreviewed(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    names = _returns(selection).query("state in ('submitted', 'resubmitted')").township.tolist()
    if names and _late_days(selection, today) >= rule.least:
        yield None, {"count": str(len(names)), "month": str(selection.period.month), "townships": _names(names)}


def _fall(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    since, months = COMPARED[selection.reading][0]
    before = figures(selection.reading, selection.period.year, *rule.indicators, period=shift_period(selection.period, -months))
    before = before[before.denominator >= rule.small]
    rows = _figures(selection, rule).merge(before[["township_code", "indicator", "value"]], on=["township_code", "indicator"], suffixes=("", "_before"))
    rows["fall"] = (rows.value_before - rows.value).astype(float)
    for row in rows[_in_bounds(rows.fall, rule)].sort_values("fall", ascending=False).itertuples():
        told = {"before": f"{percent(row.value_before)}%", "now": f"{percent(row.value)}%", "fall": f"{row.fall * 100:.1f}", "since": since, "code": row.indicator}
        yield row.place, {"township": row.place, "indicator": row.name, **told}


def _unorganised(selection: Selection, rule: AttentionRule, today: date) -> Iterator[Found]:
    rows = query("unorganised", period=selection.period, place=selection.township_code or "")
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
