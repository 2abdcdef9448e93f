"""The server's time for a whole view, every query made anew as after a publishing, beside what six charts of the same data took in Apache Superset."""

from __future__ import annotations

import os
import statistics

from streamlit.testing.v1 import AppTest

from benchmarks.run import Run, timed
from dashboard import cached

SUPERSET = {"county": 338, "province": 495}  # ms; 6.1.0, DuckDB 1.5.5, six charts at once without a cache, 14,400 and 7.2 M rows; measured earlier on two shared cores, not in this run
VIEW = """
import streamlit as st
from dashboard.cached import PAGE
from dashboard.views import {path}
with PAGE:
    {path}.show()
"""
TOWNSHIP = """
import streamlit as st
from dashboard.cached import PAGE, find_catalog
st.session_state["township"] = find_catalog().county.townships[0].name
st.query_params["township"] = st.session_state["township"]
"""


def forget() -> None:
    """As after a publishing: every query is made anew."""
    for kept in vars(cached).values():
        if hasattr(kept, "cache_clear") and getattr(kept, "__name__", "") not in ("_reader", "_sql", "_scope"):
            kept.cache_clear()


def view_times(path: str, times: int, before: str = "") -> tuple[float, float]:
    """Median milliseconds of a view's whole script with every query made anew, and from kept frames."""
    app = AppTest.from_string(before + VIEW.format(path=path), default_timeout=300)
    app.run()
    assert not app.exception, app.exception
    anew, kept = [], []
    for _ in range(times):
        forget()
        anew.append(timed(app.run))
        kept.append(timed(app.run))
    return statistics.median(anew) * 1000, statistics.median(kept) * 1000


def main(run: Run) -> None:
    """Milliseconds of 总览 and of a township's page, of each size."""
    for size in run.sizes:
        os.environ["UNION_BOARD_HOME"] = str(run.home(size).path)
        for path, name, before, most in (("overview", "overview", "", 2000), ("township", "a township's page", TOWNSHIP, 1000)):
            anew, kept = view_times(path, run.times, before)
            target, met = (f"<= {most} ms", anew <= most) if size == "country" else ("", None)
            told = f"whole view, {name}", size, f"{anew:.0f} ms anew, {kept:.0f} ms from kept frames"
            usual = SUPERSET.get(size)
            if usual and path == "overview":
                run.tell(*told, f"Superset 6.1.0, six charts: {usual} ms (measured earlier on two shared cores)", f"{usual / anew:.1f} times as fast; {usual / kept:.1f} kept", ">= 10 times", met=usual >= 10 * anew)
            else:
                run.tell(*told, "", "", target, met=met)
            run.point(f"whole view anew, {name}", "ms", size, anew)
