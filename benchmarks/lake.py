"""A size's home whose warehouse is a lake, with a PostgreSQL of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.run import Run
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.workflow.move import move_warehouse
from tests.postgres import PROGRAMS, USUAL, running_postgres

__all__ = ["PROGRAMS", "lake"]


@contextmanager
def lake(run: Run, size: str) -> Iterator[Home]:
    """A copy of the home, moved into a lake that is this process's warehouse as long; PostgreSQL writes as durably as it does unless told otherwise."""
    home = run.copy(size)
    with running_postgres(USUAL) as server:
        os.environ["UNION_BOARD_WAREHOUSE"] = server.new_database()
        try:
            move_warehouse(home, load_catalog(overlay=home.overlay), to_lake=True)
            yield home
        finally:
            del os.environ["UNION_BOARD_WAREHOUSE"]
