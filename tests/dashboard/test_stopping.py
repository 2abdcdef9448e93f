"""A server that is told to stop is gone after its patience, whatever hangs: one deadline for all that it waits for."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from pipelines.home import ROOT
from tests.ports import free_port

SERVER = """
import asyncio, sys, threading, time
import uvicorn
from dashboard import stopping

def page(seconds):
    with stopping.running():
        time.sleep(seconds)
        print(time.monotonic(), flush=True)

def late(seconds):
    while not stopping.is_stopping():
        time.sleep(0.05)
    time.sleep(0.5)
    page(seconds)

async def app(scope, receive, send):  # a request that never ends, beside a page that does not either
    await asyncio.sleep(0 if begin is late else 600)

begin, seconds = {"page": page, "late": late}[sys.argv[2]], float(sys.argv[3])
threading.Thread(target=begin, args=(seconds,), daemon=True).start()
if begin is late:
    threading.Thread(target=page, args=(1,), daemon=True).start()
stopping.Server(uvicorn.Config(app, port=int(sys.argv[1]), lifespan="off", log_level="critical")).run()
"""


@contextlib.contextmanager
def hanging(which: str, seconds: float, patience: int) -> Iterator[subprocess.Popen]:
    """A server with a page that runs for so long; the late one begins when the server is told to stop."""
    port = free_port()
    told = {**os.environ, "UNION_BOARD_STOP_SECONDS": str(patience), "UNION_BOARD_DRAIN_SECONDS": "0"}
    words = [sys.executable, "-c", SERVER, str(port), which, str(seconds)]
    with subprocess.Popen(words, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True) as process, contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        for _ in range(200):
            with contextlib.suppress(OSError):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
                break
            time.sleep(0.1)
        time.sleep(0.3)
        yield process


def seconds_to_end(process: subprocess.Popen) -> float:
    """From SIGTERM to the end of the process."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    return time.monotonic() - begun


def test_a_server_is_gone_after_its_patience_whatever_hangs():
    with hanging("page", 600, patience=5) as process:
        assert 4.5 < seconds_to_end(process) < 8


def test_a_page_that_began_at_the_last_moment_comes_to_its_end():
    with hanging("late", 2, patience=20) as process:
        process.send_signal(signal.SIGTERM)
        ended = [float(line) for line in process.communicate(timeout=60)[0].splitlines()]
        assert len(ended) == 2 and time.monotonic() - ended[-1] > 0.9  # in which what it told is still sent


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(which):
    with hanging("page", 600, patience=30) as process:
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        begun = time.monotonic()
        process.send_signal(which)
        process.wait(timeout=60)
        assert time.monotonic() - begun < 6
