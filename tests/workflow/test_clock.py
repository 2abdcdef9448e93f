"""A clock that is set back a year or forward a day: numbers decide what came first, sessions and lock-outs stay sane, and no newest backup goes."""

from __future__ import annotations

import os
import sys
import time
from datetime import date as real_date
from datetime import datetime as real_datetime
from datetime import timedelta

import pytest

import dashboard.server  # noqa: F401  every module that looks at the clock
from pipelines.access.accounts import add_account, check_password, find_account
from pipelines.access.sessions import find_session, start_session, token_key
from pipelines.audit.log import read_records, verify_chain
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import list_releases, read_current
from pipelines.workflow import review
from pipelines.workflow.backup import check_backup
from pipelines.workflow.daily import back_up_today, backup_state, list_backups
from pipelines.workflow.drafts import MOST, find_draft, list_drafts, save_draft
from tests.intake.test_load import _content
from tests.warehouse.storm import PLACES, find_torn, make_upload

REAL = time.time  # the system's own, whatever is put in its place
YEAR, DAY = timedelta(days=365), timedelta(days=1)


class Clock:
    """The machine's clock as the product sees it, ahead of the real one by `ahead`."""

    ahead = timedelta()

    def now(self, zone=None):
        """As `datetime.now`."""
        return real_datetime.now(zone) + self.ahead

    def time(self) -> float:
        """As `time.time`."""
        return REAL() + self.ahead.total_seconds()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The clock in the place of the system's, in every module of the product."""
    found = Clock()

    class Moment(real_datetime):
        now = staticmethod(found.now)
        __new__ = staticmethod(lambda cls, *a, **k: real_datetime(*a, **k))
        fromisoformat, fromtimestamp, combine, strptime = (staticmethod(getattr(real_datetime, n)) for n in ("fromisoformat", "fromtimestamp", "combine", "strptime"))

    class Day(real_date):
        today = staticmethod(lambda: found.now().date())
        __new__ = staticmethod(lambda cls, *a, **k: real_date(*a, **k))
        fromisoformat = staticmethod(real_date.fromisoformat)

    for name in [n for n in sys.modules if n.startswith(("pipelines.", "dashboard."))]:
        for attribute, ours in (("datetime", Moment), ("date", Day)):
            if getattr(sys.modules[name], attribute, None) in (real_datetime, real_date):
                monkeypatch.setattr(sys.modules[name], attribute, ours)
    monkeypatch.setattr("time.time", found.time)
    return found


def test_versions_and_releases_keep_their_order(home, catalog, clock):
    for number, ahead in enumerate((timedelta(), -YEAR, DAY, -DAY, 10 * YEAR, -10 * YEAR), 1):
        clock.ahead = ahead
        report = load_bytes(home, catalog, f"{number}.xlsx", make_upload(number, PLACES[1]))
        assert (report.status, report.submission_id, read_current(home)) == ("loaded", f"{number:06d}", f"{number:06d}")
        reader = open_reader(home)
        assert reader.rows("select distinct submission_id from relief") == [(f"{number:06d}",)] and find_torn(reader) == []
        shown, first = reader.rows("select received_at, submission_id from submission_status where submission_id is not null")[0]
        assert abs(shown - clock.now()) < timedelta(minutes=5) and first == f"{number:06d}"
    assert [r.id for r in list_releases(home) if r.current] == ["000006"] == [list_releases(home)[-1].id]
    clock.ahead = -2 * YEAR
    review.return_submission(home, catalog, "000006", "人次不对", [], "王干事")
    clock.ahead = -3 * YEAR
    review.approve(home, catalog, ["000006"], "王干事")
    assert open_reader(home).rows("select state from submission_status where submission_id is not null") == [("approved",)]
    assert [r.sequence for r in read_records(home)] == list(range(1, 9)) and not verify_chain(home).fault
    now = _content(home)
    clock.ahead = 3 * YEAR
    rebuild(home)
    assert _content(home) == now


