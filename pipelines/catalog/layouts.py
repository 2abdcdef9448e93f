"""Checks what the catalogue says of other people's layouts: matrix blocks and confirmed headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.catalog.names import fold

Finding = tuple[str, str, str]  # file, key, message


def check_layouts(tables: dict[str, dict[str, Any]], fields: dict[str, dict[str, dict]]) -> Iterator[Finding]:
    """What is wrong with `matrix.toml` and `aliases.toml`; `fields` holds each form's columns by key."""
    if not isinstance(tables["matrix.toml"].get("names"), list):
        yield "matrix.toml", "names", "要写一列词"
    kinds = fields.get("register", {}).get("employer_kind", {}).get("choices", [])
    for kind, endings in tables["matrix.toml"].get("kinds", {}).items():
        if kind not in kinds or not isinstance(endings, list):
            yield "matrix.toml", f"kinds.{kind}", "要写一个单位类型和一列词尾"
    claimed: dict[str, str] = {}
    for block in tables["matrix.toml"].get("block", []):
        yield from _check_block(block, fields, claimed)
    for alias in tables.get("aliases.toml", {}).get("alias", []):
        key = f"alias.{alias.get('form')}.{alias.get('header')}"
        if alias.get("key") not in fields.get(alias.get("form", ""), {}):
            yield "aliases.toml", key, f"没有“{alias.get('form')}.{alias.get('key')}”这一列"


def _check_block(block: dict[str, Any], fields: dict[str, dict[str, dict]], claimed: dict[str, str]) -> Iterator[Finding]:
    key = f"block.{block.get('form')}.{next((g for g in block.get('groups', ()) if g), '')}"
    columns = fields.get(block.get("form", ""))
    if columns is None:
        yield "matrix.toml", key, f"没有“{block.get('form')}”这张表"
        return
    for name in (*block.get("name", ()), *block.get("set", {}), *block.get("columns", {})):
        if name not in columns:
            yield "matrix.toml", key, f"表里没有“{name}”这一列"
    for name, value in block.get("set", {}).items():
        if columns.get(name, {}).get("type") == "choice" and value not in columns[name]["choices"]:
            yield "matrix.toml", f"{key}.set.{name}", f"“{value}”不在可选值里"
    for spelling, name in ((fold(g + s), n) for n, names in block.get("columns", {}).items() for g in block.get("groups", ()) for s in names):
        owner = claimed.setdefault(spelling, f"{block['form']}.{name}")
        if owner != f"{block['form']}.{name}":
            yield "matrix.toml", f"{key}.columns.{name}", f"“{spelling}”已归 {owner}"
