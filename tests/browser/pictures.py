"""Makes the pictures of the handbook and the README anew: `python -m tests.browser.pictures`; the demo county, a real server, a real Chromium."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.shell import HIDDEN, PAGES
from pipelines.access.accounts import add_account, change_password
from pipelines.catalog.load import load_catalog
from pipelines.catalog.names import find_township
from pipelines.demo.make import make_demo
from pipelines.home import ROOT, Home
from tests.chromium import CHROMIUM, settle
from tests.serve import serving

FOLDER = ROOT / "docs" / "pictures"
FIRST, SECOND = "first-pass-77", "second-pass-88"
MONTHS = 24
ASKED = {"trace": "?indicator=org_union_rate&township=龙坝镇", "township": "?township=龙坝镇"}  # views that are about one thing


def drawn(page: Page) -> None:
    """Waits until the page's run has ended and its charts are drawn."""
    page.wait_for_selector("h1.finding", timeout=60000)
    settle(page, 600)
    page.wait_for_timeout(1200)


def _take(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"{name}.png", flush=True)


def _open(browser: Browser, height: int = 860, width: int = 1366) -> Page:
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme="light", locale="zh-CN").new_page()


def _views(browser: Browser, address: str, home: Home) -> None:
    """Every view as somebody who may see all."""
    for path, _, _ in (page for group in [*PAGES.values(), HIDDEN] for page in group):
        page = _open(browser)
        page.goto(f"{address}/{'' if path == 'overview' else path}{ASKED.get(path, '')}")
        drawn(page)
        _take(page, path)
        page.context.close()


def _phone(browser: Browser, address: str, home: Home) -> None:
    page = _open(browser, 844, 390)
    page.goto(address)
    drawn(page)
    _take(page, "phone")


def _wrong_file(browser: Browser, address: str, home: Home) -> None:
    """What the upload page says of a file with mistakes."""
    page = _open(browser, 1100)
    page.goto(f"{address}/upload")
    drawn(page)
    page.locator("input[type=file]").set_input_files(next(home.demo.rglob("*初稿.xlsx")))
    page.wait_for_selector("text=必须修改", timeout=60000)
    drawn(page)
    page.locator(".problem").first.evaluate("e => e.scrollIntoView({block: 'center'})")
    _take(page, "problems")


def _review(browser: Browser, address: str, home: Home) -> None:
    page = _open(browser, 1000)
    page.goto(f"{address}/returns")
    drawn(page)
    page.locator(".st-key-review_place").evaluate("e => e.scrollIntoView({block: 'start'})")
    drawn(page)
    _take(page, "review")


def _signed_in(browser: Browser, address: str, home: Home) -> None:
    """The sign-in page, and what a township clerk finds behind it."""
    page = _open(browser, 700)
    page.goto(address)
    _take(page, "sign_in")
    page.fill("[name=account]", "longba")
    page.fill("[name=password]", SECOND)
    page.get_by_role("button", name="登录").click()
    drawn(page)
    _take(page, "clerk")


def _add_clerk(home: Home) -> None:
    code = find_township(load_catalog(), "龙坝镇").code
    add_account(home, "longba", "township_clerk", township_code=code, name="龙坝镇工会", password=FIRST, by="演示")
    change_password(home, "longba", FIRST, SECOND)


OPEN: tuple[Callable[[Browser, str, Home], None], ...] = (_views, _phone, _wrong_file, _review)  # on this machine, without accounts


def main() -> None:
    """Makes every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="union-board-") as folder, sync_playwright() as playwright:
        home = Home(Path(folder))
        make_demo(home, months=MONTHS)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with serving(home) as board:
            for take in OPEN:
                take(browser, board.address, home)
        _add_clerk(home)
        with serving(home) as board:
            _signed_in(browser, board.address, home)
        browser.close()


if __name__ == "__main__":
    main()
