"""Uploads from three browsers and from the command line at once, for one township and one month: all that were acknowledged are versions in order, and nobody sees an error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from pipelines.audit.log import verify_chain
from pipelines.home import ROOT, Home
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.warehouse.reader import open_reader
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.intake.build import GOOD, save, workbook
from tests.intake.test_load import _content
from tests.serve import serving
from tests.warehouse.storm import find_torn

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]
PLACE = ("城关镇", "2026-03")
RECEIPT = re.compile(r"回执号\s*(\d{6})")


def upload(participants: int) -> bytes:
    """城关镇's March with events only; nothing in it is doubtful."""
    return workbook({"活动与服务台账": [GOOD["活动与服务台账"][0], ["2026-03-12", "西关社区工会", "文体活动", "东塔杯", participants]]}, cover=PLACE)


def drop(page: Page, address: str, file: Path) -> None:
    """Opens the upload page and drops the file, up to the button that hands it in."""
    page.goto(f"{address}/upload")
    page.wait_for_selector("input[type=file]", state="attached", timeout=90000)
    settle(page)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="提交审核").wait_for(timeout=90000)
    settle(page)
    agree = page.get_by_text("我已核对上面的提示")
    if agree.count():
        agree.click()
        settle(page)


def start_load(home: Home, file: Path) -> subprocess.Popen:
    """The command line at the same time."""
    told = {**os.environ, "UNION_BOARD_HOME": str(home.path)}
    command = [sys.executable, "-m", "pipelines", "load", "--json", str(file)]
    return subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def read_receipt(page: Page) -> str:
    """What the page says of the upload, which is done."""
    page.wait_for_selector("text=已提交审核，回执号", timeout=120000)
    text = page.locator(".stApp").inner_text()
    assert "出了问题" not in text and "Traceback" not in text and "没有入库" not in text
    return RECEIPT.search(text)[1]


def test_pages_and_command_line_at_once_for_one_township_and_month(home, catalog, tmp_path):
    load_bytes(home, catalog, "头一份.xlsx", upload(50))
    names = [f"{who}{n}.xlsx" for who in ("网页", "命令") for n in range(3)]
    files = {name: save(tmp_path, name, upload(60 + n)) for n, name in enumerate(names)}
    with serving(home) as board, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        pages = {name: chromium.new_context(viewport={"width": 1366, "height": 1000}).new_page() for name in names[:3]}
        for name, page in pages.items():
            drop(page, board.address, files[name])
        commands = {name: start_load(home, files[name]) for name in names[3:]}
        for page in pages.values():
            page.get_by_role("button", name="提交审核").click(no_wait_after=True)
        receipts = {name: read_receipt(page) for name, page in pages.items()}
        chromium.close()
        told = {name: (*process.communicate(timeout=120), process.returncode) for name, process in commands.items()}
    assert all((error, code) == (b"", 0) for _, error, code in told.values()), told
    receipts |= {name: json.loads(out)["files"][0]["submission_id"] for name, (out, _, _) in told.items()}
    reader = open_reader(home)
    held = dict(reader.rows("select source_file, submission_id from submission"))
    assert held == receipts | {"头一份.xlsx": "000001"} and sorted(held.values()) == [f"{n:06d}" for n in range(1, 8)]
    versions = reader.rows("select submission_id, superseded_by from form_load order by 1")
    assert [by for _, by in versions] == [n for n, _ in versions[1:]] + [None], "each replaced by the next, the newest in force"
    assert find_torn(reader) == [] and not verify_chain(home).fault
    now = _content(home)
    rebuild(home)
    assert _content(home) == now
