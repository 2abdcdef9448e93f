"""Numbers of the environment: what they change on the board, and that it says in one sentence which cannot be used, and does not open."""

from __future__ import annotations

import os
import subprocess
import sys

import httpx
import pytest

from pipelines.home import ROOT
from tests.ports import free_port
from tests.serve import Tab, serving


@pytest.mark.parametrize(("name", "text", "allowed"), [
    ("UNION_BOARD_FILE_MB", "20MB", "1 到 1000"), ("UNION_BOARD_READ_SECONDS", "0", "1 到 3600"), ("UNION_BOARD_READ_MB", "一千", "64 到 1000000"),
    ("UNION_BOARD_KEEP_RELEASES", "1", "2 到 1000000"), ("UNION_BOARD_STOP_SECONDS", "45s", "0 到 3600"), ("UNION_BOARD_DRAIN_SECONDS", "-5", "0 到 3600"),
    ("UNION_BOARD_GRANT_SECONDS", "1.5", "1 到 86400"), ("UNION_BOARD_FREE_MB", "1e3", "0 到 100000000"), ("UNION_BOARD_BACKUP_HOUR", "25", "0 到 23"),
])  # fmt: skip
def test_a_wrong_number_keeps_the_board_closed_and_is_told_in_one_sentence(home, name, text, allowed):
    told = {**os.environ, name: text, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-m", "dashboard", "--port", str(free_port())], cwd=ROOT, env=told, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"环境变量 {name} 写的是“{text}”。请写 {allowed} 之间的整数，只写数字，不带单位。\n"


class UploadTab(Tab):
    """A tab that remembers how large a file its page takes, and where it is sent."""

    def _learn(self, message) -> None:
        super()._learn(message)
        if message.WhichOneof("type") == "new_session":
            self.session = message.new_session.initialize.session_id
        if message.delta.new_element.WhichOneof("type") == "file_uploader":
            self.megabytes = message.delta.new_element.file_uploader.max_upload_size_mb


def _send(board, tab: UploadTab, megabytes: int) -> int:
    """The status of the answer to a file of that size, sent as the page sends it."""
    with httpx.Client(base_url=board.address, headers={"origin": board.address}) as client:
        client.get("/_stcore/health")
        token = {"x-xsrftoken": client.cookies["_streamlit_xsrf"]}
        return client.put(f"/_stcore/upload_file/{tab.session}/1", headers=token, files={"file": ("一.xlsx", bytes(megabytes << 20))}).status_code


def test_the_browser_may_send_what_the_setting_says(demo_home):
    with serving(demo_home, UNION_BOARD_FILE_MB="30", UNION_BOARD_BACKUP="off", UNION_BOARD_AHEAD="off") as board:
        tab = UploadTab(board)
        tab.run("upload")
        told = tab.megabytes, _send(board, tab, 25), _send(board, tab, 32)
        tab.close()
        assert told == (30, 204, 413)
