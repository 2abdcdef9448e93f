"""The review: every act in every state, what it needs, and that it holds for the newest upload only."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from pipelines.audit.log import read_records, verify_chain
from pipelines.faults import UserError
from pipelines.intake.load import load_bytes, load_files
from pipelines.warehouse.decision import ALLOWED, STATES, Cell
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.scope import Scope
from pipelines.workflow import review
from pipelines.workflow.reminders import read_reminders
from tests.intake.build import GOOD, save, workbook
from tests.workflow.conftest import MARCH, OTHER, TOWN, bring, events, newest, state

RESULTS = {  # state -> action -> the state afterwards; what is not here is refused
    "missing": {"remind": "missing"},
    "submitted": {"return": "returned", "approve": "approved"},
    "resubmitted": {"return": "returned", "approve": "approved"},
    "returned": {"return": "returned", "approve": "approved", "remind": "returned"},
    "approved": {"return": "returned", "lock": "locked"},
    "locked": {"unlock": "approved"},
}


def act(home, catalog, action: str) -> str:
    """Does the act on 城关镇's March."""
    if action == "return":
        return review.return_submission(home, catalog, newest(home) or "000009", "数对不上", [], "李干事")
    if action == "approve":
        return review.approve(home, catalog, [newest(home) or "000009"], "李干事")
    if action == "unlock":
        return review.unlock(home, catalog, [TOWN], MARCH, "补充资料", "李干事")
    return {"lock": review.lock, "remind": review.remind}[action](home, catalog, [TOWN], MARCH, "李干事")


@pytest.mark.parametrize("before", STATES)
def test_every_act_in_every_state(home, catalog, before):
    bring(home, catalog, before)
    assert state(home) == before
    release = read_current(home)
    for action in ALLOWED:
        if action not in RESULTS[before]:
            with pytest.raises(UserError) as refused:
                act(home, catalog, action)
            assert refused.value.remedy and state(home) == before
    assert read_current(home) == release, "a refused act publishes nothing"


@pytest.mark.parametrize(("before", "action"), [(b, a) for b, acts in RESULTS.items() for a in acts])
def test_what_an_act_makes_of_a_state(home, catalog, before, action):
    bring(home, catalog, before)
    assert act(home, catalog, action) == read_current(home)
    assert state(home) == RESULTS[before][action]
    event = list(read_records(home))[-1].event
    assert (event.action, event.actor, event.township_code, event.period) == (action, "李干事", TOWN, MARCH) and not verify_chain(home).fault


def test_a_round_of_returns_is_counted_and_told(reported, catalog):
    cells = [Cell("帮扶救助台账", "h2", "应为 600"), Cell("乡镇月报", "D2")]
    review.return_submission(reported, catalog, "2", " 金额与票据不符 ", cells, "王干事")
    assert state(reported, "state, times_returned, return_reason, decided_by") == ("returned", 1, "金额与票据不符", "王干事")
    assert open_reader(reported).rows("select sheet, cell, note from decision_cell") == [("帮扶救助台账", "H2", "应为 600"), ("乡镇月报", "D2", "")]
    load_bytes(reported, catalog, "二.xlsx", events(75))
    assert state(reported, "state, resubmissions, times_returned, decided_by") == ("resubmitted", 1, 1, None)
    load_bytes(reported, catalog, "三.xlsx", events(76))
    assert state(reported, "state, resubmissions, versions") == ("resubmitted", 1, 3), "nobody asked for the third"
    review.return_submission(reported, catalog, "4", "还是不对", [], "王干事")
    load_bytes(reported, catalog, "四.xlsx", events(77))
    assert state(reported, "state, resubmissions, times_returned, return_reason") == ("resubmitted", 2, 2, "还是不对")


def test_a_decision_holds_for_the_newest_upload_only(reported, catalog):
    load_bytes(reported, catalog, "二.xlsx", events(75))
    with pytest.raises(UserError, match="000003") as refused:
        review.approve(reported, catalog, ["000002"], "王干事")
    assert "更新" in refused.value.message and state(reported) == "submitted"
    with pytest.raises(UserError, match="000077"):
        review.approve(reported, catalog, ["77"], "王干事")


def test_many_are_approved_in_one_release_or_none(reported, catalog):
    before = read_current(reported)
    with pytest.raises(UserError):
        review.approve(reported, catalog, ["000001", "000099"], "王干事")
    assert state(reported, code=OTHER) == "submitted" and not list(reported.decisions.glob("*"))
    release = review.approve(reported, catalog, ["000001", "000002", "2"], "王干事")
    assert int(release) == int(before) + 1 and state(reported) == state(reported, code=OTHER) == "approved"
    with pytest.raises(UserError, match="锁定|蒋家堰镇"):
        review.unlock(reported, catalog, [TOWN, OTHER], MARCH, "错了", "王干事")


@pytest.mark.parametrize(("cell", "said"), [(Cell("没有的表", "A1"), "工作表"), (Cell("乡镇月报", "7C"), "单元格"), (Cell("乡镇月报", "XFE1"), "单元格"), (Cell("乡镇月报", "A0"), "单元格"), (Cell("帮扶救助台账", "H9999"), "没有单元格“H9999”"), (Cell("帮扶救助台账", "ZZ2"), "没有单元格“ZZ2”")])
def test_cells_are_those_of_the_original(reported, catalog, cell, said):
    with pytest.raises(UserError, match=said):
        review.return_submission(reported, catalog, "000002", "不对", [cell], "王干事")
    assert state(reported) == "submitted"


