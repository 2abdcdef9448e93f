"""The real browser of the tests: where it is, what is skipped without it, and when a page stands still."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NEEDS_CHROMIUM = pytest.mark.skipif(not CHROMIUM, reason="没有安装 chromium，跳过浏览器测试")


def settle(page: Page, milliseconds: int = 400) -> None:
    """Waits until the page's run has ended; one that was just asked for gets the milliseconds to begin."""
    page.wait_for_timeout(milliseconds)
    page.wait_for_function("() => document.querySelector('.stApp').dataset.testScriptState === 'notRunning'", timeout=90000)
