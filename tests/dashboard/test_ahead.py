"""What a page reads of a month is read ahead for the months around it, as the visitor sees it, and again after a publishing; it stops for whoever is waiting."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date

import pytest

from dashboard import ahead, cached
from dashboard.access import visitor
from dashboard.ahead import Job, keep_reading_ahead, note, noting, order_ahead, read_ahead
from dashboard.asof import pinned
from dashboard.place import seen_place
from dashboard.selection import Selection
from dashboard.shell import PAGES
from dashboard.stopping import running
from dashboard.viewpoint import Viewpoint
from pipelines.access.model import VISITOR, Person
from pipelines.catalog.period import name_period
from pipelines.faults import UserError
from pipelines.warehouse.releases import read_current
from tests.app_test import AppTest

MONTHS = [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)]
KEPT = ("_frame", "_figures", "_month", "_histories", "_board", "lifts_of", "_kept")
CLERK = Person("clerk", "经办人", "township_clerk", "420324103")
VIEW = """
import streamlit as st
from dashboard.ahead import noting
from dashboard.cached import PAGE
from dashboard.views import {path}
with PAGE, noting() as notes:
    {path}.show()
st.session_state["notes"] = notes
"""


def chosen(month: date = MONTHS[0]) -> Selection:
    return Selection(month, None, None, "month", "420324", "竹溪县")


def _misses() -> dict[str, int]:
    return {name: getattr(cached, name).cache_info().misses for name in KEPT}


def _forget() -> None:
    for name in KEPT:
        getattr(cached, name).cache_clear()


@pytest.fixture(autouse=True)
def nothing_ordered():
    """Each test begins with nothing to read."""
    ahead._tabs.clear()
    ahead._jobs.clear()


@pytest.fixture
def worker():
    """The server's thread."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_reading_ahead, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def _wait(condition) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("path", [path for group in PAGES.values() for path, _, _ in group])
def test_another_month_of_a_view_then_asks_the_warehouse_nothing(demo_home, path):
    _forget()
    app = AppTest.from_string(VIEW.format(path=path), default_timeout=60).run()
    notes = app.session_state["notes"]
    read_ahead(Job(Viewpoint(VISITOR, None, None), notes, tuple(MONTHS)))
    before = _misses()
    for month in MONTHS[1:]:
        app.query_params["period"] = name_period(month)
        app.run()
        assert not app.exception
    assert _misses() == before
    if path == "overview":
        assert len(notes) > 15


def test_without_it_a_month_is_asked_for(demo_home):
    """The test above can fail."""
    _forget()
    app = AppTest.from_string(VIEW.format(path="overview"), default_timeout=60).run()
    before = _misses()
    app.query_params["period"] = name_period(MONTHS[1])
    app.run()
    assert _misses()["_frame"] > before["_frame"]


def test_what_a_page_asks_of_several_readings_is_read_ahead_of_each():
    seen = []

    def look(selection: Selection, indicator: str) -> None:
        seen.append((selection.reading, selection.period))

    with noting() as notes:
        for reading in ("year", "month"):
            note(replace(chosen(), reading=reading), look, "relief_fund_in")
    read_ahead(Job(Viewpoint(VISITOR, None, None), notes, (MONTHS[1],)))
    assert sorted(seen) == [("month", MONTHS[1]), ("year", MONTHS[1])]


def test_it_sees_what_the_visitor_saw():
    seen = []

    def look(selection: Selection) -> None:
        seen.append((visitor(), seen_place(), pinned(), selection.period))

    read_ahead(Job(Viewpoint(CLERK, "420324", "R2"), {(look, (), (), "month"): chosen()}, tuple(MONTHS[:2])))
    assert seen == [(CLERK, "420324", "R2", month) for month in MONTHS[:2]]
    assert pinned() is None and seen_place() is None


