"""Memory of the server's process, idle and with a hundred people at work; what a year of history takes on disk."""

from __future__ import annotations

from benchmarks.boards import board, megabytes, streamlit_run
from benchmarks.divisions import SIZES
from benchmarks.page import PAGE
from benchmarks.run import Run
from benchmarks.websocket import rerun_times
from pipelines.home import ROOT
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.releases import read_current

SESSIONS = 100


def main(run: Run) -> None:
    """Megabytes of each size."""
    sessions = min(SESSIONS, max(run.sessions))
    for size in run.sizes:
        home = run.home(size)
        with board(home) as (address, process):
            idle = megabytes(process)
            rerun_times([address], PAGE, 1, 1)
            opened = megabytes(process)
            rerun_times([address], PAGE, sessions, 1)
            busy = megabytes(process)
        with streamlit_run(ROOT / "dashboard" / "app.py") as (_, process):
            plain = megabytes(process)
        run.tell("memory: idle, a page opened, many sessions", size, f"{idle:.0f}, {opened:.0f}, {busy:.0f} MB with {sessions}", f"streamlit run, idle, nothing imported yet: {plain:.0f} MB")
        run.point(f"memory with {sessions} sessions", "MB", size, busy)
        release = release_path(home, read_current(home)).stat().st_size / 1e6
        receipts = sum(path.stat().st_size for path in home.receipts.glob("*.json")) / 1e6
        years = SIZES[size].months / 12
        run.tell("disk for a year of history", size, f"{release / years:.1f} MB a release, {receipts / years:.1f} MB of receipts; originals are kept beside them")
        run.point("size of a release", "MB", size, release)
