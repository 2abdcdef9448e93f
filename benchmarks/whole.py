"""The server's time for a whole view: every query made anew as for the first visitor after a publishing, and opened in a new tab through the websocket of a server that has drawn it before.

Beside it what six charts of the same data took in Apache Superset.
"""

from __future__ import annotations

import os
import statistics

from streamlit.testing.v1 import AppTest

from benchmarks.boards import board, let_rest
from benchmarks.run import Run, timed
from benchmarks.websocket import opening_times
from dashboard import cached
from dashboard.components.drawn import forget_drawn
from dashboard.place import KEY as PLACE
from pipelines.catalog.load import load_catalog
from pipelines.home import Home

SUPERSET = {"county": (338, 155), "province": (495, 267)}  # ms; 6.1.0, DuckDB 1.5.5, six charts at once without its cache and with it, 14,400 and 7.2 M rows; measured earlier on two shared cores, not in this run
VIEWS = (("overview", "overview", "", 2000), ("township", "a township's page", "township", 1000))  # module, name, path, most milliseconds at the country's size
VIEW = """
import streamlit as st
from dashboard.cached import PAGE, find_whole
from dashboard.place import see_place
from dashboard.views import {path}
whole = find_whole()
first, tree = whole.county.townships[0], whole.places
here = tree.county_of(first.code) if {township} else tree.root
see_place(here.code if tree.is_deep() else None, here.level not in ("county", "township"))
if {township}:
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


def time_anew(path: str, times: int, township: bool = False) -> float:
    """Median milliseconds of a view's whole script with every query made anew."""

    def open_view() -> None:
        app = AppTest.from_string(VIEW.format(path=path, township=township), default_timeout=300).run()
        assert not app.exception, app.exception

    open_view()
    anew = []
    for _ in range(times):
        forget()
        anew.append(timed(open_view))
    return statistics.median(anew) * 1000


def time_drawn(home: Home, path: str, times: int) -> float:
    """Median milliseconds until the last message of a view that the server has drawn before; a township's page of the first township."""
    whole = load_catalog(overlay=home.overlay)
    first = whole.county.townships[0]
    told = {"township": first.name, PLACE: whole.places.county_of(first.code).code} if path == "township" else {}
    with board(home) as (address, process):
        opening_times(address, path, 2, **told)
        let_rest(process)
        return statistics.median(opening_times(address, path, 4 * times, **told)) * 1000


def _tell(run: Run, size: str, name: str, found: tuple[float, float], most: int) -> None:
    """One line each for a view anew and drawn before, beside Superset where that was measured."""
    usual = SUPERSET.get(size) if name == "overview" else None
    for n, (way, spent) in enumerate(zip(("every query anew", "drawn before"), found, strict=True)):
        told = f"whole view, {name}, {way}", size, f"{spent:.0f} ms"
        if usual:
            cached = f", {usual[1]} with its cache" if n else ""
            run.tell(*told, f"Superset 6.1.0, six charts: {usual[0]} ms{cached} (measured earlier)", f"{usual[0] / spent:.1f} times as fast", ">= 10 times", met=usual[0] >= 10 * spent)
        else:
            target, met = (f"<= {most} ms", spent <= most) if size == "country" and not n else ("", None)
            run.tell(*told, "", "", target, met=met)


def main(run: Run) -> None:
    """Milliseconds of 总览 and of a township's page, of each size."""
    for size in run.sizes:
        home = run.home(size)
        os.environ["UNION_BOARD_HOME"] = str(home.path)
        for module, name, path, most in VIEWS:
            found = time_anew(module, run.times, bool(path)), time_drawn(home, path, run.times)
            _tell(run, size, name, found, most)
            run.point(f"whole view anew, {name}", "ms", size, found[0])
            run.point(f"whole view drawn before, {name}", "ms", size, found[1])