def test_cells_of_a_file_that_is_not_there_stop_the_return(reported, catalog):
    with pytest.raises(UserError, match="000077"):
        review.return_submission(reported, catalog, "77", "不对", [Cell("乡镇月报", "D2")], "王干事")
    for path in reported.originals.rglob("*.xlsx"):
        path.rename(path.with_name(f"lost-{path.name}"))
    with pytest.raises(UserError, match="读不出来"):
        review.return_submission(reported, catalog, "2", "不对", [Cell("乡镇月报", "D2")], "王干事")
    assert state(reported) == "submitted"
    review.return_submission(reported, catalog, "2", "乡镇月报 D2 不对", [], "王干事")
    assert state(reported) == "returned"


@pytest.mark.parametrize("reason", ["", "  \n", "长" * 501])
def test_a_return_and_an_unlocking_need_a_reason(reported, catalog, reason):
    with pytest.raises(UserError, match="原因"):
        review.return_submission(reported, catalog, "000002", reason, [], "王干事")
    with pytest.raises(UserError, match="原因"):
        review.unlock(reported, catalog, [TOWN], MARCH, reason, "王干事")


def test_nothing_chosen_nobody_known_and_nothing_loaded_are_told(home, catalog):
    for wrong in (lambda: review.approve(home, catalog, [], "王"), lambda: review.lock(home, catalog, [], MARCH, "王"), lambda: review.remind(home, catalog, [TOWN], MARCH, "王")):
        with pytest.raises(UserError):
            wrong()
    assert read_current(home) is None
    load_bytes(home, catalog, "一.xlsx", workbook())
    with pytest.raises(UserError, match="420000000"):
        review.remind(home, catalog, ["420000000"], MARCH, "王")


def test_reminders_are_counted_and_need_no_report(home, catalog):
    bring(home, catalog, "missing")
    for _ in range(2):
        review.remind(home, catalog, [TOWN], MARCH, "王干事")
    count, last = state(home, "reminders, reminded_at")
    assert count == 2 and isinstance(last, datetime)
    load_bytes(home, catalog, "一.xlsx", workbook())
    assert state(home, "state, reminders") == ("submitted", 2)


def test_nil_supplementary_and_explained_are_told_beside_the_state(home, catalog):
    load_bytes(home, catalog, "一.xlsx", workbook({"安全生产台账": [GOOD["安全生产台账"][0], ["零报告"]]}))
    assert state(home, "nil_return, supplementary, status") == (True, True, "late"), "loaded today, long after the next month's deadline"
    assert state(home, "nil_return, supplementary, open_warnings", OTHER) == (False, False, 0)
    load_bytes(home, catalog, "二.xlsx", workbook(), explanations={"*": "已核对"})
    everything, explained = state(home, "open_warnings, explained_warnings")
    rows = open_reader(home).rows("select count(*), count(explanation) from problem where township_code = $t", {"t": TOWN})
    assert [(everything, explained)] == rows and not state(home, "nil_return")


def test_a_clock_that_goes_backwards_changes_no_order(reported, catalog, monkeypatch):
    class Yesterday(datetime):
        @classmethod
        def now(cls):
            return datetime(2020, 1, 1)

    review.return_submission(reported, catalog, "000002", "不对", [], "王干事")
    monkeypatch.setattr(review, "datetime", Yesterday)
    review.approve(reported, catalog, ["000002"], "王干事")
    assert state(reported, "state, decided_at") == ("approved", datetime(2020, 1, 1))
    review.return_submission(reported, catalog, "000002", "再看看", [], "王干事")
    assert state(reported, "state, return_reason, times_returned") == ("returned", "再看看", 1)


def test_the_record_says_who_did_what_when_and_why(reported, catalog):
    review.return_submission(reported, catalog, "000002", "不对", [Cell("乡镇月报", "D2", "多写一个零")], "王干事")
    record = json.loads((reported.decisions / "000001.json").read_text("utf-8"))
    told = ("sequence", "action", "township_code", "period", "submission_id", "reason", "cells", "by", "outcome")
    assert [record[k] for k in told] == [1, "return", TOWN, "2026-03", "000002", "不对", [{"sheet": "乡镇月报", "cell": "D2", "note": "多写一个零"}], "王干事", "made"]


def test_a_clerk_sees_what_was_decided_on_the_own_months_only(reported, catalog):
    for number, note in (("000001", "别人的"), ("000002", "自己的")):
        review.return_submission(reported, catalog, number, f"{note}原因", [Cell("乡镇月报", "D2", note)], "王干事")
    own = open_reader(reported, scope=Scope(TOWN))
    assert own.rows("select note from decision_cell") == [("自己的",)] and own.rows("select reason from decision") == [("自己的原因",)]
    assert own.rows("select township_code, return_reason from month_state") == [(TOWN, "自己的原因")]
    reminders = read_reminders(own, catalog, MARCH, township_codes=(TOWN,)).each
    assert [r.township_code for r in reminders] == [TOWN] and "自己的原因" in reminders[0].text


@pytest.mark.parametrize(("received", "wanted"), [
    (datetime(2026, 4, 7, 23, 59), ("on_time", False)), (datetime(2026, 4, 8), ("late", False)),
    (datetime(2026, 5, 6, 23, 59), ("late", False)), (datetime(2026, 5, 7), ("late", True)),
])  # fmt: skip
def test_late_and_supplementary_follow_deadlines_that_holidays_moved(home, catalog, tmp_path, received, wanted):
    load_files(home, catalog, [save(tmp_path, "三月.xlsx", events(60))], received_at=lambda path: received)
    assert state(home, "status, supplementary") == wanted
    load_files(home, catalog, [save(tmp_path, "又.xlsx", events(61))], received_at=lambda path: datetime(2026, 8, 1))
    assert state(home, "status, supplementary") == wanted, "the first report counts"