def test_a_clerk_has_only_the_own_township_read_ahead(demo_home):
    _forget()
    found = []

    def look(selection: Selection) -> None:
        found.append(set(cached.figures_of_month(selection, "org_union_rate").township_code))

    read_ahead(Job(Viewpoint(CLERK, None, None), {(look, (), (), "month"): chosen()}, (MONTHS[0],)))
    assert found == [{CLERK.township_code}]


def test_what_was_noted_twice_is_called_once_and_outside_of_a_page_nothing_is_noted():
    note(chosen(), print, "x")
    with noting() as notes:
        note(chosen(), print, "x", end="")
        note(chosen(), print, "x", end="")
        note(chosen(), print, "y")
    assert [(f, a, dict(n)) for f, a, n, _ in notes] == [(print, ("x",), {"end": ""}), (print, ("y",), {})]


def test_the_nearest_months_come_first_and_a_slow_one_is_not_asked_for_more(monkeypatch):
    monkeypatch.setattr(ahead, "SLOW", 0.05)
    quick, slow = [], []

    def look(selection: Selection) -> None:
        quick.append(selection.period)

    def ponder(selection: Selection) -> None:
        slow.append(selection.period)
        time.sleep(0.06)

    order_ahead("tab", Viewpoint(VISITOR, None, None), {(f, (), (), "month"): chosen(MONTHS[1]) for f in (look, ponder)}, MONTHS)
    read_ahead(ahead._jobs.pop("tab"))
    assert quick[0] == MONTHS[1] and set(quick) == set(MONTHS)
    assert slow == [MONTHS[1]]


def test_a_month_that_cannot_be_read_stops_nothing():
    seen = []

    def refuse(selection: Selection) -> None:
        raise UserError("没有评分办法。", "请先写好。")

    def look(selection: Selection) -> None:
        seen.append(selection.period)

    read_ahead(Job(Viewpoint(VISITOR, None, None), {(f, (), (), "month"): chosen() for f in (refuse, look)}, tuple(MONTHS)))
    assert seen == MONTHS


def test_it_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("UNION_BOARD_AHEAD", "off")
    order_ahead("tab", Viewpoint(VISITOR, None, None), {(print, (), (), "month"): chosen()}, MONTHS)
    assert not ahead._jobs and not ahead._tabs


def test_it_waits_for_pages_and_a_later_order_of_the_tab_takes_the_place_of_an_earlier(worker):
    seen = []

    def look(selection: Selection, which: str) -> None:
        seen.append(which)

    with running():
        order_ahead("tab", Viewpoint(VISITOR, None, None), {(look, ("first",), (), "month"): chosen()}, MONTHS)
        time.sleep(ahead.REST + 0.2)
        assert not seen
        order_ahead("tab", Viewpoint(VISITOR, None, None), {(look, ("second",), (), "month"): chosen()}, MONTHS)
    _wait(lambda: not ahead._jobs)
    assert seen == ["second"] * len(MONTHS)


def test_after_a_publishing_open_tabs_are_read_again(demo_home, monkeypatch, worker):
    monkeypatch.setattr(ahead, "LOOK", 0.05)
    released, seen = ["R1"], []
    monkeypatch.setattr(ahead, "read_current", lambda home: released[-1])

    def look(selection: Selection, which: str) -> None:
        seen.append((released[-1], which))

    order_ahead("old", Viewpoint(VISITOR, None, "R0"), {(look, ("pinned",), (), "month"): chosen()}, MONTHS[:1])
    order_ahead("new", Viewpoint(VISITOR, None, None), {(look, ("newest",), (), "month"): chosen()}, MONTHS[:1])
    _wait(lambda: len(seen) >= 2 and not ahead._jobs)
    time.sleep(0.3)
    seen.clear()
    released.append("R2")
    _wait(lambda: seen)
    time.sleep(0.3)
    assert seen == [("R2", "newest")]


def test_the_release_is_that_of_the_home(demo_home):
    assert ahead.read_current(demo_home) == read_current(demo_home) is not None
