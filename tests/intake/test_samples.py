"""Every made-up sample reads as it says, cell for cell, and its problems stand at exactly the cells that it names."""

from __future__ import annotations

import pytest

from pipelines.catalog.period import format_period
from pipelines.intake.examine import Asked, History, examine
from pipelines.intake.locate.leftover import class_of_cell
from pipelines.intake.locate.regions import find_regions
from pipelines.intake.locate.rows import read_words
from pipelines.intake.locate.tables import _classify
from pipelines.intake.read.guard import read_file
from tests.intake.samples import build_sample, list_samples, plain, read_sample

SAMPLES = list_samples()


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


@pytest.mark.parametrize("path", SAMPLES, ids=[p.stem for p in SAMPLES])
def test_every_cell_of_a_sample_has_one_class(catalog, path):
    sheets = read_file(build_sample(read_sample(path)))
    for sheet in sheets if isinstance(sheets, list) else []:
        regions = find_regions(catalog, sheet)
        for region in regions:
            _classify(region, sheet, read_words(catalog))
        cells = [(n, i) for n, row in sheet.rows for i, c in enumerate(row) if c != ""]
        assert all(class_of_cell(regions, sheet, n, i) for n, i in cells)
