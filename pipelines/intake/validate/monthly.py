"""The 乡镇月报: rows are matched to the catalogue's items by code or name, then checked against each other and the year so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from pipelines.catalog.model import Catalog
from pipelines.faults import Problem
from pipelines.intake.normalise.items import find_items
from pipelines.intake.sheet import Typed


def match_items(catalog: Catalog, typed: Typed) -> list[Problem]:
    """Gives each row its item's code, name and unit; rows of no item are taken out and reported."""
    problems, kept = [], []
    for place, row in enumerate(typed.rows):
        by_code, by_name = find_items(catalog, row.get("indicator_code"), row.get("indicator_name"))
        item = by_code or by_name
        key = "indicator_code" if row.get("indicator_code") else "indicator_name"
        shown = str(row.get(key))
        where = (typed.table.sheet.name, typed.cell(key, place), key, shown)
        if by_code and by_name and by_code is not by_name:
            problems.append(Problem("code_and_name_differ", "error", *where, f"指标代码“{shown}”是“{by_code.name}”，与同一行的指标名称“{row['indicator_name']}”对不上。", "请改正代码或名称，使两者一致。"))
        elif item is None:
            problems.append(Problem("unknown_item", "warning", *where, f"“{row.get('indicator_name') or shown}”不是月报里的指标，没有读入。", "请核对指标代码或名称。"))
        else:
            row |= {"indicator_code": item.code, "indicator_name": item.name, "unit": item.unit}
            kept.append(place)
    typed.rows[:], typed.numbers[:] = [typed.rows[i] for i in kept], [typed.numbers[i] for i in kept]
    return problems


def _warn(typed: Typed, place: int, key: str, severity: str, code: str, message: str, remedy: str) -> Problem:
    value = typed.rows[place].get(key)
    return Problem(code, severity, typed.table.sheet.name, typed.cell(key, place), key, None if value is None else f"{value:f}", message, remedy)


def _absent(catalog: Catalog, typed: Typed) -> Iterator[Problem]:
    told = {r["indicator_code"] for r in typed.rows if r.get("value") is not None or "value" in r.get("_unread", ())}
    for item in catalog.monthly_items:
        if item.expected and item.code not in told:
            start = typed.table.range.split(":")[0]
            place = next((i for i, r in enumerate(typed.rows) if r["indicator_code"] == item.code), None)
            cell = start if place is None else typed.cell("value", place)
            yield Problem("missing_item", "warning", typed.table.sheet.name, cell, "value", item.name, f"“{item.name}”没有填，按缺报处理。", "没有发生的请填 0，有的请填实际数字。")


def _amount(value: Decimal, row: dict) -> str:
    """`135708 元`, in the unit of the row's item."""
    return f"{value.normalize():f} {row['unit']}".rstrip()


def _cross(catalog: Catalog, typed: Typed) -> Iterator[Problem]:
    rows = {r["indicator_code"]: (i, r) for i, r in enumerate(typed.rows)}
    for item in catalog.monthly_items:
        if item.at_most and item.code in rows and item.at_most in rows:
            place, row = rows[item.code]
            other, limit = rows[item.at_most]
            if row.get("value") is not None and limit.get("value") is not None and row["value"] > limit["value"]:
                message = f"“{item.name}”是 {_amount(row['value'], row)}，多于“{limit['indicator_name']}”（{typed.cell('value', other)}）的 {_amount(limit['value'], limit)}。"
                yield _warn(typed, place, "value", item.at_most_severity, "more_than", message, "请核对这两个数，改正填错的一个。")


def _year(catalog: Catalog, typed: Typed, so_far: dict[str, dict[int, Decimal]], period: date) -> Iterator[Problem]:
    flows = {i.code for i in catalog.monthly_items if i.nature == "flow"}
    for place, row in enumerate(typed.rows):
        told, value = row.get("year_to_date"), row.get("value")
        if told is None or value is None or row["indicator_code"] not in flows:
            continue
        months = so_far.get(row["indicator_code"], {})
        total = sum(months.values(), Decimal(0)) + value
        if len(months) == period.month - 1 and told != total:
            named = "、".join(f"{m}月 {v.normalize():f}" for m, v in sorted(months.items())) or "没有以前月份"
            message = f"“{row['indicator_name']}”本年累计是 {_amount(told, row)}，各月相加（{named}，本月 {value.normalize():f}）应为 {_amount(total, row)}。"
            yield _warn(typed, place, "year_to_date", "warning", "year_to_date", message, "请核对本月数和本年累计。")


def check_monthly(catalog: Catalog, typed: Typed, so_far: dict[str, dict[int, Decimal]], period: date) -> list[Problem]:
    """Absent items, cross-checks, running totals."""
    return [] if typed.table.nil_row else [*_absent(catalog, typed), *_cross(catalog, typed), *_year(catalog, typed, so_far, period)]
