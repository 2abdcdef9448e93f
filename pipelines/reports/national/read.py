"""The statistical year (1 October to 30 September) under the item names of the national return, as far as the monthly forms give it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pipelines.catalog.lights import NO_DATA
from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.summary.facts.model import Fact, Place, Span
from pipelines.reports.summary.facts.read import find_place, find_span, read_facts
from pipelines.reports.summary.wording.compose import name_dates
from pipelines.reports.summary.wording.data import find_wording_file
from pipelines.reports.summary.wording.numbers import say_exact
from pipelines.warehouse.reader import Reader

SQL = Path(__file__).with_name("more.sql")
NOT_ASKED = "月报不能提供"
KINDS = ("indicator", "numerator", "monthly", "standard", "unions", "register")


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the return; `value` is what to copy, empty where there is nothing, and `remark` says why or with what reserve."""

    section: str
    name: str
    unit: str
    value: str
    remark: str


@dataclass(frozen=True, slots=True)
class NationalReturn:
    """The whole table for a place and year."""

    title: str
    place: Place
    span: Span
    lines: tuple[Line, ...]


def load_items(home: Home) -> tuple[str, list[dict[str, str]]]:
    """Title and items of `national_return.toml`; UserError where the file is faulty."""
    path = find_wording_file(home, "national_return.toml")
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        items = [dict(i) for i in table["item"]]
        faulty = [i.get("name", "?") for i in items if not {"section", "name", "unit"} <= set(i) or i.get("from", "indicator:").partition(":")[0] not in KINDS]
    except (tomllib.TOMLDecodeError, UnicodeError, KeyError, TypeError) as error:
        raise UserError(f"年报项目文件 {path.name} 有误：{error}。", "请改正，或删除它以使用自带的项目。") from None
    if faulty:
        raise UserError(f"年报项目文件 {path.name} 里这几项写得不对：{'、'.join(faulty)}。", "每项要有 section、name、unit，from 要以 indicator、numerator、monthly、standard、unions 或 register 开头。")
    return table.get("title", ""), items


def _value(source: str, facts: dict[str, Fact], more: dict[str, float]) -> tuple[float | None, bool]:
    kind, _, code = source.partition(":")
    if kind not in ("indicator", "numerator"):
        return more.get(source), False
    fact = facts.get(code)
    if fact is None or not fact.is_known:
        return None, False
    return (fact.value if kind == "indicator" else fact.numerator), fact.at_least


def _line(item: dict[str, str], facts: dict[str, Fact], more: dict[str, float]) -> Line:
    note = item.get("note", "")
    if "from" not in item:
        return Line(item["section"], item["name"], item["unit"], "", f"{NOT_ASKED}：{note}" if note else NOT_ASKED)
    value, at_least = _value(item["from"], facts, more)
    remark = "；".join(part for part in (NO_DATA if value is None else "", "上报的是下限" if at_least else "", note) if part)
    return Line(item["section"], item["name"], item["unit"], "" if value is None else say_exact(value, ""), remark)


def read_national(reader: Reader, home: Home, catalog: Catalog, code: str | None, year: str) -> NationalReturn:
    """The return of the year that ends on 30 September of `year`; UserError where nothing was reported."""
    place = find_place(catalog, reader, code)
    span = find_span(reader, catalog, place, year, "statistical_year")
    facts = read_facts(reader, catalog, place, span)
    rows = reader.rows(SQL.read_text("utf-8"), {"period": span.period, "place": place.code, "county": catalog.county.code})
    title, items = load_items(home)
    lines = tuple(_line(item, facts.facts, dict(rows)) for item in items)
    return NationalReturn(f"{place.name}{name_dates(span)}{title}", place, span, lines)


def to_text(found: NationalReturn) -> str:
    """The table parted by tabs, ready to be pasted into a spreadsheet."""
    return "\n".join("\t".join((line.section, line.name.strip(), line.unit, line.value, line.remark)) for line in found.lines)
