"""Numbers of the environment that cannot be used: the board says so in one sentence, and does not open."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pipelines.home import ROOT
from tests.ports import free_port


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
