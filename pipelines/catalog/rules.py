"""Checks the review rules of the catalogue: that each side is there, and each value can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.catalog.keys import ROW_OPERATORS

NUMBER = re.compile(r"\d+(\.\d+)?")
VALUES = {
    "per_head": re.compile(r"\d+(\.\d+)?\.\.\d+(\.\d+)?"), "change_within": NUMBER, "year_change_within": NUMBER,
    "expected_in": re.compile(r"\d{4}-\d{2}(,\d{4}-\d{2})*"), "text_denies": re.compile(r".+"), "share": re.compile(r".+"), "required_when": re.compile(r".+"), "zero_when": re.compile(r".+"),
}  # fmt: skip


def check_rules(tables: dict[str, dict[str, Any]], fields: dict[str, dict[str, dict]]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every rule that names what is not there; `fields` holds each form's columns by key."""
    items = {i.get("code") for name, table in tables.items() if name.startswith("forms/") for i in table.get("item", [])}
    for rule in tables["rules.toml"].get("rule", []):
        form, operator, right = rule.get("form", ""), rule.get("operator"), rule.get("right", "")
        key = f"rule.{form}.{rule.get('left')}"
        if form not in fields:
            yield "rules.toml", key, f"没有“{form}”这张表"
            continue
        known = items if operator == "at_most_item" else fields if operator == "text_denies" else fields[form] if operator in (*ROW_OPERATORS, "not_all_equal", "share") else {right: 1}
        for side, name, place in (("left", rule.get("left"), fields[form]), ("right", right, known)):
            if name not in place:
                yield "rules.toml", f"{key}.{side}", f"规则里的“{name}”不存在"
        if operator in VALUES and not VALUES[operator].fullmatch(rule.get("value", "")):
            yield "rules.toml", f"{key}.value", f"“{rule.get('value', '')}”不合这种规则的写法"
