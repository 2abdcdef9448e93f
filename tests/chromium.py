"""The real browser of the tests: where it is, what is skipped without it, and when a page stands still."""

from __future__ import annotations

import shutil
import time

import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotInTime

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first is Chromium without its windows, which takes a third less of the processor
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
NEEDS_CHROMIUM = pytest.mark.skipif(not CHROMIUM, reason="没有安装 chromium，跳过浏览器测试")
DRAWN = """() => !document.querySelector('[data-testid=stSkeleton]') && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every((place) => {
    const drawing = place.querySelector('.main-svg');
    return !place.clientWidth || (drawing && Math.abs(drawing.clientWidth - place.clientWidth) <= 1);
})"""


def settle(page: Page, milliseconds: int = 400) -> None:
    """Waits until the page's run has ended; one that was just asked for gets the milliseconds to begin."""
    page.wait_for_timeout(milliseconds)
    page.wait_for_function("() => document.querySelector('.stApp').dataset.testScriptState === 'notRunning'", timeout=90000)


def arrive(page: Page, address: str) -> None:
    """Opens a view and waits until it stands."""
    page.goto(address)
    page.wait_for_selector("h1.finding", timeout=60000)
    settle(page)


def wait_for_charts(page: Page) -> None:
    """Waits until every chart is drawn, as wide as the place that it has now."""
    page.wait_for_function(DRAWN, timeout=30000)


def rest_on(page: Page, point: Locator, seconds: float = 30) -> tuple[float, float]:
    """Moves the hand onto a chart's point until the chart answers with its words, and gives the place.

    A chart that is drawn anew under the hand forgets it, as it would a person's, who moves it once more.
    """
    end = time.monotonic() + seconds
    while True:
        point.scroll_into_view_if_needed()
        box = point.bounding_box() or {"x": 0, "y": 0, "height": 0}
        place = (box["x"] + 20, box["y"] + box["height"] / 2)
        page.mouse.move(0, 0)
        page.mouse.move(*place, steps=3)
        try:
            page.locator(".hoverlayer .hovertext").first.wait_for(timeout=1500)
            return place
        except NotInTime:
            if time.monotonic() > end:
                raise
