"""A server that is told to stop (SIGTERM): says so at /healthz, lets the pages that are running come to their end, and only then closes its door.

A page runs in a thread that ends with the process, an upload that is being loaded with it. What is loaded so far would not be lost, but its
sender would never hear of it. Whoever has a page open is connected to another process by nginx, or to the next one here.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import FrameType

import uvicorn

PATIENCE = int(os.environ.get("UNION_BOARD_STOP_SECONDS", 45))  # that a running page may still take; below systemd's TimeoutStopSec
DRAIN = int(os.environ.get("UNION_BOARD_DRAIN_SECONDS", 0))  # that /healthz says so before the door is closed, for a load balancer that asks
_asked = threading.Event()
_changed = threading.Condition()
_running: set[int] = set()
_numbers = count()


@contextmanager
def running() -> Iterator[None]:
    """Has a server that is told to stop wait for what is done inside."""
    number = next(_numbers)
    with _changed:
        _running.add(number)
    try:
        yield
    finally:
        with _changed:
            _running.discard(number)
            _changed.notify_all()


def is_running() -> bool:
    """Whether a page runs now, or something slow that one began."""
    return bool(_running)


def is_stopping() -> bool:
    """Whether this process was told to stop."""
    return _asked.is_set()


def wait_for_running(seconds: float = PATIENCE) -> bool:
    """Waits for what is running now, not for what begins meanwhile; gives whether it ended in time."""
    with _changed:
        found = set(_running)
        return _changed.wait_for(lambda: not found & _running, seconds)


class Server(uvicorn.Server):
    """uvicorn's server with patience; a second signal, and Ctrl+C, end it at once."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal does."""
        if sig != signal.SIGTERM or _asked.is_set():
            super().handle_exit(sig, frame)
            return
        _asked.set()
        threading.Thread(target=self._leave, args=(sig,), daemon=True).start()

    def _leave(self, sig: int) -> None:
        time.sleep(DRAIN)
        wait_for_running()
        super().handle_exit(sig, None)
