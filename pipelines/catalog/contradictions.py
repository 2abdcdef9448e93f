"""Checks what speaks against a yes of the self-check: that item, ledgers, columns and words are there, and each reason can be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import Any

from pipelines.catalog.scoring import BLANKS, OF_TOWNSHIPS

Table = dict[str, Any]
LEDGERS = ("relief", "competition", "safety", "rights", "activity")  # that name a union in each row
NEEDED = {"no_rows": ("forms", "months"), "column": ("field",), "zero": ("left", "right", "months"), "below": ("left", "right"), "issue_text": ("words",), "same_evidence": ("least",)}


def check_contradictions(tables: dict[str, Table], fields: dict[str, dict[str, dict]]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every contradiction that names what is not there; `fields` holds each form's columns by key."""
    items = {i.get("key") for s in tables["standards.toml"].get("standard", []) if s.get("level", "union") == "union" for i in s.get("item", [])}
    monthly = {i.get("code") for name, table in tables.items() if name.startswith("forms/") for i in table.get("item", [])}
    seen: set[str] = set()
    for file, table in tables.items():
        for rule in table.get("contradiction", []):
            for key, message in (*_check(rule, items, monthly, fields), *_check_reason(rule)):
                yield file, f"contradiction.{rule.get('key')}.{key}", message
            if rule.get("key") in seen:
                yield file, f"contradiction.{rule.get('key')}", "重名"
            seen.add(rule.get("key", ""))


def _check(rule: Table, items: set, monthly: set, fields: dict[str, dict[str, dict]]) -> Iterator[tuple[str, str]]:
    for key in NEEDED.get(rule.get("kind", ""), ()):
        if not rule.get(key):
            yield key, "缺少这一项"
    if rule.get("kind") in OF_TOWNSHIPS and rule.get("verdict", "deny") == "deny":
        yield "verdict", "这种依据说的是全乡镇，不能据以否定某一个工会，请写 verdict = \"doubt\""
    if rule.get("claim") not in items:
        yield "claim", f"八有、六会里没有“{rule.get('claim')}”，请写 standards.toml 里的项目代码"
    for form in rule.get("forms", []):
        if form not in LEDGERS:
            yield "forms", f"“{form}”不是记到工会的台账，只能是 {'、'.join(LEDGERS)}"
    if rule.get("field") and fields.get("register", {}).get(rule["field"], {}).get("type") != "bool":
        yield "field", f"名册里没有“{rule['field']}”这个是否列"
    for side in ("left", "right"):
        if rule.get(side) and rule[side] not in monthly:
            yield side, f"乡镇月报里没有“{rule[side]}”，请写 forms/monthly.toml 里的代码"


def _check_reason(rule: Table) -> Iterator[tuple[str, str]]:
    known = BLANKS.get(rule.get("kind", ""), ())
    try:
        strange = [name for _, name, _, _ in Formatter().parse(str(rule.get("reason"))) if name is not None and name not in known]
    except ValueError:
        yield "reason", "花括号不成对"
        return
    if strange:
        yield "reason", f"不认识“{{{strange[0]}}}”，只能用 {'、'.join(f'{{{k}}}' for k in known)}"
