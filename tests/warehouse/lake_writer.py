"""Uploads a number of workbooks one after the other, as the page does, and says what became of each. `python -m tests.warehouse.lake_writer HOME FIRST COUNT DISK [SERIAL POINT]`.

DISK is `alone` for a machine whose shared disk carries no locks to other machines, so that PostgreSQL alone keeps the writers apart, or `together` for
processes of one machine. The upload of that SERIAL stops at the POINT: it says `reached SERIAL POINT`, and goes on when it is sent a line.
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
from pipelines.warehouse import stage
from pipelines.warehouse.lake_store import LakeStore
from tests.warehouse.storm import PLACES, make_upload

POINTS = {  # the function before which an upload stops
    "half-written": (stage, "_write_form"),  # inside the transaction
    "committed": (LakeStore, "_publish"),  # everything is in the lake, and no release has it
}


def stop_once(point: str, said: str) -> None:
    """The next one who comes to the point says so, and waits for a line."""
    place, name = POINTS[point]
    real = getattr(place, name)

    def stopping(*told, **named):
        setattr(place, name, real)
        print(said, flush=True)
        sys.stdin.readline()
        return real(*told, **named)

    setattr(place, name, stopping)


def upload(home: Home, first: int, count: int, stop: tuple[str, ...]) -> None:
    """Says `loaded SERIAL NUMBER` of what is in, and `told SERIAL SENTENCE` where the person was told why not."""
    catalog = load_catalog()
    for serial in range(first, first + count):
        if stop and int(stop[0]) == serial:
            stop_once(stop[1], f"reached {serial} {stop[1]}")
        try:
            done = load_bytes(home, catalog, f"{serial}.xlsx", make_upload(serial, PLACES[serial % len(PLACES)]))
            print(f"{done.status} {serial} {done.submission_id}", flush=True)
        except UserError as fault:
            print(f"told {serial} {fault.message}{fault.remedy}", flush=True)


if __name__ == "__main__":
    if sys.argv[4] == "alone":
        locks._on_disk = lambda *told: nullcontext()
    upload(Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]), tuple(sys.argv[5:]))
