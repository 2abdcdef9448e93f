"""Which targets hold: those of `targets.toml` with the county's own changes on top, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.catalog.model import Target, TargetChange

FILE = "target_changes.toml"  # of the home only; written by `pipelines.workflow.targets`
Key = tuple[str, int, str]  # indicator, year, township ("" where it holds for every place)


def aim_key(target: Target | TargetChange) -> Key:
    """What there is one target for."""
    return (target.indicator, target.year, target.township_code)


def _as_target(change: TargetChange) -> Target:
    return Target(change.indicator, change.year, float(change.value), change.source, change.township_code, change.reading)


def replay_changes(shipped: Iterable[Target], changes: Iterable[TargetChange]) -> Iterator[tuple[TargetChange, Target | None]]:
    """Each change with the target that it took the place of."""
    held = {aim_key(t): t for t in shipped}
    for change in changes:
        yield change, held.pop(aim_key(change), None)
        if not change.removed:
            held[aim_key(change)] = _as_target(change)


def apply_changes(shipped: Iterable[Target], changes: Iterable[TargetChange]) -> tuple[Target, ...]:
    """The targets in force."""
    held = {aim_key(t): t for t in shipped}
    for change in changes:
        held.pop(aim_key(change), None)
        if not change.removed:
            held[aim_key(change)] = _as_target(change)
    return tuple(held.values())


def check_changes(tables: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every change that cannot be used."""
    codes = {i.get("code") for i in tables["indicators.toml"].get("indicator", [])}
    places = {t.get("code") for t in tables["county.toml"].get("township", [])} | {"", tables["county.toml"].get("code")}
    for number, change in enumerate(tables.get(FILE, {}).get("target_change", []), 1):
        key = f"target_change.{number}"
        if change.get("indicator") not in codes:
            yield FILE, key, "目标没有对应的指标"
        if change.get("township_code", "") not in places:
            yield FILE, key, f"没有乡镇“{change['township_code']}”"
        for name in ("source", "reason"):
            if not str(change.get(name, "")).strip():
                yield FILE, f"{key}.{name}", "不能空着"
