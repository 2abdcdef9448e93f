"""Reads ahead what a visitor will probably ask for next: the page that is open, in the months around the chosen one, and all that again after a publishing.
Done while no page runs.

What a page reads of a month goes through functions that `note` themselves; they keep what they give (`cached.py`), so calling them again for another
month is all there is to do. Nothing is read ahead where the reading of one month took long, as it may in a province.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from dashboard.logs import LOGGER
from dashboard.stopping import is_running
from dashboard.viewpoint import Viewpoint, seen_from
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.warehouse.releases import read_current

if TYPE_CHECKING:
    from dashboard.selection import Selection

MONTHS = 12  # around the chosen one, the nearest first
SLOW = 0.5  # seconds that a call may take and still be made for other months
REST = 0.2  # seconds after a page, in which the visitor's browser may ask for more
LOOK = 2  # seconds after which it is seen that something was published
OPEN = 1800  # seconds without a run after which nobody may sit before a tab any more
Call = tuple[Callable, tuple, tuple, str]  # function, arguments after the selection, named arguments, and the reading, of which a page may ask for several

_notes: ContextVar[dict[Call, Selection] | None] = ContextVar("notes", default=None)
_jobs: dict[Hashable, Job] = {}  # by tab: what is still to be read
_tabs: dict[Hashable, Job] = {}  # what was ordered last, the latest order last
_changed = threading.Condition()


@dataclass(frozen=True, slots=True)
class Job:
    """What one page read, by whom, the months to read it for, and when it was ordered, on the clock of `time.monotonic`."""

    viewpoint: Viewpoint
    calls: dict[Call, Selection]
    months: tuple[date, ...]
    at: float = 0.0


def is_enabled() -> bool:
    """Unless UNION_BOARD_AHEAD is `off`, as on a machine that has no time to spare."""
    return os.environ.get("UNION_BOARD_AHEAD", "on") != "off"


def note(selection: Selection, function: Callable, *arguments: Hashable, **named: Hashable) -> None:
    """Says that the page that is running called `function(selection, ...)`, which keeps what it gives."""
    if (notes := _notes.get()) is not None:
        notes.setdefault((function, arguments, tuple(named.items()), selection.reading), selection)


@contextmanager
def noting() -> Iterator[dict[Call, Selection]]:
    """Collects what is noted inside."""
    token = _notes.set({})
    try:
        yield _notes.get()
    finally:
        _notes.reset(token)


def _around(months: Sequence[date], chosen: date) -> tuple[date, ...]:
    """The chosen one and its nearest neighbours."""
    return tuple(sorted(months, key=lambda m: abs((m - chosen).days))[: MONTHS + 1])


def order_ahead(key: Hashable, viewpoint: Viewpoint, notes: dict[Call, Selection], months: Sequence[date]) -> None:
    """Orders what was noted for the months around; a later order under the same key, that of one tab, takes its place."""
    if not is_enabled():
        return
    chosen, now = next(iter(notes.values())).period, time.monotonic()
    with _changed:
        for old in [k for k, job in _tabs.items() if k == key or now - job.at > OPEN]:
            del _tabs[old]
        _jobs[key] = _tabs[key] = Job(viewpoint, notes, _around(months, chosen), now)
        _changed.notify_all()


def order_again() -> None:
    """Orders for every open tab that shows the newest release what it ordered last, the latest first."""
    with _changed:
        _jobs.update({key: job for key, job in reversed(_tabs.items()) if job.viewpoint.release is None and time.monotonic() - job.at < OPEN})


def read_ahead(job: Job, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Makes the calls of a job, month after month, as long as it is wanted."""
    slow: set[Call] = set()
    for month in job.months:
        for call, selection in job.calls.items():
            if call in slow:
                continue
            if not is_wanted():
                return
            function, arguments, named, _ = call
            started = time.perf_counter()
            with seen_from(job.viewpoint), suppress(UserError):  # the page will say it, if it is asked
                function(replace(selection, period=month), *arguments, **dict(named))
            if time.perf_counter() - started > SLOW:
                slow.add(call)


def _take(key: Hashable, job: Job, stop: threading.Event) -> None:
    """Reads one job while no page runs; ends where it was replaced, where it was done, and where something failed: then the page will tell."""

    def is_wanted() -> bool:
        while is_running() and not stop.wait(0.02):
            pass
        return not stop.is_set() and _jobs.get(key) is job

    try:
        if not stop.wait(REST):
            read_ahead(job, is_wanted)
    except Exception:
        logging.getLogger(LOGGER).warning("ahead", exc_info=True)
    with _changed:
        if _jobs.get(key) is job:
            del _jobs[key]


def keep_reading_ahead(stop: threading.Event) -> None:
    """Reads what is ordered, in the order of the orders, until it is told to stop."""
    if not is_enabled():
        return
    seen = None
    while not stop.is_set():
        with _changed:
            _changed.wait_for(lambda: _jobs, timeout=LOOK)
            found = next(iter(_jobs.items()), None)
        if found:
            _take(*found, stop)
            continue
        with suppress(UserError, OSError):  # the pages tell of a store that cannot be reached
            if (release := read_current(find_home())) != seen:
                seen = release
                order_again()
