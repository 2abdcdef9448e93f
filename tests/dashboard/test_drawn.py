"""A part of a page is drawn once for everybody who sees the same, and anew for whoever sees anything else."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.ahead import noting
from dashboard.components import drawn as drawing
from dashboard.components.drawn import forget_drawn
from dashboard.selection import Selection
from pipelines.access.model import VISITOR, Person
from pipelines.faults import UserError
from tests.app_test import AppTest

VIEWS = ("overview", "coverage", "relief", "competition", "safety", "rights", "services", "township")
LEADER = Person("wang", "王", "leader")
CHOSEN = Selection(date(2026, 10, 1), None, None, "month", "420324", "竹溪县")
VIEW = """
import streamlit as st
from dashboard.ahead import noting
from dashboard.cached import PAGE
from dashboard.views import {path}
with PAGE, noting() as notes:
    {path}.show()
st.session_state["notes"] = notes
"""


def open_view(path: str, place: str | None = None) -> AppTest:
    """A visitor who just came."""
    app = AppTest.from_string(VIEW.format(path=path), default_timeout=60)
    if place:
        app.query_params["township"] = place
    return app.run()


def messages(app: AppTest) -> list[tuple]:
    """Everything on the page in its order, without what a test tool adds."""
    return [(type(node).__name__, getattr(node, "proto", None) and node.proto.SerializeToString(deterministic=True)) for node in app.main]


@pytest.fixture
def count(monkeypatch):
    """What a part was drawn with, each time that it was, and the part."""
    forget_drawn()
    found = []

    def part(selection: Selection, word: str = "") -> None:
        found.append(word)

    part.__qualname__ = "test_drawn.part"
    return found, drawing.drawn(part)


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize("place", [None, "水坪镇"])
def test_a_page_that_was_drawn_before_is_the_same_page(demo_home, path, place):
    forget_drawn()
    first, again = (open_view(path, place) for _ in range(2))
    assert not again.exception and len(messages(again)) > 5 and again.session_state["notes"]
    assert messages(again) == messages(first) and again.session_state["notes"] == first.session_state["notes"]


def test_the_second_visit_draws_nothing(demo_home, monkeypatch):
    forget_drawn()
    calls = []
    monkeypatch.setattr("dashboard.views.relief.show_finding", lambda text: calls.append(text))
    for _ in range(3):
        open_view("relief")
    assert len(calls) == 1


def test_whatever_is_seen_otherwise_is_drawn_anew(demo_home, monkeypatch, count):
    found, show = count
    show(CHOSEN, "a")
    show(CHOSEN, "a")
    assert found == ["a"]
    show(CHOSEN, "b")
    show(Selection(date(2026, 9, 1), None, None, "month", "420324", "竹溪县"), "a")
    assert found == ["a", "b", "a"]
    changes = {"visitor": lambda: LEADER, "pinned": lambda: "000001", "seen_place": lambda: "420324", "is_looking": lambda: True, "is_dark": lambda: True, "count_acts": lambda home: 99}
    for n, (name, told) in enumerate(changes.items()):
        with monkeypatch.context() as patch:
            patch.setattr(drawing, name, told)
            if name == "pinned":
                patch.setattr(drawing, "find_reader", lambda: type("Reader", (), {"release": "000001"}))
            show(CHOSEN, "a")
        assert len(found) == 4 + n, name
    show(CHOSEN, "a")
    assert len(found) == 3 + len(changes)


def test_two_leaders_share_a_drawing_and_a_township_clerk_has_the_own_one(demo_home, monkeypatch, count):
    found, show = count
    people = [LEADER, Person("li", "李", "leader"), Person("a", "甲", "township_clerk", "420324103"), Person("b", "乙", "township_clerk", "420324102"), VISITOR]
    for person in people:
        monkeypatch.setattr(drawing, "visitor", lambda person=person: person)
        show(CHOSEN)
    assert len(found) == 4


def test_a_fault_is_told_every_time(demo_home):
    def part(selection: Selection) -> None:
        raise UserError("没有评分办法。", "请先写好。")

    show = drawing.drawn(part)
    for _ in range(2):
        with pytest.raises(UserError), noting():
            show(CHOSEN)


def test_what_is_published_while_it_is_drawn_is_not_kept(demo_home, monkeypatch):
    forget_drawn()
    found, release = [], ["000001"]
    monkeypatch.setattr(drawing, "find_reader", lambda: type("Reader", (), {"release": release[-1]}))

    def part(selection: Selection) -> None:
        found.append(release[-1])
        release.append("000002")

    drawing.drawn(part)(CHOSEN)
    release[:] = ["000001"]
    drawing.drawn(part)(CHOSEN)
    assert len(found) == 2
