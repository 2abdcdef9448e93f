"""Finds every fault of a catalogue before it is used: file, key, and a Chinese sentence that says what is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.catalog.aims import check_changes
from pipelines.catalog.bulletin import check_bulletin
from pipelines.catalog.contradictions import check_contradictions
from pipelines.catalog.keys import MISTYPED, check_block, check_calendar, check_shapes, check_words, list_blocks
from pipelines.catalog.layouts import check_layouts
from pipelines.catalog.local import FOLDER, check_names, split_tables, with_places, without_strangers
from pipelines.catalog.names import fold
from pipelines.catalog.overview import check_overview
from pipelines.catalog.peers import check_peers
from pipelines.catalog.places import FILE as PLACES
from pipelines.catalog.places import Tree, build_tree, check_lines, read_lines
from pipelines.catalog.privacy import check_privacy
from pipelines.catalog.returns import check_returns
from pipelines.catalog.rubrics import check_rubrics
from pipelines.catalog.rules import check_rules

REQUIRED_FILES = ("county.toml", "words.toml", "calendar.toml", "indicators.toml", "targets.toml", "standards.toml", "matrix.toml", "rules.toml")
FILE_CHECKS = (check_returns, check_changes, check_peers, check_overview, check_bulletin, check_rubrics)  # of the files that have a module of their own
FIELD_CHECKS = (check_layouts, check_rules, check_privacy, check_contradictions)  # of those that name columns of forms
RETURN_FIELDS = {"expected": "count", "reported": "count", "on_time": "count"}
Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CatalogFault:
    """One fault: the file, the key inside it, and what is wrong."""

    file: str
    key: str
    message: str


@lru_cache(maxsize=2048)
def parse_file(name: str, text: str) -> dict[str, Any]:
    """A file of the catalogue as a table, which nobody may change: reading it takes longer than all that is done with it, and most files stay as they are."""
    return read_lines(text) if name == PLACES else tomllib.loads(text)


def check_catalog(texts: dict[str, str]) -> list[CatalogFault]:
    """Every fault of the catalogue whose files are given as relative name -> text; empty when it can be used."""
    tables, faults = _parse(texts)
    faults += [CatalogFault(name, name, "缺少这个文件") for name in REQUIRED_FILES if name not in texts]
    if faults:
        return faults
    faults = [CatalogFault(name, key, message) for name, table in tables.items() if name != PLACES for key, message in check_shapes(table)]
    faults += [CatalogFault(*finding) for finding in (check_lines(tables[PLACES]) if PLACES in tables else ())]
    if faults:
        return faults
    tables, local = split_tables(tables)
    faults = list(_check_keys(tables))
    if any(MISTYPED in f.message for f in faults):
        return faults
    tree, fields = build_tree(tables) if PLACES in tables else Tree(), _fields(tables)
    county = _check_county(tables)
    tables = with_places(without_strangers(tables, tree), tree)
    checks = (_check_forms(tables), _check_sheet_names(tables), county, _check_indicators(tables, fields), _check_targets(tables))
    found = [fault for check in checks for fault in check]
    found += [CatalogFault(*finding) for check in FILE_CHECKS for finding in check(tables)]
    found += [CatalogFault(*finding) for check in FIELD_CHECKS for finding in check(tables, fields)]
    return faults + found + list(_check_standards(tables, fields)) + list(_check_places(tables, fields)) + _check_local(tables, tree, local)


def _check_local(tables: Tables, tree: Tree, local: dict[str, Tables]) -> list[CatalogFault]:
    """What is wrong with the files that places have of their own, each checked as the common one with the places in it."""
    found = [CatalogFault(*finding) for finding in check_names(tree, local)]
    if found:
        return found
    for code, files in local.items():
        faults = list(_check_own(with_places(tables, tree, code)["county.toml"], tables["indicators.toml"], files))
        found += [CatalogFault(f"{FOLDER}{code}/{f.file}", f.key, f.message) for f in faults]
    return found


def _check_own(county: dict[str, Any], indicators: dict[str, Any], files: Tables) -> Iterator[CatalogFault]:
    mine = {name: {} for name in REQUIRED_FILES} | files
    faults = [CatalogFault(file, where, message) for file, key, block, table in list_blocks(mine) for where, message in check_block(block, table, key)]
    yield from faults
    if not faults:
        named = mine | {"county.toml": county, "indicators.toml": indicators}
        yield from _check_targets(named)
        yield from (CatalogFault(*finding) for check in (check_changes, check_peers) for finding in check(named))


def _parse(texts: dict[str, str]) -> tuple[Tables, list[CatalogFault]]:
    tables: Tables = {}
    faults = []
    for name, text in texts.items():
        try:
            tables[name] = parse_file(name, text)
        except tomllib.TOMLDecodeError as error:
            faults.append(CatalogFault(name, "TOML", f"文件格式有误：{error}"))
    return tables, faults


def _check_keys(tables: Tables) -> Iterator[CatalogFault]:
    for file, key, block, table in list_blocks(tables):
        for where, message in check_block(block, table, key):
            yield CatalogFault(file, where, message)
    for file, check in (("calendar.toml", check_calendar), ("words.toml", check_words)):
        for where, message in check(tables[file]):
            yield CatalogFault(file, where, message)


def _forms(tables: Tables) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((n, t) for n, t in tables.items() if n.startswith("forms/"))


def _fields(tables: Tables) -> dict[str, dict[str, dict[str, Any]]]:
    fields = {t.get("key", n): {c.get("key", ""): c for c in t.get("column", [])} for n, t in _forms(tables)}
    return fields | {"returns": {key: {"key": key, "type": kind} for key, kind in RETURN_FIELDS.items()}}


def _check_forms(tables: Tables) -> Iterator[CatalogFault]:
    for name, form in _forms(tables):
        for key in ("order", "column"):
            if key not in form:
                yield CatalogFault(name, f"form.{key}", "缺少这一项")
        yield from _check_columns(name, form.get("column", []))
        yield from _check_proofs(name, form.get("column", []), _codes(tables))
        codes = {i.get("code") for i in form.get("item", [])}
        for item in form.get("item", []):
            if item.get("at_most") and item["at_most"] not in codes:
                yield CatalogFault(name, f"item.{item.get('code')}", f"at_most 指向不存在的“{item['at_most']}”")


def _check_sheet_names(tables: Tables) -> Iterator[CatalogFault]:
    claimed: dict[str, str] = {}
    for name, form in _forms(tables):
        for alias in (form.get("key", name), form.get("title", name), *form.get("aliases", [])):
            owner = claimed.setdefault(fold(alias), name)
            if owner != name:
                yield CatalogFault(name, "form.aliases", f"表名“{alias}”已被 {owner} 占用")


def _check_columns(name: str, columns: list[dict[str, Any]]) -> Iterator[CatalogFault]:
    claimed: dict[str, str] = {}
    for column in columns:
        key = column.get("key", "?")
        if column.get("type") == "choice" and not column.get("choices"):
            yield CatalogFault(name, f"column.{key}.choices", "列表列要给出可选值")
        for spelling, choice in column.get("choice_aliases", {}).items():
            if choice not in column.get("choices", []):
                yield CatalogFault(name, f"column.{key}.choice_aliases", f"“{spelling}”指向不在列表里的“{choice}”")
        for alias in (column.get("header", ""), *column.get("aliases", [])):
            owner = claimed.setdefault(fold(alias), key)
            if owner != key:
                yield CatalogFault(name, f"column.{key}.aliases", f"别名“{alias}”已被列“{owner}”占用")


def _check_proofs(name: str, columns: list[dict[str, Any]], indicators: set[str]) -> Iterator[CatalogFault]:
    for column in columns:
        key = f"column.{column.get('key', '?')}.proofs"
        for choice, indicator in column.get("proofs", {}).items():
            if choice not in column.get("choices", []):
                yield CatalogFault(name, key, f"“{choice}”不在列表里")
            if indicator not in indicators:
                yield CatalogFault(name, key, f"没有“{indicator}”这个指标")


def _check_county(tables: Tables) -> Iterator[CatalogFault]:
    if PLACES in tables:  # then `county.toml` only adds to the townships
        return
    claimed: dict[str, str] = {}
    tiles: dict[tuple[int, ...], str] = {}
    for key in ("code", "name"):
        if not tables["county.toml"].get(key):
            yield CatalogFault("county.toml", key, "缺少这一项")
    for township in tables["county.toml"].get("township", []):
        code = township.get("code", "?")
        for alias in (code, township.get("name", ""), *township.get("aliases", [])):
            owner = claimed.setdefault(fold(alias), code)
            if owner != code:
                yield CatalogFault("county.toml", f"township.{code}", f"“{alias}”已被 {owner} 占用")
        tile = township.get("tile", [])
        if tile and not (isinstance(tile, list) and len(tile) == 2 and all(type(n) is int and 0 <= n < 20 for n in tile)):
            yield CatalogFault("county.toml", f"township.{code}.tile", "要写列和行两个数，从 0 起，小于 20")
        elif tile and tiles.setdefault(tuple(tile), code) != code:
            yield CatalogFault("county.toml", f"township.{code}.tile", f"位置已被 {tiles[tuple(tile)]} 占用")
        if township.get("name") and claimed.get(fold(township["name"])) == code and len(code) != 9:
            yield CatalogFault("county.toml", f"township.{code}", "乡镇代码应为 9 位")


def _check_indicators(tables: Tables, fields: dict) -> Iterator[CatalogFault]:
    seen: set[str] = set()
    areas = tables["indicators.toml"].get("areas", {})  # a catalogue that was kept before they were named has none
    items = {i.get("code") for _, t in _forms(tables) for i in t.get("item", [])}
    for indicator in tables["indicators.toml"].get("indicator", []):
        code = indicator.get("code", "?")
        if code in seen:
            yield CatalogFault("indicators.toml", code, "指标代码重复")
        if areas and indicator.get("area") not in areas:
            yield CatalogFault("indicators.toml", f"{code}.area", f"[areas] 里没有“{indicator.get('area')}”这个领域")
        seen.add(code)
        if indicator.get("kind") == "ratio" and "denominator" not in indicator:
            yield CatalogFault("indicators.toml", f"{code}.denominator", "比率要写分母")
        for part in ("numerator", "denominator"):
            if part in indicator:
                yield from _check_measure(f"{code}.{part}", indicator[part], fields, items)


def _check_measure(key: str, measure: dict, fields: dict, items: set[str]) -> Iterator[CatalogFault]:
    columns = fields.get(measure.get("form", ""))
    if columns is None:
        yield CatalogFault("indicators.toml", key, f"没有“{measure.get('form')}”这张表")
        return
    if measure.get("sum") and measure["sum"] not in columns:
        yield CatalogFault("indicators.toml", key, f"表里没有“{measure['sum']}”这一列")
    elif measure.get("sum") and columns[measure["sum"]].get("type") not in ("count", "money", "decimal"):
        yield CatalogFault("indicators.toml", key, f"“{measure['sum']}”不是数字列，不能相加")
    for field, wanted in measure.get("where", {}).items():
        if field not in columns:
            yield CatalogFault("indicators.toml", f"{key}.where", f"表里没有“{field}”这一列")
        else:
            yield from _check_condition(f"{key}.where.{field}", columns[field], wanted, items)


def _check_condition(key: str, column: dict, wanted: object, items: set[str]) -> Iterator[CatalogFault]:
    if isinstance(wanted, dict):
        if len(wanted) != 1 or set(wanted) - {">=", ">", "<", "<=", "="}:
            yield CatalogFault("indicators.toml", key, "条件只认 >=、>、<、<=、= 中的一个")
        return
    allowed = set(column.get("choices", ())) if column["type"] == "choice" else items if column["key"] == "indicator_code" else None
    for value in wanted if isinstance(wanted, list) else [wanted]:
        if allowed is not None and value not in allowed:
            yield CatalogFault("indicators.toml", key, f"“{value}”不在可选值里")
        if column["type"] == "bool" and not isinstance(value, bool):
            yield CatalogFault("indicators.toml", key, f"“{value}”应写成 true 或 false")


def _codes(tables: Tables) -> set[str]:
    return {i.get("code") for i in tables["indicators.toml"].get("indicator", [])}


def _check_targets(tables: Tables) -> Iterator[CatalogFault]:
    codes = _codes(tables)
    townships = {t.get("code") for t in tables["county.toml"].get("township", [])} | {"", tables["county.toml"].get("code")}
    seen = set()
    for target in tables["targets.toml"].get("target", []):
        key = f"{target.get('indicator')}.{target.get('year')}"
        if target.get("indicator") not in codes:
            yield CatalogFault("targets.toml", key, "目标没有对应的指标")
        if target.get("township_code", "") not in townships:
            yield CatalogFault("targets.toml", key, f"没有乡镇“{target['township_code']}”")
        aim = tuple(target.get(k, "") for k in ("indicator", "year", "township_code"))
        if aim in seen:
            yield CatalogFault("targets.toml", key, "同一指标、同一年、同一范围写了两个目标")
        seen.add(aim)
        if not target.get("source"):
            yield CatalogFault("targets.toml", f"{key}.source", "目标要写明来源")


def _check_standards(tables: Tables, fields: dict) -> Iterator[CatalogFault]:
    codes = _codes(tables)
    for standard in tables["standards.toml"].get("standard", []):
        if not standard.get("item"):
            yield CatalogFault("standards.toml", f"{standard.get('key')}.item", "至少要有一项")
        for item in standard.get("item", []):
            key = f"{standard.get('key')}.{item.get('key')}"
            if item.get("field") and item["field"] not in fields.get("standards", {}):
                yield CatalogFault("standards.toml", key, f"自查表没有“{item['field']}”这一列")
            for code in item.get("indicators", []):
                if code not in codes:
                    yield CatalogFault("standards.toml", key, f"没有指标“{code}”")


def _check_places(tables: Tables, fields: dict) -> Iterator[CatalogFault]:
    known = {f"indicator:{c}" for c in _codes(tables)}
    known |= {f"form:{form}" for form in fields} | {f"form:{form}.{key}" for form, columns in fields.items() for key in columns}
    known |= {f"form:{f}.{k}={c}" for f, columns in fields.items() for k, column in columns.items() for c in column.get("choices", [])}
    known |= {f"monthly:{i.get('code')}" for _, t in _forms(tables) for i in t.get("item", [])}
    for standard in tables["standards.toml"].get("standard", []):
        known |= {f"standard:{standard.get('key')}"} | {f"standard:{standard.get('key')}.{i.get('key')}" for i in standard.get("item", [])}
    for row in tables.get("domain_items.toml", {}).get("place", []):
        if row.get("place") not in known:
            yield CatalogFault("domain_items.toml", row.get("code", "?"), f"“{row.get('name')}”没有落脚处：{row.get('place', '没有写')}")
