"""Months that take no upload: those that have not begun, those long before all that was ever reported, and those that were approved or locked, which need a written reason so that no figure changes without one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import name_period, shift_period
from pipelines.faults import Problem
from pipelines.home import Home
from pipelines.intake.examine import History
from pipelines.intake.history import RunningHistory, Source
from pipelines.intake.report import FileReport
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.warehouse.releases import read_current

_DECIDED = """select township_code, period, state, was_approved, correction, return_reason from month_state
where period = $period and (state not in ('submitted', 'resubmitted') or resubmissions > 0 or was_approved)"""
_OLDEST = "select min(period) from submission"
_NEWEST = "select max(received_at)::date from submission"
_SAME = """select 1 from submission as s join form_load as l using (submission_id)
where s.sha256 = $sha and s.township_code = $code and s.period = $period and l.superseded_by is null limit 1"""


@dataclass(frozen=True, slots=True)
class Correcting:
    """What the caller says: the reason of a correction, and whether the county makes it."""

    reason: str = ""
    by_county: bool = False


@dataclass(frozen=True, slots=True)
class _Standing:
    state: str = ""
    was_approved: bool = False
    correction: str | None = None
    return_reason: str | None = None


UNSAID = Correcting()
REACH = 24  # months before the first reported one
_FRESH = _Standing()


def latest_day(source: Source | None, period: date) -> date:
    """Today; for a month after it the day of the newest upload, where somebody set the clock back since."""
    today = date.today()
    return max(today, source.rows(_NEWEST)[0][0] or today) if period > today and source else today


def _find_early(source: Source | None, report: FileReport) -> Problem | None:
    """A month that has not begun."""
    today = latest_day(source, report.period)
    if report.period <= today:
        return None
    message = f"{name_period(report.period)}还没有到（服务器上今天是{today.year}年{today.month}月{today.day}日），这份文件没有入库。"
    remedy = "请核对封面上、文件名里或上报时选择的报送月份，改正后再报；服务器的日期不对的，请维护人员改正。"
    return Problem("not_yet", "error", None, None, "period", name_period(report.period), message, remedy)


def _find_ancient(oldest: date | None, report: FileReport) -> Problem | None:
    """A month so long before the first that anybody reported that the year must be mistyped: every month since would count as due for everybody."""
    if oldest is None or report.period >= shift_period(oldest, -REACH):
        return None
    message = f"{name_period(report.period)}比已有的最早一个月（{name_period(oldest)}）还早两年以上，像是年份写错了，这份文件没有入库。"
    remedy = "请核对封面上、文件名里或上报时选择的报送月份；确实要补报更早的，请从较近的月份起往前补报。"
    return Problem("too_early", "error", None, None, "period", name_period(report.period), message, remedy)


class ClosedMonths:
    """Where the months stood, on which the county decided, before the load's first file for a month of the calendar."""

    def __init__(self, source: Source, catalog: Catalog) -> None:
        self._source, self._catalog = source, catalog
        self._found: dict[tuple[str, date], _Standing] = {}
        self._asked: set[date] = set()
        self._oldest = source.rows(_OLDEST)[0][0]

    def _find(self, place: tuple[str, date]) -> _Standing:
        if place[1] not in self._asked:
            self._asked.add(place[1])
            self._found |= {(code, period): _Standing(*told) for code, period, *told in self._source.rows(_DECIDED, {"period": place[1]})}
        return self._found.get(place, _FRESH)

    def _standing(self, report: FileReport) -> _Standing:
        return self._find((report.township_code, report.period))

    def is_fresh(self, place: tuple[str, date]) -> bool:
        """Whether the county never decided on the month."""
        return self._find(place) is _FRESH

    def find_fault(self, report: FileReport, said: Correcting) -> Problem | None:
        """Why the upload cannot be taken: its month has not begun, is approved and there is no reason, or locked and not the county's to change."""
        if outside := _find_early(self._source, report) or _find_ancient(self._oldest, report):
            return outside
        state = self._standing(report).state
        month = f"{self._catalog.township(report.township_code).name}{name_period(report.period)}" if state else ""
        if state == "locked" and not (said.reason.strip() and said.by_county):
            remedy = "要订正的，请把要改的数和原因告诉县总工会，由县总工会订正。"
            return Problem("locked", "error", None, None, None, None, f"{month}月报已经锁定，这份文件没有入库。", remedy)
        if state == "approved" and not said.reason.strip():
            remedy = "确需改数的，请写明订正原因后再报；原来的数和改后的数都会保留。"
            return Problem("approved", "error", None, None, None, None, f"{month}月报已经审核通过，这份文件没有入库。", remedy)
        return None

    def correction(self, report: FileReport, said: Correcting) -> str:
        """The reason to be kept with an upload for a month that was ever approved: what is said, else that of the correction which it mends,
        else why the county returned the month. Empty where nothing approved is changed."""
        now = self._standing(report)
        return (said.reason.strip() or now.correction or now.return_reason or "") if now.was_approved else ""


class Earlier:
    """What a release says that a check has to know: earlier months' figures, and which months are closed; nothing where there is no release."""

    def __init__(self, reader: Reader | None, catalog: Catalog) -> None:
        self._reader = reader
        self.history = RunningHistory(reader, catalog).as_history() if reader else History()
        self._closed = ClosedMonths(reader, catalog) if reader else None

    def find_fault(self, report: FileReport, content: bytes, said: Correcting) -> Problem | None:
        """As that of the closed months; the very file that is in force changes nothing and is never a fault."""
        fault = self._closed.find_fault(report, said) if self._closed else _find_early(None, report)
        if fault is None or self._reader is None:
            return fault
        asked = {"sha": hashlib.sha256(content).hexdigest(), "code": report.township_code, "period": report.period}
        return None if self._reader.rows(_SAME, asked) else fault


def read_earlier(home: Home | None, catalog: Catalog) -> Earlier:
    """What the home's newest release says."""
    return Earlier(open_reader(home) if home is not None and read_current(home) is not None else None, catalog)
