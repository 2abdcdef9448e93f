"""A nil return without a file, the automatic approval, and exports by state."""

from __future__ import annotations

import csv

import pytest

from pipelines.catalog.load import load_catalog_from_text, read_catalog_text
from pipelines.faults import UserError
from pipelines.intake.keep import find_original, list_receipts
from pipelines.intake.load import load_bytes, load_files
from pipelines.intake.rebuild import rebuild
from pipelines.reports.export import write_export
from pipelines.reports.nil import list_unreported, make_nil, nil_name
from pipelines.reports.table import Selection, read_table
from pipelines.warehouse.reader import open_reader
from pipelines.workflow import review
from tests.intake.build import save, workbook
from tests.intake.test_load import _content
from tests.workflow.conftest import MARCH, OTHER, TOWN, bring, events, newest, state

EVENT_FORMS = {"relief", "competition", "safety", "rights", "activity"}


def nil(home, catalog, code: str = TOWN) -> bytes:
    return make_nil(open_reader(home), catalog, catalog.township(code), MARCH)


def test_a_nil_return_is_a_real_file_read_like_any_other(home, catalog):
    content = nil(home, catalog)
    report = load_bytes(home, catalog, nil_name(catalog.township(TOWN), MARCH), content)
    assert (report.status, report.township_code, report.period) == ("loaded", TOWN, MARCH)
    assert set(report.forms) == EVENT_FORMS and not [p for p in report.problems if p.severity == "error"]
    assert state(home, "state, nil_return, nil_forms") == ("submitted", True, 5)
    assert find_original(home, next(list_receipts(home))["sha256"]).suffix == ".xlsx"
    with pytest.raises(UserError, match="都已报过"):
        nil(home, catalog)
    assert open_reader(home).rows("select value from indicator_value where indicator = 'relief_amount' and township_code = $t", {"t": TOWN})[0][0] == 0


def test_only_what_was_not_reported_is_nil(home, catalog):
    load_bytes(home, catalog, "一.xlsx", events(60))
    report = load_bytes(home, catalog, "零.xlsx", nil(home, catalog))
    assert set(report.forms) == EVENT_FORMS - {"activity"}
    assert state(home, "nil_return, forms, nil_forms") == (False, 5, 4)
    assert [f.key for f in list_unreported(open_reader(home), catalog, OTHER, MARCH)] == [f.key for f in catalog.forms if f.key in EVENT_FORMS]


def _automatic(home):
    home.overlay.mkdir(parents=True)
    texts = read_catalog_text()
    texts["returns.toml"] = texts["returns.toml"].replace("auto_approve = false", "auto_approve = true")
    (home.overlay / "returns.toml").write_text(texts["returns.toml"], "utf-8")
    return load_catalog_from_text(texts)


def test_a_file_without_any_problem_is_approved_in_the_same_release(home, catalog, tmp_path):
    automatic = _automatic(home)
    files = [save(tmp_path, "净.xlsx", events(60)), save(tmp_path, "有提示.xlsx", workbook(cover=("蒋家堰镇", "2026-03")))]
    report = load_files(home, automatic, files)
    assert report.release == "000001" and not report.files[0].problems and report.files[1].problems
    assert state(home, "state, decided_by") == ("approved", "自动审核") and state(home, code=OTHER) == "submitted"
    before = _content(home)
    rebuild(home)
    assert _content(home) == before


def test_corrections_and_returned_months_wait_for_a_person(home, catalog):
    automatic = _automatic(home)
    load_bytes(home, automatic, "一.xlsx", events(60))
    load_bytes(home, automatic, "二.xlsx", events(75), correction="票据后到")
    assert state(home, "state, corrected") == ("resubmitted", True)
    review.return_submission(home, automatic, newest(home), "不对", [], "王干事")
    load_bytes(home, automatic, "三.xlsx", events(76))
    assert state(home) == "resubmitted"


def test_as_shipped_nothing_is_approved_by_itself(home, catalog):
    load_bytes(home, catalog, "净.xlsx", events(60))
    assert state(home) == "submitted" and not home.decisions.exists()


@pytest.mark.parametrize("asked", ["approved", "审核通过"])
def test_any_table_of_months_can_be_filtered_by_state(home, catalog, tmp_path, asked):
    bring(home, catalog, "approved")
    reader = open_reader(home)

    def rows(table: str, wanted: str) -> list[dict[str, str]]:
        write_export(read_table(reader, catalog, Selection(table, where={"state": wanted})), tmp_path / "t.csv")
        return list(csv.DictReader((tmp_path / "t.csv").open(encoding="utf-8-sig")))

    assert {r["township_code"] for r in rows("relief", asked)} == {TOWN} and {r["township_code"] for r in rows("relief", "submitted")} == {OTHER}
    assert rows("relief", "locked") == [] and "state" not in rows("relief", asked)[0]
    assert {r["township_code"] for r in rows("problem", asked)} == {TOWN}
    if asked == "approved":
        assert [r["township_code"] for r in rows("submission_status", asked)] == [TOWN]
    with pytest.raises(UserError, match="报送状态"):
        rows("relief", "good")


