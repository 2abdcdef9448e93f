"""Homes with the demo county in them: each length is made once in a run of the tests, for all its processes, and copied for who asks."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import filelock

from pipelines.catalog.load import load_catalog
from pipelines.demo.make import make_demo
from pipelines.home import Home, read_warehouse_address
from pipelines.workflow.move import move_warehouse
from tests.afterwards import rest

FOLDER = "UNION_BOARD_TEST_DEMOS"


def open_store() -> None:
    """Makes the folder that the processes of a run share; they inherit its name."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="union-board-demos-")


def close_store() -> None:
    """Removes the folder."""
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def copy_demo(home: Home, months: int, level: str = "county") -> None:
    """Puts the demo county of so many months, or the demo city or province, into a new home, as `make_demo` would; moved into the lake where the test uses that."""
    store = Path(os.environ[FOLDER])
    whole = store / f"{level}-{months}"
    with filelock.FileLock(f"{whole}.lock"):
        if not whole.exists():
            make_demo(Home(store / f"{level}-{months}.part", local=True), months=months, level=level)
            rest()
            (store / f"{level}-{months}.part").rename(whole)
    shutil.copytree(whole, home.path, dirs_exist_ok=True)
    if read_warehouse_address() and not home.local:
        move_warehouse(home, load_catalog(overlay=home.overlay), to_lake=True)
