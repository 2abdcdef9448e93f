"""The cell that a row is said to come from holds the row's figure, also where a form was joined from several tables or one row per village."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from pipelines.catalog.model import Measure
from pipelines.intake.load import load_bytes
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.trace import Place, read_rows
from tests.intake.samples import build_sample, list_samples, read_sample

SAMPLES = ("01", "30", "39", "41", "42", "43", "47", "48", "53", "62", "78", "79", "80", "81", "84")
NUMBERS = ("count", "money", "decimal")
FOUND = {p.stem[:2]: p for p in list_samples()}


def _told(row, field: str) -> bool:
    """Whether the row's figure is stored in another form than it was written."""
    return field in json.loads(row.told["as_written"] or "{}")


def _check(home, catalog, sample: dict) -> None:
    content = build_sample(sample)
    report = load_bytes(home, catalog, sample["name"], content, township_code="420324107", explanations={"*": "已核对"})
    assert report.status == "loaded", [p.message for p in report.problems]
    book, compared = openpyxl.load_workbook(BytesIO(content), data_only=True), 0
    reader = open_reader(home)
    for form in (f for f in catalog.forms if f.key in report.forms):
        for field in (c.key for c in form.columns if c.type in NUMBERS and c.stored):
            for row in read_rows(reader, catalog, Measure(form.key, field), Place("month", report.period)):
                if row.cell and row.value is not None and not _told(row, field):
                    assert float(book[row.sheet][row.cell].value or 0) == float(row.value), (form.key, field, row.sheet, row.cell)
                    compared += 1
    assert compared > 0


@pytest.mark.parametrize("number", SAMPLES)
def test_the_cell_holds_the_figure(home, catalog, number):
    _check(home, catalog, read_sample(FOUND[number]))


def test_a_second_table_of_the_form_has_letters_of_its_own(home, catalog):
    sample = read_sample(FOUND["43"])
    rows = sample["sheet"][0]["rows"]
    rows[3:] = [[*row[:4], row[5], row[4]] for row in rows[3:]]
    _check(home, catalog, sample)
    found = read_rows(open_reader(home), catalog, Measure("relief", "amount"), Place("month", date(2026, 3, 1)))
    assert [r.cell for r in found] == ["F2", "E5"]
