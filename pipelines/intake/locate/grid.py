"""Headers of one to three levels as they stand over each column, with merged cells spread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from pipelines.catalog.names import fold, split_unit
from pipelines.intake.sheet import Sheet

Row = tuple[int, list[object]]
Found = TypeVar("Found")
_CELL = re.compile(r"([A-Z]+)(\d+)")
_LEADING = re.compile(r"^(?:其中|#|\*)[:、]?")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands over one column: its spellings, the whole path first, and the unit that any level names."""

    index: int
    text: str  # as a person would read it aloud
    names: tuple[str, ...]  # folded: joined path, last two levels, lowest level
    unit: str = ""

    def find(self, index: Mapping[str, Found]) -> Found | None:
        """What an index has for the first of the spellings that it knows."""
        return next((index[name] for name in self.names if name in index), None)


def split_address(cell: str) -> tuple[int, int]:
    """Column from 0 and row from 1 of an A1 address."""
    letters, row = _CELL.fullmatch(cell).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(row)


def merged_ranges(sheet: Sheet) -> list[tuple[int, int, int, int]]:
    """(left, top, right, bottom) of every merge."""
    corners = [[split_address(cell) for cell in merge.split(":")] for merge in sheet.notes.get("merges", [])]
    return [(a[0], a[1], b[0], b[1]) for a, b in corners]


def _text_at(row: list[object], index: int) -> str:
    cell = row[index] if index < len(row) else ""
    return cell.strip() if isinstance(cell, str) else ""


def _spread_merges(lines: list[list[str]], numbers: list[int], merges: list[tuple[int, int, int, int]]) -> None:
    for left, top, right, bottom in merges:
        if top not in numbers:
            continue
        text = lines[numbers.index(top)][left] if left < len(lines[0]) else ""
        for line, number in zip(lines, numbers, strict=True):
            if top <= number <= bottom:
                for index in range(left, min(right, len(line) - 1) + 1):
                    line[index] = line[index] or text


def _spread_right(lines: list[list[str]]) -> None:
    """A group's name stands over its first column only where merges are lost: it counts for the columns beside that have a header below."""
    for upper, lower in zip(lines, lines[1:], strict=False):
        group = ""
        for index, text in enumerate(upper):
            group = text if text else group if lower[index] else ""
            if not text and lower[index] and index and lower[index - 1]:
                upper[index] = group


@lru_cache(maxsize=4_000)
def _read_path(path: tuple[str, ...]) -> tuple[str, tuple[str, ...], str]:
    """Text, names and unit of a header's levels from top to bottom."""
    units = [split_unit(text) for text in path]
    bare = [_LEADING.sub("", fold(text)) for text, _ in units]
    names = dict.fromkeys(("".join(bare), "".join(bare[-2:]), bare[-1], *(fold(p).lstrip("*") for p in path[-1:])))
    return "".join(t.replace("\n", "") for t in path), tuple(n for n in names if n), next((u for _, u in reversed(units) if u), "")


def read_headers(rows: list[Row], merges: list[tuple[int, int, int, int]], first: int, last: int) -> tuple[Header, ...]:
    """The headers of the columns from `first` to `last` (from 0) in these rows of one header."""
    width = last + 1
    lines = [[_text_at(row, index) for index in range(width)] for _, row in rows]
    if len(rows) > 1:
        _spread_merges(lines, [number for number, _ in rows], merges)
        _spread_right(lines)
    headers = []
    for index in range(first, width):
        path = tuple(dict.fromkeys(line[index] for line in lines if line[index])) if len(lines) > 1 else (lines[0][index],)
        if path and path[0]:
            headers.append(Header(index, *_read_path(path)))
    return tuple(headers)
