"""A server that gets SIGTERM while an upload is being loaded: the load comes to its end, its sender reads the receipt, and only then the process ends."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from dashboard.stopping import PATIENCE
from pipelines.access.model import VISITOR
from pipelines.audit.log import verify_chain
from pipelines.home import Home
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.writer import is_behind
from pipelines.workflow.drafts import list_drafts, save_draft
from tests.browser.test_together import upload
from tests.serve import Tab, serving

SLOW = """
import runpy, sys, time
from pathlib import Path
from dashboard.components import submitting
from dashboard.views import upload
folder, load, show_done = Path(sys.argv.pop(1)), submitting.load_bytes, upload.show_done
def load_slowly(*told, **named):
    (folder / "begun").touch()
    while not (folder / "go on").exists():
        time.sleep(0.05)
    return load(*told, **named)
def show_slowly(*told):
    time.sleep(1)  # as on a slow machine
    show_done(*told)
submitting.load_bytes, upload.show_done = load_slowly, show_slowly
runpy.run_module("dashboard", run_name="__main__")
"""


def wait_for(condition, seconds: float = 60) -> None:
    """Until it holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def dropped(home, catalog) -> Home:
    """A home with one upload, and another one that was dropped on the page and not handed in yet."""
    load_bytes(home, catalog, "一.xlsx", upload(50))
    save_draft(home, VISITOR.account, (None, None), upload(60), check_bytes(home, catalog, "二.xlsx", upload(60)))
    return home


def stop_in_an_upload(home: Home, folder: Path) -> str:
    """Hands the draft in, tells the server to stop while it is being loaded, and lets the load go on; gives what the sender's page was sent, or why it was cut off."""
    with serving(home, program=("-c", SLOW, str(folder)), UNION_BOARD_BACKUP="off") as board, ThreadPoolExecutor(1) as pool:
        tab = Tab(board)
        tab.run("upload")
        tab.run("upload", values={"继续": None}, reruns=True)
        pressed = pool.submit(tab.run, "upload", values={"提交审核": None}, reruns=True)
        try:
            wait_for((folder / "begun").exists)
            board.process.send_signal(signal.SIGTERM)
            wait_for(lambda: httpx.get(f"{board.address}/healthz", timeout=60).json() == {"status": "stopping"})
            time.sleep(1)  # in which a server without patience would go
            assert board.process.poll() is None and open_reader(home).rows("select count(*) from submission") == [(1,)]
        finally:
            (folder / "go on").touch()
        told = pressed.exception() or pressed.result()
        assert board.process.wait(PATIENCE) in (0, -signal.SIGTERM)
        tab.close()
    return str(told)


def test_an_upload_that_is_being_loaded_when_the_server_is_told_to_stop_comes_to_its_end(dropped, tmp_path):
    stop_in_an_upload(dropped, tmp_path)
    assert open_reader(dropped).rows("select source_file from submission order by submission_id") == [("一.xlsx",), ("二.xlsx",)]
    assert list_drafts(dropped, VISITOR.account) == [] and not is_behind(dropped) and not verify_chain(dropped).fault


def test_the_sender_of_an_upload_that_a_stopping_server_still_loads_reads_the_receipt(dropped, tmp_path):
    assert "已提交审核，回执号 000002" in stop_in_an_upload(dropped, tmp_path)
