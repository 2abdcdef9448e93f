"""Who has reported a month: on time, late or not at all, where the review stands, and what their uploads leave open."""

from __future__ import annotations

from datetime import date

from pipelines.faults import UserError
from pipelines.warehouse.reader import Reader

_LATEST = "select max(period) from submission_status"
COLUMNS = (
    "township_code", "township", "status", "submission_id", "received_at", "due", "versions", "forms", "nil_forms", "open_warnings",
    "state", "resubmissions", "nil_return", "supplementary", "corrected", "correction", "reminders", "reminded_at", "times_returned",
    "return_reason", "decided_by", "decided_at", "explained_warnings",
)  # fmt: skip
_STATUS = f"select {', '.join(COLUMNS)} from submission_status where period = $period order by township_code"


def read_status(reader: Reader, period: date | None) -> tuple[date, list[dict[str, object]]]:
    """The month (the newest reported one unless it is named) and one row per township; UserError when nothing was ever reported."""
    period = period or next(iter(reader.rows(_LATEST)), (None,))[0]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in reader.rows(_STATUS, {"period": period})] if period else []
    if not rows:
        raise UserError("这个月还没有任何乡镇报送。", "请核对月份，或先用 load 载入月报。")
    return period, rows
