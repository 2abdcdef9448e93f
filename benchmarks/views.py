"""Every view's server time in another month, read ahead as the server does and not, and after a publishing, beside the same view drawn from ready-made frames;
and a filter switched in Chromium, beside a page that only echoes its select box."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import date
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.run import Run
from benchmarks.whole import forget
from dashboard.ahead import Job, read_ahead
from dashboard.components.drawn import forget_drawn
from dashboard.shell import PAGES
from dashboard.viewpoint import Viewpoint
from pipelines.access.model import VISITOR
from pipelines.catalog.period import name_period, shift_period
from pipelines.home import Home
from pipelines.warehouse.reader import open_reader
from tests.app_test import AppTest
from tests.chromium import CHROMIUM
from tests.ports import free_port
from tests.serve import serving

TIMES = 9
WORDS = {"drawn": "drawn before", "ahead": "a month read ahead", "at_once": "a month not yet read", "release": "a new release"}
SWITCHED = ("overview", "coverage", "relief", "safety")
CHOICES = {"period": ["2026年9月", "2026年10月"], "township": ["水坪镇", "龙坝镇"], "reading": ["本季度", "本月"]}  # a filter, and what is chosen there in turn
NAMES = {"period": "month", "township": "township", "reading": "reading"}
_VIEW = """
import time
import streamlit as st
from dashboard.ahead import noting
from dashboard.cached import PAGE
from dashboard.views import {path}
start = time.perf_counter()
with PAGE, noting() as notes:
    {path}.show()
st.session_state["spent"], st.session_state["notes"] = time.perf_counter() - start, notes
"""
_FLOOR = """
import streamlit as st
month = st.selectbox("m", ["2026年10月", "2026年9月"], key="period", label_visibility="collapsed")
st.html(f'<h1 class="finding">{month}</h1>')
"""
_WATCH = """() => {
  window.seen = {at: performance.now(), last: 0};
  new MutationObserver(() => window.seen.last = performance.now()).observe(document.querySelector('[data-testid=stMain]'), {childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['d', 'transform']});
}"""


def _spend(app: AppTest, month: date | None = None) -> float:
    if month:
        app.query_params["period"] = name_period(month)
    app.run()
    assert not app.exception, app.exception
    return app.session_state["spent"]


def time_view(path: str, months: list[date]) -> dict[str, float]:
    """Medians in milliseconds of the view's body: `ready` from ready-made frames; for a month that nobody has looked at `ahead`, once the server has
    read it ahead, and `at_once`, before it could; for a new `release`; and for a month that somebody saw before, `drawn`."""
    app = AppTest.from_string(_VIEW.format(path=path), default_timeout=120)
    _spend(app)
    spent: dict[str, list[float]] = {"ready": [], "drawn": [], "ahead": [], "at_once": [], "release": []}
    forget()
    for month in months:
        spent["release"].append(_spend(app, month))
        forget()
    _spend(app)
    for month in months:
        spent["at_once"].append(_spend(app, month))
    forget()
    _spend(app)
    read_ahead(Job(Viewpoint(VISITOR, None, None), app.session_state["notes"], tuple(months)))
    for month in months:
        spent["ahead"].append(_spend(app, month))
        forget_drawn()
        spent["ready"].append(_spend(app, month))
        spent["drawn"].append(_spend(app, month))
    return {kind: statistics.median(times) * 1000 for kind, times in spent.items()}


def time_views(months: int) -> None:
    """Prints the milliseconds of every view and the ratios."""
    newest = date(2026, 10, 1)
    chosen = [shift_period(newest, -n) for n in range(1, min(TIMES, months - 1) + 1)]
    for path, title, _ in (page for group in PAGES.values() for page in group):
        found = time_view(path, chosen)
        told = (f"{words} {found[kind]:5.0f} ms ({found[kind] / found['ready']:.2f} times)" for kind, words in WORDS.items())
        print(f"{path:12s} {title}  ready-made frames {found['ready']:5.0f} ms, {', '.join(told)}")


def _switch(page: Page, key: str, choice: str) -> float:
    """Milliseconds from a choice in a filter to the last change that it made on the page."""
    box = page.locator(f".st-key-{key} input")
    box.click()
    box.fill(choice)
    page.get_by_role("option").filter(has_text=choice).first.wait_for()
    page.evaluate(_WATCH)
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.seen.last && performance.now() - window.seen.last > 700", timeout=30000)
    return page.evaluate("window.seen.last - window.seen.at")


def _times(page: Page, address: str, key: str = "period") -> list[float]:
    page.goto(address)
    page.wait_for_selector("h1.finding", timeout=60000)
    page.wait_for_timeout(3000)
    found = [_switch(page, key, choice) for choice in CHOICES[key] * 4]
    return found[1:]  # the first one loads what a page needs once


def time_switches(home: Home) -> None:
    """Prints how long new charts take after another month is chosen, and the floor of a page that draws one sentence."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN").new_page()
        script, port = Path(folder) / "floor.py", free_port()
        script.write_text(_FLOOR)
        plain = subprocess.Popen([sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.headless", "true"], cwd=folder, stdout=subprocess.DEVNULL)
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        floor = statistics.median(_times(page, f"http://127.0.0.1:{port}"))
        plain.terminate()
        print(f"a page of one sentence (plain streamlit run): {floor:.0f} ms from the choice to the last change")
        with serving(home) as board:
            for path, key in product(SWITCHED, CHOICES):
                found = _times(page, f"{board.address}/{'' if path == 'overview' else path}", key)
                print(f"{path:12s} new {NAMES[key]}: median {statistics.median(found):.0f} ms, worst of {len(found)} {max(found):.0f} ms, {statistics.median(found) / floor:.1f} times the floor")
        browser.close()


def _wait(address: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(address)


def _count_months(home: Home) -> int:
    return open_reader(home).rows("select count(distinct period) from submission_status")[0][0]


def main(run: Run) -> None:
    """On the model, the demo county."""
    os.environ["UNION_BOARD_HOME"] = str(run.model().path)
    time_views(_count_months(run.model()))
    if CHROMIUM:
        time_switches(run.model())
