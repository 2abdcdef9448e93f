"""States of a home that many tests begin with: the product makes each once in a process, and every test gets a copy of it, with either store."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipelines.home import Home, read_warehouse_address
from tests.afterwards import rest
from tests.demo_homes import FOLDER
from tests.postgres import copy_database, create_database, drop_database

SETTING = "UNION_BOARD_WAREHOUSE"
_made: dict[tuple[str, str], tuple[Home, str | None]] = {}  # state and server -> the home, and the database of its lake
_copies: list[str] = []


def _make(make: Callable[[Home], object]) -> tuple[Home, str | None]:
    home, asked = Home(Path(tempfile.mkdtemp(dir=os.environ[FOLDER])) / "home"), read_warehouse_address()
    database = create_database(asked) if asked else None
    with pytest.MonkeyPatch.context() as patched:
        if database:
            patched.setenv(SETTING, database)
        make(home)
        rest()
    return home, database


def prepare(home: Home, state: str, make: Callable[[Home], object]) -> Home:
    """Brings an empty home into the state that `make` makes of one; its lake is a database of its own, which the setting then names."""
    key = state, urlsplit(read_warehouse_address() or "").netloc
    if key not in _made:
        _made[key] = _make(make)
    made, database = _made[key]
    shutil.copytree(made.path, home.path, dirs_exist_ok=True)
    if database:
        while _copies:  # of tests that are over
            drop_database(_copies.pop())
        os.environ[SETTING] = copy_database(database)
        _copies.append(os.environ[SETTING])
    return home
