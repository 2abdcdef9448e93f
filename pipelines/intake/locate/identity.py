"""Whose month a workbook is: cover, then caller, then file name, then title; any two that differ are an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipelines.catalog.model import Catalog, Township
from pipelines.catalog.names import find_township, fold
from pipelines.catalog.period import name_period, parse_period
from pipelines.faults import Problem
from pipelines.intake.locate.tables import is_cover
from pipelines.intake.sheet import Located, Sheet, address

_FILE_PERIOD = re.compile(r"(?<!\d)(20\d\d)(?:年(\d{1,2})月(?!\d{1,2}日)|-(\d{1,2})(?![-\d])|(\d{2})(?!\d))")
_TITLE_PERIOD = re.compile(r"(20\d\d)(?:年|[-.])(\d{1,2})(?:月(?!\d{1,2}日)|(?![-.\d年月]))")
TITLE_ROWS = 12
_LABELS = {
    "填报单位": "name", "报送单位": "name", "乡镇": "name", "统计用区划代码": "code", "区划代码": "code", "报送月份": "period", "所属月份": "period",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says: the township's code or the month."""

    source: str
    value: object
    text: str
    sheet: str | None = None
    cell: str | None = None


@dataclass(slots=True)
class Claims:
    """What the sources outside the tables say, the strongest first, and what they have wrong."""

    townships: list[Claim]
    periods: list[Claim]
    problems: list[Problem]


@dataclass(slots=True)
class Identity:
    """The township and month of a workbook; None where nobody says it."""

    township_code: str | None
    period: date | None
    problems: list[Problem]


def _right_of(row: list[object], index: int) -> tuple[int, object] | None:
    return next(((i, row[i]) for i in range(index + 1, len(row)) if row[i] != ""), None)


def cover_values(sheet: Sheet) -> dict[str, tuple[str, object]]:
    found: dict[str, tuple[str, object]] = {}
    for number, row in sheet.rows:
        for index, cell in enumerate(row):
            label = _LABELS.get(fold(cell).rstrip(":*")) if isinstance(cell, str) else None
            value = _right_of(row, index) if label else None
            if label and label not in found:
                place = value[0] if value else index + 1
                found[label] = (address(place, number), value[1] if value else "")
    return found


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _read_cover(catalog: Catalog, sheet: Sheet) -> tuple[list[Claim], list[Claim], list[Problem]]:
    townships, periods, problems = [], [], []
    for label, (cell, value) in cover_values(sheet).items():
        text = _text(value)
        if not text:
            continue
        if label == "period":
            period = parse_period(value)
            if period:
                periods.append(Claim("封面", period, name_period(period), sheet.name, cell))
            else:
                problems.append(Problem("bad_period", "error", sheet.name, cell, "period", text, f"报送月份“{text}”读不懂。", "请按 2026-03 或 2026年3月 的写法填写。"))
        elif township := find_township(catalog, text):
            townships.append(Claim("封面", township.code, f"{township.name}（{township.code}）", sheet.name, cell))
        else:
            field = "township_code" if label == "code" else "township"
            problems.append(Problem("unknown_township", "error", sheet.name, cell, field, text, f"“{text}”不是{catalog.county.name}的乡镇。", "请填写乡镇全称和 9 位统计用区划代码。"))
    return townships, periods, problems


