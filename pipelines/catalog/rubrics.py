"""Checks the rubrics: that indicators are there, points add up, steps do not overlap, and one rubric is in force in a year."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from string import Formatter
from typing import Any

from pipelines.catalog.scoring import FACTS

Table = dict[str, Any]
Finding = tuple[str, str]  # key, message
NEEDED = {"steps": ("steps",), "floor": ("every", "points"), "flat": ("at",), "deduct": ("deduct",), "manual": ()}
MEASURED = ("steps", "floor", "flat")


def _number(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else Decimal(0)


def check_rubrics(tables: dict[str, Table]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of everything that makes a rubric unusable."""
    indicators = {i.get("code"): i for i in tables["indicators.toml"].get("indicator", [])}
    owners: dict[tuple, str] = {}
    for file, table in tables.items():
        for rubric in table.get("rubric", []):
            where = f"{rubric.get('key')}.{rubric.get('first_year')}"
            for key, message in (*_check_version(rubric, owners), *_check_rubric(rubric, indicators)):
                yield file, f"{where}.{key}".rstrip("."), message


def _check_version(rubric: Table, owners: dict[tuple, str]) -> Iterator[Finding]:
    key, year = rubric.get("key", ""), rubric.get("first_year")
    if rubric.get("last_year", 9999) < (year or 0):
        yield "last_year", f"到 {rubric['last_year']} 年止，早于 {year} 年起；请改正其中一个"
    if (key, year) in owners:
        yield "first_year", "同一办法、同一年份写了两次"
    owners[key, year] = key
    if rubric.get("active", True) and owners.setdefault(("active", year), key) != key:
        yield "active", f"{year} 年起用的办法已有“{owners['active', year]}”，同一年只能起用一个"


def _check_rubric(rubric: Table, indicators: dict) -> Iterator[Finding]:
    groups = rubric.get("group", [])
    if not groups:
        yield "group", "至少要有一组"
    total = sum(_number(g.get("full")) for g in groups)
    if groups and total != _number(rubric.get("full")):
        yield "full", f"各组满分合计 {total}，与总分 {rubric.get('full')} 不符，请改其中一处"
    keys: set[str] = set()
    for group in groups:
        for key, message in (*_check_group(group, indicators), *_check_names(group, keys)):
            yield f"{group.get('key')}.{key}".rstrip("."), message
    for veto in rubric.get("veto", []):
        yield from _check_source(f"veto.{veto.get('key')}", veto, indicators)
        if veto.get("key") in keys:
            yield f"veto.{veto.get('key')}", "与某一项重名"
        if not 0 <= _number(veto.get("cap", 0)) < _number(rubric.get("full")):
            yield f"veto.{veto.get('key')}.cap", "封顶分要在 0 和总分之间"


def _check_names(group: Table, keys: set[str]) -> Iterator[Finding]:
    for item in group.get("item", []):
        if item.get("key") in keys:
            yield str(item.get("key")), "项目重复，请换一个代码"
        keys.add(item.get("key", ""))


def _check_group(group: Table, indicators: dict) -> Iterator[Finding]:
    items = group.get("item", [])
    total, full = sum(_number(i.get("full")) for i in items), _number(group.get("full"))
    if not items:
        yield "item", "至少要有一项"
    elif group.get("capped") and total <= full:
        yield "capped", f"各项满分合计 {total}，没有超过本组满分 {full}，不用封顶"
    elif not group.get("capped") and total != full:
        yield "full", f"各项满分合计 {total}，与本组满分 {full} 不符；要让各项超过本组，请写 capped = true"
    for item in items:
        for key, message in _check_item(item, indicators):
            yield f"{item.get('key')}.{key}", message
    yield from _check_deducts(group.get("deduct", []), indicators)


def _check_item(item: Table, indicators: dict) -> Iterator[Finding]:
    kind = item.get("kind", "")
    for key in NEEDED.get(kind, ()):
        if key not in item or not item[key] and key != "at":
            yield key, "缺少这一项"
    if kind in MEASURED and bool(item.get("indicator")) == bool(item.get("fact")):
        yield "indicator", "indicator 和 fact 要写一个，也只能写一个"
    if _number(item.get("full")) <= 0:
        yield "full", "满分要大于 0"
    yield from _check_source("indicator", item, indicators)
    if item.get("of", "value") != "value" and indicators.get(item.get("indicator"), {}).get("nature") != "stock":
        yield "of", "净增、增长率只能用月末存量指标"
    if kind == "steps":
        yield from _check_steps(item)
    if kind == "floor" and (_number(item.get("every")) <= 0 or _number(item.get("points")) <= 0):
        yield "every", "每多少、得几分都要大于 0"
    yield from _check_lift(item.get("lift", ""))
    yield from _check_deducts(item.get("deduct", []), indicators)


def _check_steps(item: Table) -> Iterator[Finding]:
    steps = item.get("steps", [])
    if not isinstance(steps, list) or not all(isinstance(s, list) and len(s) == 2 and all(isinstance(n, (int, float)) for n in s) for s in steps):
        yield "steps", "台阶要写成 [[0.9, 8], [0.85, 6]] 这样：从多少起、得几分"
        return
    ordered = sorted(steps, key=lambda s: s[0], reverse=item.get("compare", ">=") == ">=")
    for better, worse in zip(ordered, ordered[1:], strict=False):
        if better[0] == worse[0] or better[1] <= worse[1]:
            yield "steps", f"台阶重叠：{better[0]} 得 {better[1]}，{worse[0]} 得 {worse[1]}；越好的台阶分要越高"
    if steps and _number(ordered[0][1]) != _number(item.get("full")):
        yield "steps", f"最高一级得 {ordered[0][1]}，与满分 {item.get('full')} 不符"


def _check_source(key: str, block: Table, indicators: dict) -> Iterator[Finding]:
    if block.get("indicator") and block["indicator"] not in indicators:
        yield key, f"没有指标“{block['indicator']}”，请写 indicators.toml 里的代码"
    if block.get("fact") and block["fact"] not in FACTS:
        yield key, f"没有“{block['fact']}”这个数，只能是 {'、'.join(FACTS)}"


def _check_lift(text: object) -> Iterator[Finding]:
    try:
        blanks = [name for _, name, _, _ in Formatter().parse(str(text)) if name is not None]
    except ValueError:
        blanks = ["?"]
    if text and blanks != ["n"]:
        yield "lift", "要有一个 {n}，例如“再建会 {n} 家”"


def _check_deducts(deducts: list[Table], indicators: dict) -> Iterator[Finding]:
    for number, deduct in enumerate(deducts, 1):
        key = f"deduct.{number}"
        yield from _check_source(key, deduct, indicators)
        if bool(deduct.get("indicator")) == bool(deduct.get("fact")):
            yield key, "indicator 和 fact 要写一个，也只能写一个"
        if _number(deduct.get("every")) <= 0 or _number(deduct.get("points")) <= 0:
            yield key, "每多少、扣几分都要大于 0"
        if deduct.get("of", "gap") == "gap" and deduct.get("indicator") in indicators and "denominator" not in indicators[deduct["indicator"]]:
            yield key, "没有分母的指标没有差额，请写 of = \"value\" 或 \"below\""
        for lift_key, message in _check_lift(deduct.get("lift", "")):
            yield f"{key}.{lift_key}", message
