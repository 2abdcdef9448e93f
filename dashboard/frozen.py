"""Keeps the collector of cycles from walking what stays: Streamlit has it walk everything after every run of every page, which with a year's figures
in memory takes longer than a page that was drawn before."""

from __future__ import annotations

import gc
import threading
import time

from dashboard.stopping import is_running

EVERY = 5  # seconds between two looks
THOROUGH = 1800  # seconds after which what was put aside is looked through too, once no page runs: an ended session may be among it


def _count() -> int:
    """How often everything that is not put aside was walked."""
    return gc.get_stats()[-1]["collections"]


def put_aside() -> None:
    """Frees what is garbage now, and has the collector not look at the rest again."""
    gc.collect()
    gc.freeze()


def keep_putting_aside(stop: threading.Event) -> None:
    """Puts aside what pages loaded, after they ran, until it is told to stop."""
    seen, thorough = 0, time.monotonic()
    while not stop.wait(EVERY):
        if _count() == seen:
            continue
        if time.monotonic() - thorough > THOROUGH and not is_running():
            gc.unfreeze()
            thorough = time.monotonic()
        put_aside()
        seen = _count()
