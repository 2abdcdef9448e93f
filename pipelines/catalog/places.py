"""The places above the townships, as the home's `places.csv` tells them: country, province, city, county, township, parents before children.

A home without the file is one county with its townships, which `county.toml` tells. What a place has of its own beside the common catalogue
(`places/CODE/targets.toml` and the like) stands in `local.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

FILE = "places.csv"
HEADER = ["code", "name", "level", "parent"]
LEVELS = ("country", "province", "city", "county", "township")
TOWNSHIP = LEVELS[-1]
MOST = 20  # faults that are told at once: a file of 40,000 lines may have as many
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One place; the root's parent is empty."""

    code: str
    name: str
    level: str
    parent: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Every place of a home by code, the townships too, parents before children."""

    places: dict[str, Place] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)

    @property
    def root(self) -> Place:
        """The place that holds all others."""
        return next(iter(self.places.values()))

    def is_deep(self) -> bool:
        """Whether there is any place between the root and the townships, so that there is one to choose."""
        return any(self.places[code].level != TOWNSHIP for code in self.children.get(self.root.code, ()))

    def path(self, code: str) -> list[Place]:
        """From the root down to the place, both included; empty for a code that is no place."""
        found: list[Place] = []
        while code in self.places:
            found.append(self.places[code])
            code = found[-1].parent
        return found[::-1]

    def holds(self, outer: str, code: str) -> bool:
        """Whether the place lies in the outer one or is it."""
        return any(place.code == outer for place in self.path(code))

    def above(self) -> list[Place]:
        """Every place that is no township."""
        return [place for place in self.places.values() if place.level != TOWNSHIP]

    def below(self, code: str) -> Iterator[Place]:
        """Every place in this one, itself first."""
        yield self.places[code]
        for child in self.children.get(code, ()):
            yield from self.below(child)

    def county_of(self, code: str) -> Place:
        """The place whose direct child the township is; any other place is its own."""
        place = self.places[code]
        return self.places[place.parent] if place.level == TOWNSHIP else place


def read_lines(text: str) -> Table:
    """The file as a table beside those of the TOML files: its header and its lines."""
    lines = [line for line in csv.reader(StringIO(text.removeprefix("\ufeff"))) if line]
    return {"header": lines[0] if lines else [], "lines": lines[1:]}


def build_tree(tables: dict[str, Table]) -> Tree:
    """The places of checked tables; a county with its townships where there is no `places.csv`."""
    county = tables["county.toml"]
    if FILE in tables:
        places = [Place(*line) for line in tables[FILE]["lines"]]
    else:
        townships = (Place(t["code"], t["name"], TOWNSHIP, county["code"]) for t in county["township"])
        places = [Place(county["code"], county["name"], "county"), *townships]
    children: dict[str, list[str]] = {}
    for place in places:
        children.setdefault(place.parent, []).append(place.code)
    return Tree({place.code: place for place in places}, children)


def _check_line(line: list[str], levels: dict[str, str], siblings: set[tuple[str, str]]) -> Iterator[str]:
    if len(line) != len(HEADER) or not line[0].isalnum() or not line[0].isascii() or not line[1]:
        yield f"要有 {'、'.join(HEADER)} 四列，代码用数字或字母，名称不能空"
        return
    code, name, level, parent = line
    if level not in LEVELS:
        yield f"不认识级别“{level}”，只能是 {'、'.join(LEVELS)}"
        return
    if code in levels:
        yield "代码重复"
    if not parent and levels:
        yield "只有第一行可以没有上级"
    elif parent and parent not in levels:
        yield f"上级“{parent}”要写在它前面"
    elif parent and LEVELS.index(levels[parent]) >= LEVELS.index(level):
        yield f"级别要低于上级“{parent}”"
    if level == TOWNSHIP and not (len(code) == 9 and code.isdigit()):
        yield "乡镇代码应为 9 位"
    if (parent, name) in siblings:
        yield f"同一上级下已有“{name}”"


def check_lines(table: Table) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of the first faults of the file."""
    if table["header"] != HEADER or not table["lines"]:
        yield FILE, "1", f"第一行要写 {','.join(HEADER)}，以下每行一个地方"
        return
    levels: dict[str, str] = {}
    siblings: set[tuple[str, str]] = set()
    told = 0
    for number, line in enumerate(table["lines"], 2):
        for message in _check_line(line, levels, siblings):
            yield FILE, f"第 {number} 行", message
            told += 1
        if told >= MOST:
            return
        if len(line) == len(HEADER):
            levels.setdefault(line[0], line[2] if line[2] in LEVELS else TOWNSHIP)
            siblings.add((line[3], line[1]))
