"""Every made-up sample reads as it says, cell for cell, and its problems stand at exactly the cells that it names."""

from __future__ import annotations

import pytest

from pipelines.catalog.period import format_period
from pipelines.intake.examine import Asked, History, examine
from pipelines.intake.locate.leftover import is_block
from pipelines.intake.locate.regions import Region, find_regions
from pipelines.intake.locate.rows import read_words
from pipelines.intake.locate.tables import classify_rows, locate_tables
from pipelines.intake.read.guard import read_file
from pipelines.intake.sheet import Sheet
from pipelines.intake.validate.shares import share_rule
from tests.intake.samples import build_sample, list_samples, plain, read_sample

SAMPLES = list_samples()
CLASSES = {"title", "header", "numbers", "unit", "data", "serial", "total", "nil", "footer", "note", "section", "spacer", "unknown"}


def _problems(report) -> list[str]:
    return sorted(f"{p.severity} {p.sheet}!{p.cell} {p.code}" if p.sheet else f"{p.severity} {p.code}" for p in report.problems)


def _ignored(expect: dict) -> set[str]:
    """Warnings that most samples raise and few are about."""
    return set(expect.get("ignore", ["missing_item", "no_self_check", "unknown_union"]))


@pytest.mark.parametrize("path", SAMPLES, ids=[p.stem for p in SAMPLES])
def test_a_sample_reads_as_it_says(catalog, path):
    sample = read_sample(path)
    expect = sample["expect"]
    examined = examine(catalog, read_file(build_sample(sample)), Asked(sample["name"]), b"k" * 32, History())
    report = examined.report
    assert (report.township_code or "") == expect.get("township_code", "420324107")
    assert (format_period(report.period) if report.period else "") == expect.get("period", "2026-03")
    report.problems = [p for p in report.problems if p.code not in _ignored(expect)]
    assert _problems(report) == sorted(expect.get("problems", []))
    read = {form: [row for typed in parts for row in typed.rows] for form, parts in examined.typed.items()}
    assert sorted(read) == sorted(t["form"] for t in expect.get("table", []))
    assert bool(read) == ("error" not in {p.severity for p in report.problems})
    for table in expect.get("table", []):
        found = [[plain(row.get(key)) for key in table["columns"]] for row in read[table["form"]]]
        assert found == [[plain(c) for c in row] for row in table["rows"]], table["form"]


def test_there_are_sixty():
    assert len(SAMPLES) >= 60


def _class_of(regions: list[Region], sheet: Sheet, row: int, column: int) -> str:
    """title | header | numbers | unit | data | serial | total | nil | footer | note | section | spacer | unknown, of a non-empty cell."""
    first = sheet.rows[regions[0].header[0]][0] if regions else None
    if first is None or (row < first and is_block(sheet, row)):
        return "unknown"
    within = [r for r in regions if sheet.rows[r.title][0] <= row <= sheet.rows[r.end - 1][0]]
    mine = next((r for r in within if r.bounds[0] <= column <= r.bounds[1]), None)
    if row < first or (mine and row < sheet.rows[mine.header[0]][0]):
        return "title"
    if mine is None:
        return "unknown"
    if row <= sheet.rows[mine.header[1] - 1][0]:
        return "header"
    kind = mine.kinds.get(row, "unknown")
    if kind not in ("data", "nil_with_data"):
        return kind
    if column in mine.serial:
        return "serial"
    return "data" if any(column in m.columns.values() for m in mine.matches) else "unknown"


def _share_columns(regions) -> set[int]:
    """Columns of percentages, which are compared and not listed."""
    return {index for r in regions for index, header in r.unknown if any(share_rule(m.form, header) for m in r.matches)}


@pytest.mark.parametrize("path", SAMPLES, ids=[p.stem for p in SAMPLES])
def test_every_cell_has_one_class_and_what_is_unknown_is_listed(catalog, path):
    sheets = read_file(build_sample(read_sample(path)))
    listed = {p.sheet for p in locate_tables(catalog, sheets)[1] if p.code in ("unknown_column", "private_column", "unknown_block", "duplicate_header")}
    for sheet in sheets:
        regions = find_regions(catalog, sheet)
        for region in regions:
            classify_rows(region, sheet, read_words(catalog))
        shares = _share_columns(regions)
        classes = {(n, i): _class_of(regions, sheet, n, i) for n, row in sheet.rows for i, c in enumerate(row) if c != "" and i not in shares}
        assert set(classes.values()) <= CLASSES
        if regions:
            assert ("unknown" in classes.values()) == (sheet.name in listed)
