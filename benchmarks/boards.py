"""Servers to measure: the board as it is served, and plain `streamlit run`; and what their processes hold in memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from pipelines.home import ROOT, Home
from tests.ports import free_port


def wait_for(address: str, process: subprocess.Popen) -> None:
    """Until the address answers."""
    for _ in range(480):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).read()
            return
        assert process.poll() is None, f"the server of {address} stopped"
        time.sleep(0.125)
    raise TimeoutError(address)


@contextlib.contextmanager
def _serving(command: list[str], port: int, health: str) -> Iterator[tuple[str, subprocess.Popen]]:
    told = os.environ | {"UNION_BOARD_BACKUP": "off"}  # the daily one would fall into a run at night
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}{health}", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:  # too many visitors of a server without patience
            process.kill()
            process.wait()


def board(home: Home) -> contextlib.AbstractContextManager[tuple[str, subprocess.Popen]]:
    """The address of the board on a home as it is served, and its process; the home becomes this process's own too."""
    os.environ["UNION_BOARD_HOME"] = str(home.path)
    port = free_port()
    return _serving(["dashboard", "--port", str(port)], port, "/healthz")


def streamlit_run(script: Path) -> contextlib.AbstractContextManager[tuple[str, subprocess.Popen]]:
    """The address of a script under plain `streamlit run` with its defaults, and its process; the home is that of the last board."""
    port = free_port()
    told = ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    return _serving(["streamlit", "run", str(script), *told], port, "/_stcore/health")


def _ticks(process: subprocess.Popen) -> int:
    """Hundredths of a second of processor time that a process took so far."""
    return sum(map(int, Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))


def let_rest(process: subprocess.Popen, seconds: float = 120) -> None:
    """Waits until the server has read ahead what it wants to, which takes it half a minute after a publishing: until it did next to nothing for a second."""
    for _ in range(int(seconds)):
        before = _ticks(process)
        time.sleep(1)
        if _ticks(process) - before < 5:
            return


def megabytes(process: subprocess.Popen) -> float:
    """What a process holds in memory now (its own and what it shares)."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024
