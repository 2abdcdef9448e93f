"""Checks that every block of the catalogue's files has the keys of its record: none missing, none unknown, none of another kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import date
from typing import Any, NamedTuple

from pipelines.catalog.model import (
    Column,
    DomainItem,
    Form,
    Indicator,
    LearnedAlias,
    MatrixBlock,
    Measure,
    MonthlyItem,
    Rule,
    Standard,
    StandardItem,
    Target,
    TargetChange,
    Township,
)
from pipelines.catalog.overview import FINDERS, LIGHTS, Area, AttentionRule, HeadlineCard
from pipelines.catalog.scoring import Contradiction, Deduct, Rubric, RubricGroup, RubricItem, Veto
from pipelines.catalog.unknown import UNKNOWN

Table = dict[str, Any]
Finding = tuple[str, str]  # key, message


class Block(NamedTuple):
    """What a block may hold: its record, keys beside the record's fields, and the words that a key is limited to."""

    record: type
    beside: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = {}


NATURE = ("stock", "flow")
SEVERITY = ("error", "warning")
COLUMN = Block(Column, (), {"type": ("text", "count", "money", "date", "bool", "choice", "decimal")})
ROW_OPERATORS = ("<=", "required_when", "zero_when", "per_head")
FORM_OPERATORS = ("change_within", "year_change_within", "magnitude", "not_copied", "not_all_equal", "expected_in", "at_most_item", "text_denies")
RULE = Block(Rule, (), {"operator": (*ROW_OPERATORS, *FORM_OPERATORS, "share"), "severity": (*SEVERITY, "explain")})
ITEM = Block(MonthlyItem, (), {"nature": (*NATURE, "bool"), "at_most_severity": SEVERITY})
FORM = Block(Form, ("order", "column", "item"), {"nature": NATURE})
MEASURE = Block(Measure, ("sum",))
INDICATOR = Block(Indicator, (), {"kind": (*NATURE, "ratio"), "nature": NATURE, "direction": ("up", "down", "none")})
TARGET = Block(Target, (), {"reading": ("", "year")})
TARGET_CHANGE = Block(TargetChange, (), {"reading": ("", "year")})
STANDARD = Block(Standard, ("item",), {"level": ("union", "township")})
PLACE = Block(DomainItem)
TOWNSHIP = Block(Township)
STANDARD_ITEM = Block(StandardItem)
MATRIX = Block(MatrixBlock)
ALIAS = Block(LearnedAlias)
CARD = Block(HeadlineCard)
AREA = Block(Area)
ATTENTION = Block(AttentionRule, (), {"finder": tuple(FINDERS), "light": LIGHTS})
READINGS = ("month", "year")
RUBRIC = Block(Rubric, ("group", "veto"), {"reading": READINGS})
GROUP = Block(RubricGroup, ("item",))
SCORED = Block(RubricItem, (), {"kind": ("steps", "floor", "flat", "deduct", "manual"), "of": ("value", "increase", "growth"), "compare": (">=", "<=")})
DEDUCT = Block(Deduct, (), {"of": ("gap", "value", "below"), "rounding": ("down", "up")})
VETO = Block(Veto)
CONTRADICTION = Block(Contradiction, (), {"kind": ("no_rows", "column", "zero", "below", "issue_text", "same_evidence"), "verdict": ("deny", "doubt")})
MISTYPED = "的写法不对：文字要加引号，数和 true、false 不加，多个值放进 [ ]"
FILLED_ELSEWHERE = {Form: {"columns"}, Standard: {"items"}, Measure: {"field"}, Rubric: {"groups", "vetoes"}, RubricGroup: {"items"}}
LISTS = frozenset(("column", "rule", "township", "indicator", "target", "standard", "place", "item", "block", "alias", "card", "area", "attention", "rubric", "contradiction", "target_change"))  # of tables
NESTED = frozenset(("item", "group", "deduct", "veto"))  # lists of tables inside a block
TABLES = frozenset(("numerator", "denominator", "where", "moved", "choice_aliases", "proofs", "areas", "columns", "set", "kinds"))
KINDS = {"bool": bool, "str": str, "float": (int, float), "int": int, "tuple[str, ...]": list}


def check_shapes(table: Table, path: str = "") -> Iterator[Finding]:
    """Where a file holds a plain value in the place of a table or of a list of tables."""
    for name, value in table.items():
        key = f"{path}.{name}" if path else name
        listed = name in NESTED or (name in LISTS and not path)
        if listed and not (isinstance(value, list) and all(isinstance(v, dict) for v in value)):
            yield key, f"应写成 [[{name}]] 这样的一组"
        elif name in TABLES and not isinstance(value, dict):
            yield key, "应写成 { … } 这样的一组"
        elif isinstance(value, dict):
            yield from check_shapes(value, key)
        elif listed:
            for block in value:
                yield from check_shapes(block, f"{key}.{block.get('code', block.get('key', '?'))}")


