"""The server's time for a whole view: every query made anew as for the first visitor after a publishing, and opened in a new tab through the websocket of a server that has drawn it before.

Beside it what six charts of the same data took in Apache Superset.
"""

from __future__ import annotations

import os
import statistics

from benchmarks.boards import board, let_rest
from benchmarks.lake import PROGRAMS, lake
from benchmarks.run import Run, timed
from benchmarks.websocket import opening_times
from dashboard import cached
from dashboard.components.drawn import forget_drawn
from dashboard.place import KEY as PLACE
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from tests.app_test import AppTest

SUPERSET = {"county": (338, 155), "province": (495, 267)}  # ms; 6.1.0, DuckDB 1.5.5, six charts at once without its cache and with it, 14,400 and 7.2 M rows; measured earlier on two shared cores, not in this run
VIEWS = (("overview", "overview", "", 2000), ("township", "a township's page", "township", 1000))  # module, name, path, most milliseconds at the country's size
VIEW = """
import streamlit as st
from dashboard.cached import PAGE, find_whole
from dashboard.place import see_place
from dashboard.views import {path}
whole = find_whole()
tree = whole.places
first = next(t for t in whole.county.townships if not {township!r} or t.code == {township!r})
here = tree.county_of(first.code) if {township!r} else tree.root
see_place(here.code if tree.is_deep() else None, here.level not in ("county", "township"))
if {township!r}:
    st.session_state["township"] = st.query_params["township"] = first.name
with PAGE:
    {path}.show()
"""


def forget() -> None:
    """As after a publishing: every query is made anew."""
    for kept in vars(cached).values():
        if hasattr(kept, "cache_clear") and getattr(kept, "__name__", "") not in ("_reader", "_sql", "_sql_of", "_scope"):
            kept.cache_clear()
    forget_drawn()


def open_view(path: str, township: str = "") -> None:
    """Runs a view of the whole, or of the township of that code, in Streamlit's test runner. AssertionError where the view fails."""
    app = AppTest.from_string(VIEW.format(path=path, township=township), default_timeout=300).run()
    assert not app.exception, app.exception


def time_anew(path: str, townships: list[str]) -> float:
    """Median milliseconds of a view's whole script with every query made anew, once for each township; "" is the whole."""
    open_view(path, townships[0])
    anew = []
    for township in townships:
        forget()
        anew.append(timed(lambda township=township: open_view(path, township)))
    return statistics.median(anew) * 1000


def _spread(home: Home, times: int) -> list[str]:
    """So many townships of the home, from the first to the last of its list."""
    codes = [t.code for t in load_catalog(overlay=home.overlay).county.townships]
    return [codes[n * (len(codes) - 1) // max(1, times - 1)] for n in range(times)]


def times_drawn(home: Home, paths: list[str], times: int) -> list[float]:
    """Median milliseconds until the last message of each view that the server has drawn before; a township's page of the first township."""
    whole = load_catalog(overlay=home.overlay)
    first = whole.county.townships[0]
    there = {"township": first.name, PLACE: whole.places.county_of(first.code).code}
    found = []
    with board(home) as (address, process):
        for path in paths:
            told = there if path == "township" else {}
            opening_times(address, path, 2, **told)
            let_rest(process)
            found.append(statistics.median(opening_times(address, path, 4 * times, **told)) * 1000)
    return found


def _tell(run: Run, size: str, name: str, found: tuple[float, float], most: int) -> None:
    """One line each for a view anew and drawn before, beside Superset where that was measured."""
    usual = SUPERSET.get(size) if name == "overview" else None  # measured on a DuckDB file
    for n, (way, spent) in enumerate(zip(("every query anew", "drawn before"), found, strict=True)):
        told = f"whole view, {name}, {way}", size, f"{spent:.0f} ms"
        if usual:
            cached = f", {usual[1]} with its cache" if n else ""
            run.tell(*told, f"Superset 6.1.0, six charts: {usual[0]} ms{cached} (measured earlier)", f"{usual[0] / spent:.1f} times as fast", ">= 10 times", met=usual[0] >= 10 * spent)
        else:
            target, met = (f"<= {most} ms", spent <= most) if size == "country" and not n else ("", None)
            run.tell(*told, "", "", target, met=met)


def _measure(run: Run, size: str, home: Home, store: str = "") -> None:
    os.environ["UNION_BOARD_HOME"] = str(home.path)
    drawn = times_drawn(home, [path for _, _, path, _ in VIEWS], run.times)
    for (module, name, path, most), before in zip(VIEWS, drawn, strict=True):
        anew = time_anew(module, _spread(home, run.times) if path else [""] * run.times)
        _tell(run, size, name + store, (anew, before), most)
        run.point(f"whole view anew, {name}{store}", "ms", size, anew)
        run.point(f"whole view drawn before, {name}{store}", "ms", size, before)


def main(run: Run) -> None:
    """Milliseconds of 总览 and of townships' pages, of each size; from a lake too where there is one."""
    for size in run.sizes:
        _measure(run, size, run.home(size))
        if size in run.lakes and PROGRAMS:
            with lake(run, size) as home:
                _measure(run, size, home, ", lake")
