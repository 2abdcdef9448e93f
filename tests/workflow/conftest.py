"""What the tests of the review share: one reported month, its state, and a way into each state."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.home import Home
from pipelines.intake.load import load_bytes
from pipelines.warehouse.reader import open_reader
from pipelines.workflow import review
from tests.intake.build import GOOD, workbook
from tests.prepared import prepare

TOWN, OTHER, MARCH = "420324100", "420324101", date(2026, 3, 1)
EVENTS = {"活动与服务台账": GOOD["活动与服务台账"]}


def events(participants: object, cover: tuple[str, str] = ("城关镇", "2026-03")) -> bytes:
    """A workbook with the events form only."""
    return workbook({"活动与服务台账": [GOOD["活动与服务台账"][0], [f"{cover[1]}-12", "西关社区工会", "文体活动", "东塔杯", participants]]}, cover=cover)


def state(home: Home, columns: str = "state", code: str = TOWN) -> object:
    """A column of the township's March, or a tuple of several."""
    (row,) = open_reader(home).rows(f"select {columns} from submission_status where township_code = $t and period = $p", {"t": code, "p": MARCH})
    return row[0] if len(row) == 1 else row


def newest(home: Home) -> str:
    """The number of the township's newest upload."""
    return state(home, "submission_id")


def bring(home: Home, catalog, wanted: str) -> None:
    """Brings 城关镇's March of an empty home into a state."""
    prepare(home, f"a month {wanted}", lambda made: _bring(made, catalog, wanted))


def _bring(home: Home, catalog, wanted: str) -> None:
    load_bytes(home, catalog, "别的乡镇.xlsx", workbook(cover=("蒋家堰镇", "2026-03")))
    if wanted == "missing":
        return
    load_bytes(home, catalog, "一.xlsx", workbook())
    if wanted in ("returned", "resubmitted"):
        review.return_submission(home, catalog, "000002", "人次不对", [], "王干事")
    if wanted == "resubmitted":
        load_bytes(home, catalog, "二.xlsx", events(75))
    if wanted in ("approved", "locked"):
        review.approve(home, catalog, ["000002"], "王干事")
    if wanted == "locked":
        review.lock(home, catalog, [TOWN], MARCH, "王干事")


@pytest.fixture
def reported(home, catalog) -> Home:
    """A home where 城关镇 (000002) and 蒋家堰镇 (000001) have reported March."""
    bring(home, catalog, "submitted")
    return home


@pytest.fixture
def uploaded(home, catalog) -> Home:
    """A home where 城关镇 has reported March, once."""
    return prepare(home, "one upload", lambda made: load_bytes(made, catalog, "一.xlsx", workbook()))
