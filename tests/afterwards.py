"""Waits for what the product does after a publishing while nobody waits, so that a test finds the home at rest."""

from __future__ import annotations

import threading

from pipelines.warehouse.file_store import AFTERWARDS


def rest() -> None:
    """Until the next writer's file is there."""
    for thread in threading.enumerate():
        if thread.name == AFTERWARDS:
            thread.join()
