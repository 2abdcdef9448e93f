"""With whom a township is compared and when it is not ranked, as `peers.toml` says, and the check of that file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.catalog.unknown import find_unknown

FILE = "peers.toml"  # a catalogue that was kept before it existed has none
Tables = dict[str, dict[str, Any]]
KEYS = ("size", "groups", "least", "least_of", "group")


@dataclass(frozen=True, slots=True)
class Peers:
    """Groups by size unless the county has groups of its own; rates over small denominators are not ranked."""

    size: str = ""  # the indicator that says how large a township is
    groups: tuple[str, ...] = ("全部乡镇",)  # the largest first
    least: int = 1
    least_of: tuple[tuple[str, int], ...] = ()
    own: tuple[tuple[str, str], ...] = ()  # (township code, name of the county's own group)

    def least_for(self, indicator: str) -> int:
        """The smallest denominator over which the rate is ranked."""
        return dict(self.least_of).get(indicator, self.least)


def build_peers(tables: Tables) -> Peers:
    """The checked file; one group of all where there is none."""
    told = tables.get(FILE)
    if told is None:
        return Peers()
    own = tuple((code, group["name"]) for group in told.get("group", []) for code in group["townships"])
    return Peers(told["size"], tuple(told["groups"]), told["least"], tuple(told.get("least_of", {}).items()), own)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1_000_000


def check_peers(tables: Tables) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of everything that cannot be used."""
    told = tables.get(FILE)
    if told is None:
        return
    codes = {i.get("code") for i in tables["indicators.toml"].get("indicator", [])}
    yield from find_unknown(FILE, told, KEYS)
    if told.get("size") not in codes:
        yield FILE, "size", "没有这个指标"
    names = told.get("groups")
    if not isinstance(names, list) or not names or not all(isinstance(n, str) and n for n in names):
        yield FILE, "groups", "要写一列组名"
    if not _is_count(told.get("least")):
        yield FILE, "least", "要写 1 以上的整数"
    for code, least in (told.get("least_of") if isinstance(told.get("least_of"), dict) else {}).items():
        if code not in codes or not _is_count(least):
            yield FILE, f"least_of.{code}", "要写一个指标和 1 以上的整数"
    yield from _check_groups(told.get("group", []), {t.get("code") for t in tables["county.toml"].get("township", [])})


def _check_groups(groups: object, townships: set[str]) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for group in groups if isinstance(groups, list) else []:
        name = group.get("name") if isinstance(group, dict) else None
        members = group.get("townships") if isinstance(group, dict) else None
        if not name or not isinstance(members, list) or any(c in name for c in ",:"):
            yield FILE, f"group.{name}", "要写组名（不含逗号、冒号）和一列乡镇代码"
            continue
        for code in members:
            if code not in townships or code in seen:
                yield FILE, f"group.{name}", f"没有乡镇“{code}”，或者它已在别的组"
            seen.add(code)
