"""What a place has of its own beside the common catalogue: `places/CODE/` of the home's overlay, with files of the same names and shapes.

`targets.toml`, `target_changes.toml`, `aliases.toml`, `peers.toml`, and of `county.toml` what it adds to townships (aliases, villages, tile).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.catalog.aims import FILE as CHANGES
from pipelines.catalog.aims import apply_changes
from pipelines.catalog.model import LearnedAlias, Peers, Target, TargetChange
from pipelines.catalog.peers import FILE as PEERS
from pipelines.catalog.peers import build_peers
from pipelines.catalog.places import FILE as PLACES
from pipelines.catalog.places import TOWNSHIP, Tree

FOLDER = "places/"
FILES = {"targets.toml", CHANGES, "aliases.toml", PEERS, "county.toml"}
Table = dict[str, Any]
Tables = dict[str, Table]


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """One place's own part of the catalogue."""

    shipped_targets: tuple[Target, ...] = ()
    target_changes: tuple[TargetChange, ...] = ()
    aliases: tuple[LearnedAlias, ...] = ()
    peers: Peers | None = None

    @property
    def targets(self) -> tuple[Target, ...]:
        """Its targets with its changes on top."""
        return apply_changes(self.shipped_targets, self.target_changes)


def split_tables(tables: Tables) -> tuple[Tables, dict[str, Tables]]:
    """The common files, and by place its own files under their plain names."""
    common = {name: table for name, table in tables.items() if not name.startswith(FOLDER)}
    local: dict[str, Tables] = {}
    for name in tables.keys() - common.keys():
        code, _, file = name.removeprefix(FOLDER).partition("/")
        local.setdefault(code, {})[file] = tables[name]
    return common, local


def township_blocks(tables: Iterable[Tables]) -> dict[str, Table]:
    """What `county.toml`, the common one and those of places, adds to townships, by code."""
    return {t["code"]: t for each in tables for t in each.get("county.toml", {}).get("township", [])}


def build_local(tables: Tables) -> Local:
    """The record of one place's checked files."""
    return Local(
        tuple(Target(**t) for t in tables.get("targets.toml", {}).get("target", [])),
        tuple(TargetChange(**t) for t in tables.get(CHANGES, {}).get("target_change", [])),
        tuple(LearnedAlias(**t) for t in tables.get("aliases.toml", {}).get("alias", [])),
        build_peers(tables) if PEERS in tables else None,
    )


def with_places(common: Tables, tree: Tree, code: str = "") -> Tables:
    """The tables as the checks of what names places want them: `county.toml` with the place and everything in it, whatever its level."""
    if PLACES not in common:
        return common
    inner = [{"code": p.code, "name": p.name} for p in tree.below(code or tree.root.code)]
    return common | {"county.toml": {"code": inner[0]["code"], "name": inner[0]["name"], "township": inner[1:]}}


def without_strangers(common: Tables, tree: Tree) -> Tables:
    """The tables without the targets that name a place which is not in the home's `places.csv`: the common ones come with a county of their own."""
    if PLACES not in common:
        return common
    targets = [t for t in common["targets.toml"].get("target", []) if not t.get("township_code") or t["township_code"] in tree.places]
    return common | {"targets.toml": common["targets.toml"] | {"target": targets}}


def check_names(tree: Tree, local: dict[str, Tables]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of folders that belong to no place and files that a place cannot have."""
    for code, files in sorted(local.items()):
        if code not in tree.places or tree.places[code].level == TOWNSHIP:
            yield f"{FOLDER}{code}", code, f"{PLACES} 里没有这个乡镇以上的地方"
        yield from ((f"{FOLDER}{code}/{file}", file, f"一个地方只能有自己的 {'、'.join(sorted(FILES))}") for file in sorted(set(files) - FILES))


def _nearest(tree: Tree, own: dict[str, tuple[Target, ...]], code: str) -> dict[str, list[Target]]:
    """Indicator -> the targets for every place in the nearest place above that sets any; none where only the common catalogue does."""
    found: dict[str, list[Target]] = {}
    for place in tree.path(code):
        told: dict[str, list[Target]] = {}
        for target in own.get(place.code, ()):
            if not target.township_code:
                told.setdefault(target.indicator, []).append(target)
        found |= told
    return found


def list_effective(tree: Tree, common: tuple[Target, ...], local: dict[str, Local]) -> list[Target]:
    """The targets as the warehouse keeps them: the common ones, and for every place in one that has targets of its own the nearest of these under
    its own code. A target set for the very place comes first, then the county's, the city's, the province's, the common one."""
    own = {code: held.targets for code, held in local.items()}
    named = [t for targets in own.values() for t in targets if t.township_code]
    single = {(t.township_code, t.indicator) for t in (*common, *named)}
    rows = [*common, *named]
    inside = dict.fromkeys(place.code for code in own for place in tree.below(code))
    for code in inside:
        for indicator, targets in _nearest(tree, own, code).items():
            if (code, indicator) not in single:
                rows += [Target(t.indicator, t.year, t.value, t.source, code, t.reading) for t in targets]
    return rows


def targets_at(tree: Tree, common: tuple[Target, ...], local: dict[str, Local], code: str) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """(before its own changes, in force) the targets that a place's pages tell: what it inherits, with its own files on top."""
    shipped, held = common, common
    for place in tree.path(code):
        if mine := local.get(place.code):
            shipped = _laid_over(held, mine.shipped_targets)
            held = apply_changes(shipped, mine.target_changes)
        else:
            shipped = held
    return shipped, held


def _laid_over(held: tuple[Target, ...], mine: tuple[Target, ...]) -> tuple[Target, ...]:
    general = {t.indicator for t in mine if not t.township_code}
    single = {(t.indicator, t.township_code) for t in mine if t.township_code}
    return (*(t for t in held if (t.township_code or t.indicator not in general) and (t.indicator, t.township_code) not in single), *mine)
