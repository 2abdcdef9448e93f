"""The first visit in Chromium with an empty cache: bytes, and the time to the first figure, beside an empty page under plain `streamlit run`."""

from __future__ import annotations

import statistics
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.boards import board, streamlit_run
from benchmarks.run import Run
from tests.chromium import CHROMIUM

EMPTY = 'import streamlit as st\nst.html(\'<div class="card">1</div>\')\n'
FIGURE = ".card"  # the first of the headline figures


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds to the first figure, and megabytes that came over the wire until then and a second longer, websocket included."""
    context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN")
    page, loaded = context.new_page(), [0.0]
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")

    def add(count: float) -> None:
        loaded[0] += count

    wire.on("Network.loadingFinished", lambda told: add(told["encodedDataLength"]))
    wire.on("Network.webSocketFrameReceived", lambda told: add(len(told["response"]["payloadData"]) * 0.75))  # base64
    page.goto(address)
    page.wait_for_selector(FIGURE, timeout=120_000)
    seconds = page.evaluate("performance.now()") / 1000
    page.wait_for_timeout(1000)
    context.close()
    return seconds, loaded[0] / 1e6


def _visits(browser: Browser, address: str, times: int) -> tuple[float, float]:
    """The medians; of several visits the first one warms the server and is not counted."""
    if times > 1:
        visit(browser, address)
    seconds, megabytes = zip(*(visit(browser, address) for _ in range(times)), strict=True)
    return statistics.median(seconds), statistics.median(megabytes)


def main(run: Run) -> None:
    """Seconds and megabytes of each size."""
    script = Path(run.folder / "empty.py")
    script.write_text(EMPTY)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with streamlit_run(script) as (address, _):
            floor, least = _visits(browser, address, run.times)
        for size in run.sizes:
            with board(run.home(size)) as (address, _):
                seconds, megabytes = _visits(browser, address, run.times)
            beside = f"an empty Streamlit page: {floor:.2f} s, {least:.1f} MB"
            told = f"{seconds:.2f} s, {megabytes:.1f} MB"
            run.tell("first visit to the first figure", size, told, beside, f"{seconds / floor:.1f} times the time, {megabytes / least:.1f} the bytes", "<= 2 times", met=seconds <= 2 * floor)
            run.point("first visit, kept frames", "s", size, seconds)
        browser.close()
