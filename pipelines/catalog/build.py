"""Turns checked TOML tables into the records of `model.py`."""

from __future__ import annotations

from typing import Any

from pipelines.catalog.aims import FILE as CHANGES
from pipelines.catalog.aims import apply_changes
from pipelines.catalog.bulletin import build_sections
from pipelines.catalog.local import build_local, split_tables, township_blocks, without_strangers
from pipelines.catalog.model import (
    Calendar,
    Catalog,
    Column,
    Condition,
    County,
    Form,
    Indicator,
    LearnedAlias,
    MatrixBlock,
    Measure,
    MonthlyItem,
    Returns,
    Rule,
    Standard,
    StandardItem,
    Target,
    TargetChange,
    Township,
)
from pipelines.catalog.overview import build_overview
from pipelines.catalog.peers import build_peers
from pipelines.catalog.places import TOWNSHIP, Tree, build_tree
from pipelines.catalog.privacy import build_small_counts
from pipelines.catalog.scoring import Contradiction, Deduct, Rubric, RubricGroup, RubricItem, Step, Veto

Table = dict[str, Any]


def _frozen(table: Table) -> Table:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}


def _column(table: Table) -> Column:
    spellings = tuple(table.get("choice_aliases", {}).items())
    return Column(**_frozen(table) | {"choice_aliases": spellings, "proofs": tuple(table.get("proofs", {}).items())})


def _form(table: Table, rules: list[Table]) -> Form:
    plain = {k: v for k, v in table.items() if k not in ("column", "item", "order")}
    columns = tuple(_column(c) for c in table["column"])
    return Form(**_frozen(plain), columns=columns, rules=tuple(Rule(**r) for r in rules if r["form"] == table["key"]))


def _condition(field: str, wanted: object) -> Condition:
    if isinstance(wanted, list):
        return Condition(field, "in", tuple(wanted))
    if isinstance(wanted, dict):
        ((operator, value),) = wanted.items()
        return Condition(field, operator, value)
    return Condition(field, "=", wanted)


def _measure(table: Table) -> Measure:
    where = tuple(_condition(f, w) for f, w in table.get("where", {}).items())
    return Measure(table["form"], table.get("sum", ""), where)


def _indicator(table: Table) -> Indicator:
    plain = {k: v for k, v in table.items() if k not in ("numerator", "denominator")}
    denominator = _measure(table["denominator"]) if "denominator" in table else None
    return Indicator(**plain, numerator=_measure(table["numerator"]), denominator=denominator)


def _standard(table: Table) -> Standard:
    items = tuple(StandardItem(**_frozen(i)) for i in table["item"])
    return Standard(**{k: v for k, v in table.items() if k != "item"} | {"items": items})


def _matrix_block(table: Table) -> MatrixBlock:
    columns = tuple((key, tuple(names)) for key, names in table["columns"].items())
    return MatrixBlock(table["form"], tuple(table["groups"]), tuple(table["name"]), columns, tuple(table.get("set", {}).items()))


def _county(tree: Tree, blocks: dict[str, Table]) -> County:
    """The root of the tree as the county, with every township of the home."""
    told = ({"code": p.code, "name": p.name} for p in tree.places.values() if p.level == TOWNSHIP)
    return County(tree.root.code, tree.root.name, tuple(Township(**_frozen(blocks.get(t["code"], {}) | t)) for t in told))


def _returns(table: Table) -> Returns:
    wordings = tuple((f"{tone}.{case}", text) for tone, cases in table.get("reminder", {}).items() for case, text in cases.items())
    return Returns(table.get("auto_approve", False), wordings)


def _deducts(table: Table) -> tuple[Deduct, ...]:
    return tuple(Deduct(**d) for d in table.get("deduct", []))


def _rubric_item(table: Table) -> RubricItem:
    steps = sorted((Step(*s) for s in table.get("steps", [])), key=lambda s: -s.points)
    return RubricItem(**table | {"steps": tuple(steps), "deduct": _deducts(table)})


def _rubric_group(table: Table) -> RubricGroup:
    plain = {k: v for k, v in table.items() if k != "item"}
    return RubricGroup(**plain | {"items": tuple(map(_rubric_item, table["item"])), "deduct": _deducts(table)})


def _rubric(table: Table) -> Rubric:
    plain = {k: v for k, v in table.items() if k not in ("group", "veto")}
    return Rubric(**plain, groups=tuple(map(_rubric_group, table["group"])), vetoes=tuple(Veto(**v) for v in table.get("veto", [])))


def _all(tables: dict[str, Table], key: str) -> list[Table]:
    return [row for name, table in tables.items() if not name.startswith("forms/") for row in table.get(key, [])]


def build_catalog(tables: dict[str, Table], sha256: str) -> Catalog:
    """The catalogue of parsed files (relative name -> table), which must have passed `check_catalog`."""
    tables, local = split_tables(tables)
    tree = build_tree(tables)
    tables = without_strangers(tables, tree)
    forms = sorted((t for n, t in tables.items() if n.startswith("forms/")), key=lambda t: t["order"])
    calendar = tables["calendar.toml"]
    shipped = tuple(Target(**t) for t in _all(tables, "target"))
    changes = tuple(TargetChange(**t) for t in tables.get(CHANGES, {}).get("target_change", []))
    return Catalog(
        sha256=sha256,
        county=_county(tree, township_blocks((tables, *local.values()))),
        places=tree,
        local={code: build_local(files) for code, files in local.items()},
        forms=tuple(_form(t, tables["rules.toml"].get("rule", [])) for t in forms),
        monthly_items=tuple(MonthlyItem(**_frozen(i)) for t in forms for i in t.get("item", [])),
        indicators=tuple(_indicator(t) for t in _all(tables, "indicator")),
        targets=apply_changes(shipped, changes),
        shipped_targets=shipped,
        target_changes=changes,
        standards=tuple(_standard(t) for t in _all(tables, "standard")),
        calendar=Calendar(calendar["deadline_day"], tuple(calendar.get("moved", {}).items())),
        matrix=tuple(_matrix_block(t) for t in tables["matrix.toml"].get("block", [])),
        matrix_names=tuple(tables["matrix.toml"]["names"]),
        employer_kinds=tuple((kind, tuple(ends)) for kind, ends in tables["matrix.toml"].get("kinds", {}).items()),
        aliases=tuple(LearnedAlias(**t) for t in tables.get("aliases.toml", {}).get("alias", [])),
        returns=_returns(tables.get("returns.toml", {})),
        small_counts=build_small_counts(tables),
        areas=tuple(tables["indicators.toml"].get("areas", {}).items()),
        overview=build_overview(tables),
        sections=build_sections(tables),
        rubrics=tuple(_rubric(t) for t in _all(tables, "rubric")),
        contradictions=tuple(Contradiction(**_frozen(t)) for t in _all(tables, "contradiction")),
        peers=build_peers(tables),
        words={k: tuple(v) for k, v in tables["words.toml"].items()},
    )
