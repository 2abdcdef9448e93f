"""Reads the facts of a summary from a release; every number of a summary comes through here."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

from pipelines.catalog.levels import words_of
from pipelines.catalog.model import Catalog
from pipelines.catalog.period import parse_period, shift_period
from pipelines.catalog.reading import LENGTHS, READINGS, first_month
from pipelines.faults import UserError
from pipelines.reports.summary.facts.model import Fact, Facts, Issue, Part, Place, Span
from pipelines.warehouse.marts import figure_table
from pipelines.warehouse.reader import Reader

SQL = Path(__file__).parent
YEAR = 12  # months back to the span that a figure is compared with


def _rows(reader: Reader, name: str, span: Span, place: Place, county: str, **more: object) -> list[dict[str, object]]:
    sql = (SQL / f"{name}.sql").read_text("utf-8").replace("figure_table", figure_table(span.reading))
    given = {"place": place.code, "county": county, "period": span.period, "reading": span.reading} | more
    batches = reader.arrow(sql, {k: v for k, v in given.items() if f"${k}" in sql})
    return [row for batch in batches for row in batch.to_pylist()]


def _number(value: object) -> float | None:
    return None if value is None or math.isnan(float(value)) else float(value)


def find_place(catalog: Catalog, reader: Reader, code: str | None) -> Place:
    """The township, or the county without a code; UserError for what there is not or the reader may not see."""
    code = code or reader.township_code or catalog.county.code
    if reader.township_code not in (None, code):
        raise UserError("您只能生成和核对自己乡镇的总结。", "全县的总结请联系县总工会。")
    if code == catalog.county.code:
        return Place(code, catalog.county.name, True, words_of(catalog).whole)
    township = catalog.township(code)
    if township is None:
        raise UserError(f"没有乡镇“{code}”。", "请填乡镇的代码或名称。")
    return Place(code, township.name, False)


def find_span(reader: Reader, catalog: Catalog, place: Place, text: str, reading: str | None = None) -> Span:
    """The span that `2026` (a year) or `2026-03` (a month) names, up to its last reported month; UserError where nothing was reported."""
    is_year = len(text.strip()) == 4 and text.strip().isdigit()
    reading = reading or ("year" if is_year else "month")
    if reading not in READINGS:
        raise UserError(f"没有口径“{reading}”。", f"可以填：{'、'.join(f'{k}（{v}）' for k, v in READINGS.items())}。")
    named = parse_period(f"{text.strip()}-{9 if reading == 'statistical_year' else 12}" if is_year else text)
    if named is None:
        raise UserError(f"时间“{text}”看不懂。", "请写成 2026 或 2026-03 这样。")
    last = shift_period(first_month(reading, named), LENGTHS[reading] - 1) if is_year else named
    first = first_month(reading, named)
    if not reader.release:
        raise UserError("还没有任何数据。", "请先导入月报。")
    found = _rows(reader, "last_month", Span(reading, named), place, catalog.county.code, first=first, last=last)[0]["period"]
    if found is None:
        raise UserError(f"{place.name}在这段时间没有报送，没有数可用。", "请换一个时间，或先导入月报。")
    return Span(reading, found)


def _figures(reader: Reader, catalog: Catalog, place: Place, span: Span) -> dict[str, Fact]:
    county = catalog.county.code
    before = {r["indicator"]: r for r in _rows(reader, "compared", span, place, county, before=shift_period(span.period, -YEAR))}
    parts: dict[str, list[Part]] = {}
    for row in _rows(reader, "parts", span, place, county) if place.is_county else []:
        parts.setdefault(row["indicator"], []).append(_part(row))
    forms = {i.code: i.numerator.form for i in catalog.indicators}
    return {r["indicator"]: _fact(r, before.get(r["indicator"]), parts.get(r["indicator"], []), forms) for r in _rows(reader, "figures", span, place, county)}


def _part(row: dict[str, object]) -> Part:
    return Part(row["township"], float(row["value"]), row["at_least"], _number(row["numerator"]), _number(row["denominator"]))


def _fact(row: dict, before: dict | None, parts: list, forms: dict[str, str]) -> Fact:
    compared = before if before and not before["at_least"] else None
    return Fact(
        row["indicator"], row["name"], row["unit"], _number(row["value"]), row["at_least"], _number(row["numerator"]), _number(row["denominator"]),
        row["area"], row["direction"], row["definition"] or row["name"], _number(row["target"]), _number(row["pace"]), row["light"],
        forms.get(row["indicator"], ""), tuple(parts), _number(compared["now_value"]) if compared else None,
        _number(compared["before_value"]) if compared else None, int(compared["townships"]) if compared else 0,
    )  # fmt: skip


def _count(code: str, name: str, unit: str, value: object, definition: str, form: str = "", whole: object = None) -> Fact:
    return Fact(code, name, unit, _number(value), numerator=_number(value), denominator=_number(whole), definition=definition, form=form)


def _more(reader: Reader, place: Place, span: Span, county: str) -> list[Fact]:
    """Counts that are no indicators: items of 八有 and 六会 that every union meets, and the returns that all rests on."""
    (told,) = _rows(reader, "reported", span, place, county)
    found = [
        _count("townships", "乡镇数", "个", told["townships"], "本县乡镇数", "returns"),
        _count("reported_townships", "报送乡镇数", "个", told["reported_townships"], "时段内至少报送过一个月的乡镇", "returns", told["townships"]),
        _count("returns_in", "报送月报", "份", told["returns_in"], "时段内已报送的乡镇月数", "returns", told["returns_due"]),
    ]
    for row in _rows(reader, "standards", span, place, county):
        name = row["standard_name"]
        found.append(_count(f"{row['standard']}_met", f"“{name}”全部做到的项数", "项", row["met"], f"全部基层工会都做到的“{name}”项数", "standards", row["items"]))
    return found


def _issue(row: dict[str, object]) -> Issue:
    due = row["due"] if isinstance(row["due"], date) else None
    return Issue(row["township"], row["problem"] or "", row["domain"] or "", row["cause"] or "", row["measure"] or "", row["owner"] or "", due, row["status"] == "已完成")


def read_facts(reader: Reader, catalog: Catalog, place: Place, span: Span) -> Facts:
    """Every figure of the place in the span, its issue log, and the uploads that they come from."""
    county = catalog.county.code
    facts = _figures(reader, catalog, place, span) | {f.code: f for f in _more(reader, place, span, county)}
    issues = tuple(_issue(r) for r in _rows(reader, "issues", span, place, county))
    sources: dict[str, list[str]] = {}
    for row in _rows(reader, "sources", span, place, county):
        sources.setdefault(row["form"], []).append(row["submission_id"])
    return Facts(place, catalog.county.name, span, facts, issues, {k: tuple(v) for k, v in sources.items()}, reader.release or "")
