"""A server that is told to stop (SIGTERM): says so at /healthz, lets the pages that are running come to their end, and only then closes its door.

A page runs in a thread that ends with the process, an upload that is being loaded with it. What is loaded so far would not be lost, but its
sender would never hear of it. Whoever has a page open is connected to another process by nginx, or to the next one here.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import FrameType

import uvicorn

from pipelines.home import read_number

PATIENCE = read_number("UNION_BOARD_STOP_SECONDS", 45, 0, 3600)  # that a running page may still take; below systemd's TimeoutStopSec
DRAIN = read_number("UNION_BOARD_DRAIN_SECONDS", 0, 0, 3600)  # that /healthz says so before the door is closed, for a load balancer that asks
LAST = 1.0  # after a page's run, and that connections have to say goodbye when nothing is left of PATIENCE
_asked = threading.Event()
_deadline: list[float] = []  # one for all that is waited for, on the clock that never jumps; empty before this process is told to stop
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


def _set_deadline(seconds: float) -> None:
    _deadline[:] = [time.monotonic() + seconds]


def time_left() -> float:
    """Seconds that what is running may still take."""
    return max(0.0, _deadline[0] - time.monotonic()) if _deadline else PATIENCE


def wait_for_running() -> bool:
    """Waits for what is running now, not for what begins meanwhile; gives whether it ended in time. A deadline that a signal shortens meanwhile holds at once."""
    with _changed:
        found = set(_running)
        while found & _running and (left := time_left()):
            _changed.wait(min(left, 0.2))
        return not found & _running


class Server(uvicorn.Server):
    """uvicorn's server with patience; a second signal, and Ctrl+C, end it at once."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal does."""
        if sig == signal.SIGTERM and not _deadline:
            _set_deadline(DRAIN + PATIENCE)
            _asked.set()
            threading.Thread(target=self._leave, args=(sig,), daemon=True).start()
            return
        _set_deadline(0 if _deadline else PATIENCE)
        self._close(sig, frame)

    def _leave(self, sig: int) -> None:
        time.sleep(DRAIN)
        if is_running():
            for _ in range(2):  # the page's run, and its next one, which tells what the one before did
                wait_for_running()
                time.sleep(min(LAST, time_left()))  # in which that next one begins, and then what it told is sent
        self._close(sig, None)

    def _close(self, sig: int, frame: FrameType | None) -> None:
        self.config.timeout_graceful_shutdown = max(LAST, time_left())
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the door, then waits for a page that began at the last moment."""
        await super().shutdown(sockets)
        await asyncio.to_thread(wait_for_running)