def test_whether_a_month_was_on_time_is_what_its_first_version_says(home, catalog, clock):
    clock.ahead = real_datetime(2026, 3, 2, 9) - real_datetime.now()
    load_bytes(home, catalog, "一.xlsx", make_upload(1, PLACES[0]))
    status = "select on_time from submission_status where submission_id is not null"
    on_time = open_reader(home).rows(status)
    clock.ahead = real_datetime(2027, 6, 1, 9) - real_datetime.now()
    load_bytes(home, catalog, "二.xlsx", make_upload(2, PLACES[0]))
    assert open_reader(home).rows(status) == on_time == [(True,)]
    load_bytes(home, catalog, "三.xlsx", make_upload(3, PLACES[2]))
    assert open_reader(home).rows(f"{status} and submission_id = '000003'") == [(False,)]
    clock.ahead = real_datetime(2020, 1, 1, 9) - real_datetime.now()
    load_bytes(home, catalog, "四.xlsx", make_upload(4, PLACES[2]))
    assert open_reader(home).rows(f"{status} and submission_id = '000004'") == [(False,)], "a clock set back does not make a late month punctual"


def test_a_session_ends_when_the_clock_jumps_and_a_new_one_holds(home, clock):
    add_account(home, "liu", "leader", password="first-pass-77", by="测试")
    person = find_account(home, "liu").person
    key = token_key(start_session(home, person, "password", "127.0.0.1"))
    assert find_session(home, key)
    clock.ahead = -timedelta(seconds=200)
    assert find_session(home, key), "a clock that is set right by minutes signs nobody out"
    for ahead in (-YEAR, DAY):
        clock.ahead = ahead
        assert find_session(home, key) is None
        fresh = token_key(start_session(home, person, "password", "127.0.0.1"))
        assert find_session(home, fresh)
        clock.ahead += timedelta(hours=9)
        assert find_session(home, fresh) is None, "no session holds longer than its eight hours"


def test_a_lock_out_ends_after_a_quarter_of_an_hour_whatever_the_clock_did(home, clock):
    add_account(home, "liu", "leader", password="first-pass-77", by="测试")
    clock.ahead = YEAR
    for _ in range(5):
        with pytest.raises(UserError):
            check_password(home, "liu", "wrong", "127.0.0.1")
    with pytest.raises(UserError, match="太多次"):
        check_password(home, "liu", "first-pass-77", "127.0.0.1")
    clock.ahead = timedelta()  # set right again
    assert check_password(home, "liu", "first-pass-77", "127.0.0.1").person.account == "liu"


def test_the_file_that_was_just_dropped_is_never_the_draft_that_goes(home, catalog, clock):
    for number in range(MOST + 3):
        clock.ahead = -number * DAY
        content = f"指标,数\n{number}".encode()
        saved = save_draft(home, "longba", (None, None), content, check_bytes(home, catalog, f"{number}.csv", content))
        assert find_draft(home, saved.id, "longba").file == f"{number}.csv"
    assert len(list_drafts(home, "longba")) == MOST


def test_backups_go_on_and_the_newest_is_never_thrown_away(home, catalog, clock):
    load_bytes(home, catalog, "一.xlsx", make_upload(1, PLACES[0]))
    noon = real_datetime.now().replace(hour=12)
    for ahead in (timedelta(), DAY, 9 * YEAR, -YEAR, 2 * DAY, 3 * DAY):
        clock.ahead = ahead
        load_bytes(home, catalog, "又.xlsx", make_upload(int(ahead.days) + 9000, PLACES[0]))
        made = back_up_today(home, noon + ahead)
        assert made in list_backups(home) and check_backup(made)["release"] == read_current(home), "the one just made holds what is in force, and stays"
    assert len(list_backups(home)) >= 5


def test_a_backup_of_a_clock_that_was_ahead_does_not_hide_that_none_is_made(home, catalog, clock):
    load_bytes(home, catalog, "一.xlsx", make_upload(1, PLACES[0]))
    old, future = back_up_today(home, clock.now().replace(hour=12)), back_up_today(home, (clock.now() + 9 * YEAR).replace(hour=12))
    os.utime(old, (clock.time() - 3 * 86_400,) * 2)
    os.utime(future, (clock.time() + 9 * 365 * 86_400,) * 2)
    state = backup_state(Home(home.path))
    assert state.newest == old and "超过一天半" in state.fault
