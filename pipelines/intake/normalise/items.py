"""How the figures of 乡镇月报 are read: a row's item says whether they are money, in the row's own unit, yes or no, or whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from pipelines.catalog.model import Catalog, Column, MonthlyItem
from pipelines.catalog.names import MONEY_UNITS, UNITS, fold, money_unit
from pipelines.intake.normalise.numbers import AtLeast, Unreadable
from pipelines.intake.normalise.values import Parser, build_parser

FORM = "monthly"
FIGURES = ("value", "year_to_date")
_KINDS = {"元": "money", "是/否": "bool"} | dict.fromkeys(UNITS.difference(MONEY_UNITS, ("%", "是/否")), "count")


@lru_cache(maxsize=8)
def _index(items: tuple[MonthlyItem, ...]) -> dict[str, MonthlyItem]:
    index: dict[str, MonthlyItem] = {}
    for item in items:
        index |= {fold(n): item for n in (item.code, item.name, *item.aliases)}
    return index


def find_items(catalog: Catalog, code: object, name: object) -> tuple[MonthlyItem | None, MonthlyItem | None]:
    """The items that a row's code and its name mean."""
    index = _index(catalog.monthly_items)
    return index.get(fold(str(code))) if code else None, index.get(fold(str(name))) if name else None


def _as_decimal(parse: Parser) -> Parser:
    """The same figure as the table keeps every item's."""

    def parse_decimal(cell: object) -> object:
        value = parse(cell)
        return AtLeast(Decimal(value.value)) if type(value) is AtLeast else Decimal(value)

    return parse_decimal


def _refuse(own: str, told: str) -> Parser:
    def parse(cell: object) -> object:
        raise Unreadable("unit_clash", f"本行的计量单位是{own}，列标题或表上方写的是{told}。", "请改成同一个单位。")

    return parse


@lru_cache(maxsize=1_000)
def _parser(item: MonthlyItem, column: Column, own: str, told: str, *rest: object) -> tuple[Parser, Column, str] | None:
    kind = _KINDS.get(item.unit)
    if kind is None:
        return None
    unit = (own or told) if kind == "money" else ""
    typed = replace(column, type=kind)
    if kind == "money" and own and told and own != told:
        return _refuse(own, told), typed, f"{own}≠{told}"  # so that nothing read under one of them is remembered for it
    return _as_decimal(build_parser(typed, unit, *rest)), typed, unit


def plan_item(catalog: Catalog, cells: list[object], columns: dict[str, int], units: dict[str, str]) -> Callable[..., tuple[Parser, Column, str] | None] | None:
    """What gives (parser, column, unit) for a figure's column of this row, None where the item leaves it as it is; None for a row of no item."""
    code, name, unit = (cells[columns[key]] if key in columns else "" for key in ("indicator_code", "indicator_name", "unit"))
    item = next(filter(None, find_items(catalog, code, name)), None)
    return (lambda column, *rest: _parser(item, column, money_unit(unit) if isinstance(unit, str) else "", units.get(column.key, ""), *rest)) if item else None
