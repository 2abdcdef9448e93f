"""Who has reported a month: on time, late or not at all, and what their uploads leave open."""

from __future__ import annotations

from datetime import date

from pipelines.faults import UserError
from pipelines.warehouse.reader import Reader

_LATEST = "select max(period) from submission_status"
_STATUS = """select s.township_code, s.township, s.status, s.submission_id, s.received_at, s.due, s.versions, s.forms, s.nil_forms,
    count(p.code)::integer as open_warnings
from submission_status as s left join problem as p on p.township_code = s.township_code and p.period = s.period
where s.period = $period group by all order by s.township_code"""
COLUMNS = ("township_code", "township", "status", "submission_id", "received_at", "due", "versions", "forms", "nil_forms", "open_warnings")


def read_status(reader: Reader, period: date | None) -> tuple[date, list[dict[str, object]]]:
    """The month (the newest reported one unless it is named) and one row per township; UserError when nothing was ever reported."""
    period = period or next(iter(reader.rows(_LATEST)), (None,))[0]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in reader.rows(_STATUS, {"period": period})] if period else []
    if not rows:
        raise UserError("这个月还没有任何乡镇报送。", "请核对月份，或先用 load 载入月报。")
    return period, rows
