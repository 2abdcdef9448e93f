"""Parts of a page that are drawn once: who sees the same of the same release is sent the messages that were made then.

    @drawn
    def _body(selection: Selection) -> None:
        ...

Drawing costs many times what reading the kept figures does, and most visitors look at the same newest month. Streamlit keeps the messages
(`cache_resource`) and sends them again; a part may therefore hold no widget, and depend on nothing but what `_key` says.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from functools import wraps

import streamlit as st

from dashboard.access import visitor
from dashboard.ahead import Call, note, noting
from dashboard.asof import pinned
from dashboard.cached import find_catalog, find_reader, scope_of
from dashboard.components.chart import is_dark
from dashboard.place import is_looking, seen_place
from dashboard.selection import Selection
from pipelines.home import find_home
from pipelines.scoring.journal import count_acts

MANY = 256  # parts that are kept, about 0.1 MB each
Part = Callable[..., None]


def _key(part: Part, selection: Selection, arguments: tuple[Hashable, ...]) -> str:
    """Everything that a drawing may depend on: who sees (whatever the name), what of, as of when, and in which colours."""
    person = replace(visitor(), account="", name="")
    data = (find_home(), find_reader().release, pinned(), find_catalog().sha256, count_acts(find_home()), date.today())
    return repr((part.__module__, part.__qualname__, selection, arguments, person, scope_of(visitor()), seen_place(), is_looking(), is_dark(), data))


class _PublishedMeanwhile(Exception):
    """What was drawn may be of two releases: it stands on the page, and is not kept."""

    def __init__(self, notes: dict[Call, Selection]) -> None:
        super().__init__()
        self.notes = notes


@st.cache_resource(max_entries=MANY, show_spinner=False)
def _draw(key: str, _part: Part, _selection: Selection, _arguments: tuple[Hashable, ...]) -> dict[Call, Selection]:
    """Draws, and gives what was read on the way (`ahead.py`)."""
    with noting() as notes:
        _part(_selection, *_arguments)
    if _key(_part, _selection, _arguments) != key:
        raise _PublishedMeanwhile(notes)
    return notes


def forget_drawn() -> None:
    """As if nobody had seen anything yet; for tests and benchmarks."""
    _draw.clear()


def drawn(part: Part) -> Part:
    """Has a part be drawn once for everybody who sees the same; a fault is told anew each time."""

    @wraps(part)
    def show(selection: Selection, *arguments: Hashable) -> None:
        try:
            notes = _draw(_key(part, selection, arguments), part, selection, arguments)
        except _PublishedMeanwhile as published:
            notes = published.notes
        for (function, told, named, _), chosen in notes.items():
            note(chosen, function, *told, **dict(named))

    return show
