"""What the county decided about townships' months, as the warehouse keeps it; where each month stands is computed in `month_state.sql`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from pipelines.warehouse.meaning import insert_rows
from pipelines.warehouse.transaction import transaction

STATES = {"missing": "未报", "submitted": "已报待审", "returned": "退回", "resubmitted": "重报待审", "approved": "审核通过", "locked": "锁定"}
PUNCTUALITY = {"missing": "未报", "on_time": "按时报送", "late": "迟报"}  # of a month's first upload, as `submission_status` calls it
ACTIONS = {"return": "退回", "approve": "审核通过", "lock": "锁定", "unlock": "解锁", "remind": "催报"}
ALLOWED = {  # action -> the states in which it may be done; a decision may be changed until the month is locked
    "return": ("submitted", "resubmitted", "approved", "returned"),
    "approve": ("submitted", "resubmitted", "returned"),
    "lock": ("approved",),
    "unlock": ("locked",),
    "remind": ("missing", "returned"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the sender's file that has to be mended, and why."""

    sheet: str
    cell: str  # A1 address
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One act on a township's month."""

    sequence: int  # the number of its record in the home's `decisions/`
    action: str  # a key of ACTIONS
    township_code: str
    period: date  # first day of the month
    submission_id: str | None  # the upload decided on; a reminder may have none
    reason: str
    cells: tuple[Cell, ...]
    by: str
    at: datetime  # naive, county's local time; never decides an order


def write_decisions(connection: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> None:
    """Adds decisions in one transaction; an error leaves the warehouse as it was."""
    rows = [(d.sequence, d.action, d.township_code, d.period, d.submission_id, d.reason, d.by, d.at) for d in decisions]
    with transaction(connection):
        insert_rows(connection, "decision", rows)
        insert_rows(connection, "decision_cell", [(d.sequence, d.submission_id, c.sheet, c.cell, c.note) for d in decisions for c in d.cells])
        insert_rows(connection, "stale", sorted({(d.township_code, d.period) for d in decisions}))
