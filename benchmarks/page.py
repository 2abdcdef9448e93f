"""Reruns of a view with charts through the real websocket, by number of sessions: one process, two, and plain `streamlit run` of the same page."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks.boards import board, streamlit_run
from benchmarks.run import Run
from benchmarks.websocket import PATIENCE, rerun_times, share
from pipelines.home import ROOT

PAGE = "relief"
HARD = 50  # sessions at which the target stands


def _tell(run: Run, size: str, sessions: int, one: list[float], plain: list[float] | None, two: list[float]) -> None:
    told = [f"{name} {share(times, 0.5):.0f} / {share(times, 0.95):.0f} ms" for name, times in (("one process", one), ("two", two))]
    ratio = share(plain, 0.95) / share(one, 0.95) if plain else 0
    beside = f"streamlit run: {share(plain, 0.5):.0f} / {share(plain, 0.95):.0f} ms" if plain else f"streamlit run: no answer in {PATIENCE} s"
    target, met = (">= 10 times at 50", ratio >= 10 or not plain) if sessions == HARD else ("", None)
    run.tell(f"rerun of {PAGE}, {sessions} sessions, p50 / p95", size, "; ".join(told), beside, f"p95 {ratio:.1f} times" if plain else "", target, met=met)


def _plain(address: str, sessions: int, seconds: float) -> list[float] | None:
    try:
        return rerun_times([address], PAGE, sessions, seconds)
    except TimeoutError:
        return None


def _tell_larger(run: Run, size: str, sessions: int) -> None:
    """One process alone on a larger home."""
    with board(run.home(size)) as (address, _):
        times = rerun_times([address], PAGE, sessions, run.seconds)
    run.tell(f"rerun of {PAGE}, {sessions} sessions, p50 / p95", size, f"one process {share(times, 0.5):.0f} / {share(times, 0.95):.0f} ms")
    run.point(f"rerun with {sessions} sessions, p95", "ms", size, share(times, 0.95))


def main(run: Run) -> None:
    """p50 and p95 in milliseconds of each number of sessions, on the first size, and of HARD on the others."""
    size, *larger = run.sizes
    home, plain = run.home(size), []
    for sessions in run.sessions:
        with ExitStack() as stack:
            first, _ = stack.enter_context(board(home))
            one = rerun_times([first], PAGE, sessions, run.seconds)
            second, _ = stack.enter_context(board(home))
            two = rerun_times([first, second], PAGE, sessions, run.seconds)
        if plain is not None:  # who had no answer to some has none to more
            with streamlit_run(ROOT / "dashboard" / "app.py") as (address, _):
                plain = _plain(address, sessions, run.seconds)
        _tell(run, size, sessions, one, plain, two)
        if sessions == HARD:
            run.point(f"rerun with {sessions} sessions, p95", "ms", size, share(one, 0.95))
    for size in larger:
        _tell_larger(run, size, HARD)
