"""What earlier months say, read from the published release, for a check that writes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.home import Home
from pipelines.intake.examine import History
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.warehouse.releases import read_current

_NEWEST = "select max(period) from register where township_code = $code and period < $before"
_REGISTER = "select employer, union_name, has_union, members from register where township_code = $code and period = $newest"
_MONTHLY = """select indicator_code, month(period), value from monthly where township_code = $code and value is not null
and year(period) = year($period::date) and period < $period"""


def _last_register(reader: Reader, code: str, before: date) -> tuple[date, list[dict]] | None:
    newest = reader.rows(_NEWEST, {"code": code, "before": before})[0][0]
    if newest is None:
        return None
    keys = ("employer", "union_name", "has_union", "members")
    return newest, [dict(zip(keys, row, strict=True)) for row in reader.rows(_REGISTER, {"code": code, "newest": newest})]


def _monthly_so_far(reader: Reader, code: str, period: date) -> dict[str, dict[int, Decimal]]:
    found: dict[str, dict[int, Decimal]] = {}
    for item, month, value in reader.rows(_MONTHLY, {"code": code, "period": period}):
        found.setdefault(item, {})[month] = value
    return found


def read_history(home: Home | None) -> History:
    """The history of a home's newest release; one that says nothing when there is none."""
    if home is None or read_current(home) is None:
        return History()
    reader = open_reader(home)
    return History(lambda code, before: _last_register(reader, code, before), lambda code, period: _monthly_so_far(reader, code, period))
