"""The template: LibreOffice opens it unharmed, its dropdowns and protection stand, and what is filled in loads."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date

import openpyxl
import pytest

from pipelines.catalog.period import shift_period
from pipelines.intake.load import check_files, load_files
from pipelines.reports.prefill import read_stock_rows
from pipelines.reports.template import IDENTITY, header_text, write_template
from pipelines.warehouse.reader import open_reader

SOFFICE = shutil.which("soffice")
MARCH = date(2026, 3, 1)
LONGBA = "420324107"
ROWS = {
    "register": [{"employer": "甲厂", "employer_kind": "企业", "workers": 30, "has_union": True, "union_name": "甲厂工会", "members": 28}],
    "relief": [{"date": MARCH, "union_name": "甲厂工会", "category": "生活救助", "recipient_kind": "困难职工", "recipients": 1, "amount": 500}],
}


@pytest.fixture
def filled(tmp_path, catalog):
    return write_template(tmp_path / "龙坝镇2026年3月工会月报.xlsx", catalog, catalog.township(LONGBA), MARCH, ROWS)


def test_every_form_has_a_protected_sheet_with_headers_comments_and_lists(filled, catalog):
    book = openpyxl.load_workbook(filled)
    assert book.sheetnames[0] == "封面"
    assert book[IDENTITY].sheet_state == "veryHidden"
    for form in catalog.forms:
        sheet = book[form.title]
        assert sheet.protection.sheet
        assert [c.value for c in sheet[3]] == [header_text(c) for c in form.columns]
        assert all(c.comment for c in sheet[3])
        assert not sheet.cell(4, 1).protection.locked
        lists = [c for c in form.columns if c.type in ("choice", "bool")]
        assert len([v for v in sheet.data_validations.dataValidation if v.type == "list"]) >= len({(c.type, c.choices) for c in lists})


@pytest.mark.office
@pytest.mark.skipif(not SOFFICE, reason="没有安装 LibreOffice，跳过模板转换测试")
def test_libreoffice_opens_it_unharmed(filled, tmp_path, catalog):
    out = tmp_path / "converted"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run([SOFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(filled)], check=True, capture_output=True, timeout=170)
    before, after = openpyxl.load_workbook(filled), openpyxl.load_workbook(out / filled.name)
    assert after.sheetnames == before.sheetnames
    for form in catalog.forms:
        old, new = ([[c.value for c in row] for row in book[form.title].iter_rows(min_row=1, max_row=6)] for book in (before, after))
        assert [r[: len(form.columns)] for r in new] == old
        assert after[form.title].data_validations.count >= 1 or not before[form.title].data_validations.count
    report = check_files(None, catalog, [out / filled.name]).files[0]
    assert report.status == "valid", report.problems


def test_a_filled_template_loads_and_the_next_month_carries_it_over(filled, home, catalog):
    report = load_files(home, catalog, [filled]).files[0]
    assert report.status == "loaded", report.problems
    rows = read_stock_rows(open_reader(home), catalog, LONGBA, shift_period(MARCH, 1))
    assert [(r["employer"], r["members"]) for r in rows["register"]] == [("甲厂", 28)]
    assert "relief" not in rows