def check_block(block: Block, table: Table, key: str) -> Iterator[Finding]:
    """What is wrong with the keys of one block; `key` names the block."""
    known = {f.name: f for f in fields(block.record)}
    elsewhere = FILLED_ELSEWHERE.get(block.record, set())
    for name, field in known.items():
        if field.default is MISSING and field.default_factory is MISSING and name not in table and name not in elsewhere:
            yield f"{key}.{name}", "缺少这一项"
    for name, value in table.items():
        if name in elsewhere or name not in known and name not in block.beside:
            yield f"{key}.{name}", UNKNOWN
        elif name in known and not _fits(known[name].type, value):
            yield f"{key}.{name}", f"“{value}”{MISTYPED}"
        elif name in block.words and value not in block.words[name]:
            yield f"{key}.{name}", f"不认识“{value}”，只能是 {'、'.join(w for w in block.words[name] if w)}"


def _fits(kind: str, value: object) -> bool:
    wanted = KINDS.get(kind)
    if wanted is None:
        return True
    if isinstance(value, bool) and wanted is not bool:
        return False
    return isinstance(value, wanted) and (wanted is not list or all(isinstance(v, str) for v in value))


def list_blocks(tables: dict[str, Table]) -> Iterator[tuple[str, str, Block, Table]]:
    """Every block: file, the key that names it, what it may hold, the block."""
    for file, table in tables.items():
        if file.startswith("forms/"):
            yield file, "form", FORM, table
            yield from _named(file, "column", COLUMN, table.get("column"), "key")
            yield from _named(file, "item", ITEM, table.get("item"), "code")
    yield from _named("county.toml", "township", TOWNSHIP, tables["county.toml"].get("township"), "code")
    yield from _named("targets.toml", "", TARGET, tables["targets.toml"].get("target"), "indicator", "year")
    yield from _named("domain_items.toml", "", PLACE, tables.get("domain_items.toml", {}).get("place"), "code")
    yield from _named("rules.toml", "rule", RULE, tables["rules.toml"].get("rule"), "form", "left")
    yield from _named("matrix.toml", "block", MATRIX, tables["matrix.toml"].get("block"), "form", "groups")
    yield from _named("aliases.toml", "alias", ALIAS, tables.get("aliases.toml", {}).get("alias"), "form", "header")
    yield from _named("target_changes.toml", "target_change", TARGET_CHANGE, tables.get("target_changes.toml", {}).get("target_change"), "indicator", "year")
    for name, block, key in (("card", CARD, "indicator"), ("area", AREA, "indicator"), ("attention", ATTENTION, "finder")):
        yield from _named("overview.toml", name, block, tables.get("overview.toml", {}).get(name), key)
    for _, key, block, table in _named("indicators.toml", "", INDICATOR, tables["indicators.toml"].get("indicator"), "code"):
        yield "indicators.toml", key, block, table
        for part in ("numerator", "denominator"):
            if part in table:
                yield "indicators.toml", f"{key}.{part}", MEASURE, table[part]
    for _, key, block, table in _named("standards.toml", "", STANDARD, tables["standards.toml"].get("standard"), "key"):
        yield "standards.toml", key, block, table
        yield from _named("standards.toml", key, STANDARD_ITEM, table.get("item"), "key")
    for file, table in tables.items():
        yield from _named(file, "contradiction", CONTRADICTION, table.get("contradiction"), "key")
        for rubric in table.get("rubric", []):
            yield from _list_rubric(file, rubric)


def _list_rubric(file: str, rubric: Table) -> Iterator[tuple[str, str, Block, Table]]:
    top = f"{rubric.get('key', '?')}.{rubric.get('first_year', '?')}"
    yield file, top, RUBRIC, rubric
    yield from _named(file, f"{top}.veto", VETO, rubric.get("veto"), "key")
    for group in rubric.get("group", []):
        place = f"{top}.{group.get('key', '?')}"
        yield file, place, GROUP, group
        yield from _named(file, f"{place}.deduct", DEDUCT, group.get("deduct"), "indicator")
        for item in group.get("item", []):
            yield file, f"{place}.{item.get('key', '?')}", SCORED, item
            yield from _named(file, f"{place}.{item.get('key', '?')}.deduct", DEDUCT, item.get("deduct"), "indicator")


def _named(file: str, prefix: str, block: Block, tables: list[Table] | None, *names: str) -> Iterator[tuple[str, str, Block, Table]]:
    for table in tables or []:
        key = ".".join(str(v[0] if isinstance(v := table.get(n, "?"), list) and v else v) for n in names)
        yield file, f"{prefix}.{key}" if prefix else key, block, table


def check_calendar(calendar: Table) -> Iterator[Finding]:
    """What is wrong with the day a month's workbook is due, and with the months moved by holidays."""
    day = calendar.get("deadline_day")
    if not isinstance(day, int) or not 1 <= day <= 28:
        yield "deadline_day", "要写 1 到 28 之间的日子"
    for month, due in calendar.get("moved", {}).items():
        try:
            date.fromisoformat(f"{month}-01"), date.fromisoformat(due)
        except (TypeError, ValueError):
            yield f"moved.{month}", f"“{due}”不是日期，请写成 2026-04-07 这样"


def check_words(words: Table) -> Iterator[Finding]:
    """What is wrong with the lists of words that decide how a cell is read."""
    for name in ("total", "missing", "none", "yes", "no", "nil", "nothing", "footer", "serial"):
        if not _fits("tuple[str, ...]", words.get(name, [] if name == "nothing" else None)):  # which catalogues kept from before have not
            yield name, "要写一列词"
