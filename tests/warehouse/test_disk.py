"""A disk that is full or read-only: what cannot be written is refused in one sentence, nothing is half done, and the board goes on reading."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from pipelines.home import ROOT
from tests.warehouse.small_disk import SCENES


def _may_mount(folder) -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True).returncode == 0


@pytest.mark.parametrize("scene", SCENES)
def test_on_a_disk_that_takes_nothing(tmp_path, scene):
    if not _may_mount(tmp_path):
        pytest.skip("a disk of its own needs Linux, unshare and root")
    done = subprocess.run(["unshare", "-m", sys.executable, "-m", "tests.warehouse.small_disk", str(tmp_path), scene], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
