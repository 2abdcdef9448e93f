"""The server's time for a whole view, every query made anew as after a publishing, beside what six charts of the same data took in Apache Superset."""

from __future__ import annotations

import os
import statistics

from streamlit.testing.v1 import AppTest

from benchmarks.run import Run, timed
from dashboard import cached
from dashboard.components.drawn import forget_drawn

SUPERSET = {"county": 338, "province": 495}  # ms; 6.1.0, DuckDB 1.5.5, six charts at once without a cache, 14,400 and 7.2 M rows; measured earlier on two shared cores, not in this run
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


def view_times(path: str, times: int, township: bool = False) -> tuple[float, float]:
    """Median milliseconds of a view's whole script with every query made anew, and as it was drawn before."""

    def open_view() -> None:
        app = AppTest.from_string(VIEW.format(path=path, township=township), default_timeout=300).run()
        assert not app.exception, app.exception

    open_view()
    anew, kept = [], []
    for _ in range(times):
        forget()
        anew.append(timed(open_view))
        kept.append(timed(open_view))
    return statistics.median(anew) * 1000, statistics.median(kept) * 1000


def main(run: Run) -> None:
    """Milliseconds of 总览 and of a township's page, of each size."""
    for size in run.sizes:
        os.environ["UNION_BOARD_HOME"] = str(run.home(size).path)
        for path, name, township, most in (("overview", "overview", False, 2000), ("township", "a township's page", True, 1000)):
            anew, kept = view_times(path, run.times, township)
            target, met = (f"<= {most} ms", anew <= most) if size == "country" else ("", None)
            told = f"whole view, {name}", size, f"{anew:.0f} ms anew, {kept:.0f} ms drawn before"
            usual = SUPERSET.get(size)
            if usual and path == "overview":
                run.tell(*told, f"Superset 6.1.0, six charts: {usual} ms (measured earlier on two shared cores)", f"{usual / anew:.1f} times as fast; {usual / kept:.1f} drawn before", ">= 10 times", met=usual >= 10 * anew)
            else:
                run.tell(*told, "", "", target, met=met)
            run.point(f"whole view anew, {name}", "ms", size, anew)
