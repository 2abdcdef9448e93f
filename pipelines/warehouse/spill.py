"""Where DuckDB puts what a query cannot hold in memory: a folder of each database's own, for two databases that put it into one end their process.

DuckDB makes the folder in the home when it first needs it, never a second time, and removes it when the database is closed: so a folder stays as long as
somebody may have it, and a server that starts removes only the old files in it (`workflow/startup.py`).
"""

from __future__ import annotations

import secrets

from pipelines.home import Home

SPILL = ".spill-"


def spilling(home: Home) -> dict[str, str]:
    """The setting of a new database of the home."""
    return {"temp_directory": str(home.path / f"{SPILL}{secrets.token_hex(8)}")}