@lru_cache(maxsize=8)
def _spellings(townships: tuple[Township, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((fold(n), t.code) for t in townships for n in (t.name, t.code, *t.aliases) if len(n) > 1)


@lru_cache(maxsize=4_000)
def _codes_in(townships: tuple[Township, ...], text: str) -> frozenset[str]:
    return frozenset(code for name, code in _spellings(townships) if name in text)


def _named_in(catalog: Catalog, text: str) -> str | None:
    codes = _codes_in(catalog.county.townships, fold(text))
    return next(iter(codes)) if len(codes) == 1 else None


def _bare_name_in(catalog: Catalog, text: str) -> str | None:
    """The township whose name without 镇 or 乡 stands in a file's name; in a title such a word is too often a village or a firm."""
    folded = fold(text)
    codes = {t.code for t in catalog.county.townships if len(t.name) > 2 and fold(t.name[:-1]) in folded}
    return codes.pop() if len(codes) == 1 else None


def _from_name(catalog: Catalog, name: str) -> tuple[list[Claim], list[Claim]]:
    stem = name.rsplit(".", 1)[0]
    code, found = _named_in(catalog, stem) or _bare_name_in(catalog, stem), _FILE_PERIOD.search(stem)
    period = parse_period(f"{found[1]}-{next(filter(None, found.groups()[1:]))}") if found else None
    return [Claim("文件名", code, stem)] if code else [], [Claim("文件名", period, stem)] if period else []


def _above(table: Located) -> Iterator[tuple[str, str]]:
    """(text, address) of what stands above a table, never more than the titles of a page."""
    for number, row in table.sheet.rows[:TITLE_ROWS]:
        if number >= table.header_row:
            break
        for index, cell in enumerate(row):
            if cell and isinstance(cell, str) and len(cell) <= 60:
                yield cell, address(index, number)


def _from_titles(catalog: Catalog, tables: list[Located]) -> tuple[list[Claim], list[Claim]]:
    townships, periods, seen = [], [], set()
    for table in tables:
        if table.sheet.name in seen:
            continue
        seen.add(table.sheet.name)
        for text, cell in _above(table):
            if (code := _named_in(catalog, text)) is not None:
                townships.append(Claim("表标题", code, text, table.sheet.name, cell))
            if period := title_period(text):
                periods.append(Claim("表标题", period, text, table.sheet.name, cell))
        if period := title_period(table.sheet.name):
            periods.append(Claim("工作表名", period, table.sheet.name, table.sheet.name))
    return townships, periods


def title_period(text: str) -> date | None:
    """The month that a title or a sheet's name says with its year; a date with a day is no month."""
    found = _TITLE_PERIOD.search(fold(text))
    return parse_period(f"{found[1]}-{found[2]}") if found else None


def _settle(claims: list[Claim], what: str, field: str, show) -> tuple[object | None, list[Problem]]:
    if not claims:
        return None, []
    first, problems = claims[0], []
    seen = {first.value}
    for other in claims[1:]:
        if other.value not in seen:
            seen.add(other.value)
            sheet, cell = (first.sheet, first.cell) if first.cell else (other.sheet, other.cell)
            problems.append(Problem("contradiction", "error", sheet, cell, field, show(first.value),
                f"{what}前后不一致：{first.source}是“{show(first.value)}”，{other.source}是“{show(other.value)}”。", f"请核对后改成一致的{what}，再上传。"))  # fmt: skip
    return first.value, problems


def read_strong(catalog: Catalog, sheets: list[Sheet], name: str, asked_township: str | None, asked_period: date | None) -> Claims:
    """What cover, caller and file name say, in this order."""
    claims = Claims([], [], [])
    for sheet in filter(is_cover, sheets):
        more = _read_cover(catalog, sheet)
        claims.townships += more[0]
        claims.periods += more[1]
        claims.problems += more[2]
    if asked_township:
        claims.townships.append(Claim("上传时选择的", asked_township, asked_township))
    if asked_period:
        claims.periods.append(Claim("上传时选择的", asked_period.replace(day=1), ""))
    townships, periods = _from_name(catalog, name)
    claims.townships += townships
    claims.periods += periods
    return claims


def likely_township(catalog: Catalog, sheets: list[Sheet], claims: Claims) -> str:
    """The township whose confirmed headers are to be tried, before any table is known; empty when nothing names one."""
    if claims.townships:
        return str(claims.townships[0].value)
    texts = (c for sheet in sheets for _, row in sheet.rows[:4] for c in row if isinstance(c, str) and 1 < len(c) <= 60)
    return next(filter(None, (_named_in(catalog, text) for text in texts)), "")


def find_identity(catalog: Catalog, claims: Claims, tables: list[Located]) -> Identity:
    """The township and month, with an error for every disagreement and for each of the two that nobody says."""
    townships, periods = _from_titles(catalog, tables)
    problems = list(claims.problems)
    code, clashes = _settle([*claims.townships, *townships], "乡镇", "township", lambda c: getattr(catalog.township(c), "name", c))
    period, more_clashes = _settle([*claims.periods, *periods], "报送月份", "period", name_period)
    problems += clashes + more_clashes
    if code is None and not any(p.code == "unknown_township" for p in problems):
        problems.append(Problem("no_township", "error", None, None, "township", None, "不知道这是哪个乡镇的月报。", "请在封面填写填报单位，或在上传时选择乡镇。"))
    elif code is not None and catalog.township(code) is None:
        problems.append(Problem("unknown_township", "error", None, None, "township", code, f"“{code}”不是{catalog.county.name}的乡镇代码。", "请核对 9 位统计用区划代码。"))
    if period is None and not any(p.code == "bad_period" for p in problems):
        problems.append(Problem("no_period", "error", None, None, "period", None, "不知道这是哪个月的月报。", "请在封面填写报送月份，或在上传时选择月份。"))
    return Identity(code, period, problems)
