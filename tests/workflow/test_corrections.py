"""After approval: no figure changes without a written reason, both values stay, and the figures say that they were revised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.audit.log import read_records
from pipelines.intake import closed
from pipelines.intake.keep import list_receipts
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.workflow import review
from tests.intake.build import workbook
from tests.intake.test_load import _content
from tests.workflow.conftest import MARCH, TOWN, bring, events, newest, state

COUNTY = "420324"
REVISED = "select township_code, period, indicator, old_value, new_value, old_numerator, new_numerator, reason, submission_id, revised_by from revision order by all"


def refused(report) -> str:
    assert (report.status, report.submission_id) == ("refused", None)
    (problem,) = [p for p in report.problems if p.severity == "error"]
    assert problem.remedy and problem.sheet is problem.cell is None
    return problem.code


@pytest.mark.parametrize(("before", "said", "code"), [
    ("approved", {}, "approved"), ("approved", {"correction": "  "}, "approved"), ("approved", {"by_county": True}, "approved"),
    ("locked", {}, "locked"), ("locked", {"correction": "票据后到"}, "locked"), ("locked", {"by_county": True}, "locked"),
])  # fmt: skip
def test_a_closed_month_is_not_changed_without_what_it_needs(home, catalog, before, said, code):
    bring(home, catalog, before)
    release = read_current(home)
    assert refused(load_bytes(home, catalog, "二.xlsx", events(75), **said)) == code
    assert refused(check_bytes(home, catalog, "二.xlsx", events(75), **said)) == code
    assert (state(home), read_current(home)) == (before, release)
    assert list(list_receipts(home))[-1]["outcome"] == "refused"
    assert load_bytes(home, catalog, "四月.xlsx", events(75, ("城关镇", "2026-04"))).status == "loaded", "another month is open"


@pytest.mark.parametrize(("before", "by_county"), [("approved", False), ("locked", True)])
def test_a_correction_keeps_both_values_and_waits_for_approval(home, catalog, before, by_county):
    bring(home, catalog, before)
    said = {"correction": "票据后到", "by_county": by_county, "by": "赵"}
    assert check_bytes(home, catalog, "二.xlsx", events(75), correction="票据后到", by_county=by_county).status == "valid"
    assert load_bytes(home, catalog, "二.xlsx", events(75), **said).status == "loaded"
    assert state(home, "state, corrected, correction, decided_by") == ("resubmitted", True, "票据后到", None)
    row = (TOWN, MARCH, "cult_join", Decimal(60), Decimal(75), Decimal(60), Decimal(75), "票据后到", newest(home), "赵")
    assert open_reader(home).rows(REVISED) == [row]
    event = list(read_records(home))[-1].event
    assert (event.action, event.actor, event.township_code, event.submission_id, event.detail) == ("correction", "赵", TOWN, newest(home), "票据后到")
    review.approve(home, catalog, [newest(home)], "王干事")
    assert state(home, "state, corrected, correction") == ("approved", True, "票据后到")


def test_the_very_file_in_force_is_unchanged_not_refused(home, catalog):
    content = workbook(cover=("城关镇", "2026-03"))
    load_bytes(home, catalog, "一.xlsx", content)
    review.approve(home, catalog, ["000001"], "王干事")
    assert load_bytes(home, catalog, "又一次.xlsx", content).status == "unchanged"
    assert check_bytes(home, catalog, "又一次.xlsx", content).status == "valid"


def test_a_reason_given_for_an_open_month_makes_no_correction(reported, catalog):
    load_bytes(reported, catalog, "二.xlsx", events(75), correction="多此一举")
    assert state(reported, "state, corrected") == ("submitted", False) and open_reader(reported).rows(REVISED) == []


def test_what_mends_a_returned_correction_is_one_too(home, catalog):
    bring(home, catalog, "approved")
    load_bytes(home, catalog, "二.xlsx", events(75), correction="票据后到")
    review.return_submission(home, catalog, newest(home), "应为 74", [], "王干事")
    load_bytes(home, catalog, "三.xlsx", events(74))
    assert state(home, "state, resubmissions, corrected, correction") == ("resubmitted", 2, True, "票据后到")
    steps = open_reader(home).rows("select old_value::int, new_value::int, reason from revision order by submission_id")
    assert steps == [(60, 75, "票据后到"), (75, 74, "票据后到")]


def test_a_return_after_approval_makes_the_next_upload_a_correction_for_its_reason(home, catalog):
    bring(home, catalog, "approved")
    review.return_submission(home, catalog, newest(home), "人次多报了", [], "王干事")
    assert load_bytes(home, catalog, "二.xlsx", events(50)).status == "loaded", "the county asked for it: nobody has to give a reason"
    assert state(home, "state, corrected, correction") == ("resubmitted", True, "人次多报了")
    assert [row[3:5] + row[7:8] for row in open_reader(home).rows(REVISED)] == [(Decimal(60), Decimal(50), "人次多报了")]


class Later(date):
    """A day of the next year."""

    @classmethod
    def today(cls) -> date:
        return cls(2027, 2, 1)


def test_figures_say_that_they_were_revised_and_the_year_from_then_on(home, catalog, monkeypatch):
    monkeypatch.setattr(closed, "date", Later)
    bring(home, catalog, "approved")
    for month in ("2026-02", "2026-04", "2027-01"):
        load_bytes(home, catalog, f"{month}.xlsx", events(10, ("城关镇", month)))
    load_bytes(home, catalog, "二.xlsx", events(75), correction="票据后到")
    asked = "select township_code, strftime(period, '%Y-%m') from {} where indicator = 'cult_join' and revised order by all"
    assert open_reader(home).rows(asked.format("indicator_value")) == [(COUNTY, "2026-03"), (TOWN, "2026-03")]
    months = [f"2026-{n:02d}" for n in range(3, 13)]
    assert open_reader(home).rows(asked.format("indicator_year")) == [(place, month) for place in (COUNTY, TOWN) for month in months]
    asked = "select count(*) from {} where revised and indicator <> 'cult_join'"
    assert [open_reader(home).rows(asked.format(t))[0][0] for t in ("indicator_value", "indicator_year")] == [0, 0]
    columns = [open_reader(home).rows(f"describe {t}")[-1][:2] for t in ("indicator_value", "indicator_year")]
    assert columns == [("revised", "BOOLEAN")] * 2


def test_a_correction_of_a_stock_leaves_the_months_after_it_alone(home, catalog):
    bring(home, catalog, "approved")
    head = ["单位名称", "单位类型", "职工人数", "是否建会", "工会名称", "会员人数"]
    april = {"单位与工会名册": [head, ["西关社区", "村(社区)", 40, "是", "西关社区工会", 30]]}
    load_bytes(home, catalog, "四月.xlsx", workbook(april, cover=("城关镇", "2026-04")))
    march = {"单位与工会名册": [head, ["西关社区", "村(社区)", 40, "是", "西关社区工会", 32]]}
    load_bytes(home, catalog, "三月.xlsx", workbook(march), correction="漏了两人")
    found = open_reader(home).rows("select period from indicator_year where indicator = 'mem_member_total' and revised and township_code = $t", {"t": TOWN})
    assert found == [(MARCH,)]
    rate = open_reader(home).rows("select old_value, new_value, old_numerator::int, new_numerator::int, new_denominator::int from revision where indicator = 'mem_rate_units'")
    assert rate == [(Decimal("0.75"), Decimal("0.8"), 30, 32, 40)]


def _busy(home, catalog) -> None:
    """A home with every kind of act and two corrections."""
    bring(home, catalog, "locked")
    review.return_submission(home, catalog, "000001", "不对", [], "王干事")
    review.remind(home, catalog, ["420324102"], MARCH, "王干事")
    load_bytes(home, catalog, "二.xlsx", events(75), correction="票据后到", by_county=True)
    review.approve(home, catalog, [newest(home)], "李干事")
    load_bytes(home, catalog, "三.xlsx", events(76), correction="又到一张")


def test_rebuild_and_roll_back_keep_decisions_and_corrections(home, catalog):
    _busy(home, catalog)
    before, middle = _content(home), read_current(home)
    assert "又到一张" in before
    rebuild(home)
    assert _content(home) == before
    roll_back(home, "000003")  # approved, not yet locked
    rolled = _content(home)
    rebuild(home)  # at once: no writer has looked at the records since
    assert _content(home) == rolled and state(home, "state, corrected") == ("approved", False)
    assert refused(load_bytes(home, catalog, "四.xlsx", events(99))) == "approved"
    after = _content(home)
    rebuild(home)
    assert _content(home) == after
    roll_back(home, middle)
    assert _content(home) == before
    rebuild(home)
    assert _content(home) == before


def test_a_rebuild_ends_under_the_catalogue_of_what_came_last(home, catalog):
    from pipelines.catalog.load import load_catalog_from_text, read_catalog_text

    bring(home, catalog, "submitted")
    texts = read_catalog_text() | {"calendar.toml": "deadline_day = 9\n"}
    home.overlay.mkdir()
    (home.overlay / "calendar.toml").write_text(texts["calendar.toml"], "utf-8")
    review.approve(home, load_catalog_from_text(texts), ["000002"], "王干事")
    before = _content(home)
    assert state(home, "due") == date(2026, 4, 9)
    rebuild(home)
    assert _content(home) == before
