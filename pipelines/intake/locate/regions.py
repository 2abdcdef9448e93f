"""Finds the headers in a sheet, of one to three levels, under one another or side by side; what lies below each is its region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import fold, split_unit
from pipelines.intake.locate.grid import Header, Row, merged_ranges, read_headers
from pipelines.intake.locate.headers import HeaderMatch, Learned, form_aliases, match_headers
from pipelines.intake.locate.matrix import match_matrix
from pipelines.intake.locate.rows import read_words
from pipelines.intake.sheet import Sheet

LEVELS = 3
LONGEST_HEADER = 40
TITLE_CELLS = 3
TITLE_ROWS = 4
COMPLETE, NAMED = 20, 10  # what it adds to a header's rank that all required columns are there, or that a title names the form


@dataclass(slots=True)
class Region:
    """One header and the rows below it, between two columns; several matches where it is a matrix."""

    header: tuple[int, int]  # positions in sheet.rows, the last one excluded
    bounds: tuple[int, int]  # columns, the last one included
    matches: list[HeaderMatch]
    unknown: tuple[tuple[int, str], ...]
    serial: frozenset[int]
    end: int = 0  # position in sheet.rows where the next region or its title begins
    title: int = 0  # position where its own title begins
    matrix: bool = False
    rank: float = 0.0
    kinds: dict[int, str] = field(default_factory=dict)  # row number -> what the row is


_known: dict[tuple, frozenset[str]] = {}


def _known_words(catalog: Catalog, learned: Learned) -> frozenset[str]:
    key = catalog.sha256, learned
    if key not in _known:
        words = {name for form in catalog.forms for name in form_aliases(form)} | set(map(fold, catalog.matrix_names))
        for block in catalog.matrix:
            words |= {fold(n) for n in block.groups if n} | {fold(n) for _, names in block.columns for n in names}
        _known[key] = frozenset(words | {name for _, name, _ in learned})
    return _known[key]


def _is_text(row: Row) -> bool:
    return all(isinstance(c, str) and len(c) <= LONGEST_HEADER for c in row[1])


@lru_cache(maxsize=10_000)
def _is_known(cell: str, known: frozenset[str]) -> bool:
    return 0 < len(cell) <= LONGEST_HEADER and (fold(cell).lstrip("*") in known or fold(split_unit(cell)[0]).lstrip("*") in known)


def _may_head(row: Row, known: frozenset[str]) -> bool:
    return {str}.issuperset(map(type, row[1])) and sum(_is_known(cell, known) for cell in row[1]) >= 2


def _spans(rows: list[Row], position: int, floor: int) -> Iterator[tuple[int, int]]:
    for start in range(max(floor, position - LEVELS + 1), position + 1):
        for end in range(position + 1, min(start + LEVELS, len(rows)) + 1):
            if all(map(_is_text, rows[start:end])) and rows[end - 1][0] - rows[start][0] == end - start - 1:
                yield start, end


class _Finder:
    def __init__(self, catalog: Catalog, sheet: Sheet, learned: Learned) -> None:
        self.catalog, self.sheet, self.learned = catalog, sheet, learned
        self.merges = merged_ranges(sheet)
        self.serial = read_words(catalog).serial

    def _titles(self, start: int) -> tuple[str, ...]:
        above = (c for _, row in self.sheet.rows[max(0, start - 3) : start] for c in row if isinstance(c, str) and 1 < len(c) <= LONGEST_HEADER)
        return fold(self.sheet.name), *map(fold, above)

    def region(self, start: int, end: int, bounds: tuple[int, int]) -> Region | None:
        headers = read_headers(self.sheet.rows[start:end], self.merges, *bounds)
        serial = frozenset(h.index for h in headers if self.serial & set(h.names))
        headers = tuple(h for h in headers if h.index not in serial)
        if len(headers) < 2:
            return None
        found = self._read(headers, start)
        if found is not None:
            found.header, found.bounds, found.serial = (start, end), bounds, serial
            found.rank -= (end - start) / 10
        return found

    def _read(self, headers: tuple[Header, ...], start: int) -> Region | None:
        ledger, named = match_headers(self.catalog.forms, headers, self._titles(start), self.learned) or (None, False)
        matrix = match_matrix(self.catalog, headers)
        known = len({i for m in matrix[0] for i in m.columns.values()}) if matrix else 0
        if matrix and known > (ledger.score if ledger else 0):
            return Region((0, 0), (0, 0), matrix[0], matrix[1], frozenset(), matrix=True, rank=2 * known + COMPLETE)
        rank = 2 * ledger.score + (COMPLETE if ledger.complete else NAMED if named else 0) if ledger else 0
        return Region((0, 0), (0, 0), [ledger], ledger.unknown, frozenset(), rank=rank) if ledger else None

    def _has_levels(self, position: int) -> bool:
        """Whether the row above or below says something over or under a column that this row leaves blank."""
        number, row = self.sheet.rows[position]
        for other, cells in self.sheet.rows[max(0, position - 1) : position + 2]:
            if abs(other - number) == 1 and any(isinstance(c, str) and c and (i >= len(row) or row[i] == "") for i, c in enumerate(cells)):
                return True
        return False

    def at(self, position: int, floor: int) -> list[Region]:
        """The region, or the regions side by side, whose header holds this row."""
        rows = self.sheet.rows
        plain = None if self._has_levels(position) else self.region(position, position + 1, (0, len(rows[position][1]) - 1))
        if plain and not plain.matrix and not plain.unknown and plain.matches[0].complete and not plain.matches[0].doubled:
            return [plain]
        best: Region | None = None
        for start, end in _spans(rows, position, floor):
            width = max(len(row) for _, row in rows[start:end]) - 1
            found = self.region(start, end, (0, width))
            if found and (best is None or found.rank > best.rank):
                best = found
        return self._beside(best) if best else []

    def _beside(self, whole: Region) -> list[Region]:
        start, end = whole.header
        headed = {h.index for h in read_headers(self.sheet.rows[start:end], self.merges, *whole.bounds)}
        segments, left = [], None
        for index in range(whole.bounds[1] + 2):
            if index in headed:
                left = index if left is None else left
            elif left is not None:
                segments.append((left, index - 1))
                left = None
        parts = [self.region(start, end, s) for s in segments] if len(segments) > 1 else []
        if parts and all(p and (p.matrix or p.matches[0].complete) for p in parts):
            return parts
        return [whole]


def _title_start(sheet: Sheet, header: int, floor: int) -> int:
    """Where the title above a header begins: rows of few texts and no numbers, as far as the blank row above them or, without one, single texts."""
    rows, start = sheet.rows, header
    while start > floor and header - start < TITLE_ROWS and rows[start][0] - rows[start - 1][0] == 1 and _title_cells(rows[start - 1]) <= TITLE_CELLS:
        start -= 1
    apart = start == floor == 0 or rows[start][0] - rows[start - 1][0] > 1
    while not apart and start < header and any(_title_cells(row) > 1 for row in rows[start:header]):
        start += 1
    return start


def _title_cells(row: Row) -> int:
    filled = [c for c in row[1] if c != ""]
    return len(filled) if all(isinstance(c, str) for c in filled) else TITLE_CELLS + 1


def find_regions(catalog: Catalog, sheet: Sheet, learned: Learned = ()) -> list[Region]:
    """Every region of a sheet from top to bottom."""
    finder, known = _Finder(catalog, sheet, learned), _known_words(catalog, learned)
    regions: list[Region] = []
    position = floor = 0
    while position < len(sheet.rows):
        found = finder.at(position, floor) if _may_head(sheet.rows[position], known) else []
        if not found:
            position += 1
            continue
        title = _title_start(sheet, found[0].header[0], floor) if regions else 0
        for region in regions:
            region.end = region.end or title
        for region in found:
            region.title = title
        regions += found
        position = floor = found[0].header[1]
    for region in regions:
        region.end = region.end or len(sheet.rows)
    return regions
