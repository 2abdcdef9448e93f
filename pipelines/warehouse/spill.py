"""Where DuckDB puts what a query cannot hold in memory: a folder of each database's own, for two databases that put it into one end their process.

DuckDB makes the folder in the home when it needs it and removes it when the database is closed; what a killed process left is removed a day later.
"""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from functools import cache

from pipelines.home import Home

_NAME = ".spill-"
_KEPT = 24 * 3600  # seconds


@cache
def _remove_left(home: Home) -> None:
    """Once in a process."""
    for folder in home.path.glob(f"{_NAME}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _KEPT:
                shutil.rmtree(folder, ignore_errors=True)


def spilling(home: Home) -> dict[str, str]:
    """The setting of a new database of the home."""
    _remove_left(home)
    return {"temp_directory": str(home.path / f"{_NAME}{secrets.token_hex(8)}")}
