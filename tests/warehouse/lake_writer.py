"""Uploads a number of workbooks one after the other, as the page does, and says what became of each. `python -m tests.warehouse.lake_writer HOME FIRST COUNT DISK`.

DISK is `alone` for a machine whose shared disk carries no locks to other machines, so that PostgreSQL alone keeps the writers apart, or `together` for
processes of one machine.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

from pipelines import locks
from pipelines.catalog.load import load_catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.load import load_bytes
from tests.warehouse.storm import PLACES, make_upload


def upload(home: Home, first: int, count: int) -> None:
    """Says `loaded SERIAL NUMBER` of what is in, and `told SERIAL SENTENCE` where the person was told why not."""
    catalog = load_catalog()
    for serial in range(first, first + count):
        try:
            done = load_bytes(home, catalog, f"{serial}.xlsx", make_upload(serial, PLACES[serial % len(PLACES)]))
            print(f"{done.status} {serial} {done.submission_id}", flush=True)
        except UserError as fault:
            print(f"told {serial} {fault.message}{fault.remedy}", flush=True)


if __name__ == "__main__":
    if sys.argv[4] == "alone":
        locks._on_disk = lambda *told: nullcontext()
    upload(Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]))
