"""What pages loaded is put aside from the collector, what is garbage is not, and what became garbage since is found in the end."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest

from dashboard import frozen


class Node:
    """Holds itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def worker(monkeypatch):
    """The server's thread, quick."""
    monkeypatch.setattr(frozen, "EVERY", 0.02)
    stop = threading.Event()
    thread = threading.Thread(target=frozen.keep_putting_aside, args=(stop,), daemon=True)
    yield thread
    stop.set()
    thread.join(10)
    gc.unfreeze()


def wait(condition) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_stays_is_put_aside_and_garbage_freed(worker):
    kept, before = [Node() for _ in range(1000)], gc.get_freeze_count()
    gone = weakref.ref(Node())
    worker.start()
    gc.collect()  # as Streamlit does after a page
    wait(lambda: gc.get_freeze_count() >= before + len(kept))
    assert gone() is None


def test_what_was_put_aside_is_freed_when_it_became_garbage_and_no_page_runs(worker, monkeypatch):
    node = Node()
    gone = weakref.ref(node)
    frozen.put_aside()
    del node
    gc.collect()
    assert gone() is not None
    monkeypatch.setattr(frozen, "THOROUGH", 0)
    worker.start()
    wait(lambda: gone() is None)


def test_nothing_is_walked_while_no_page_runs(worker):
    worker.start()
    time.sleep(0.3)
    before = gc.get_stats()[-1]["collections"]
    time.sleep(0.3)
    assert gc.get_stats()[-1]["collections"] - before <= 1
