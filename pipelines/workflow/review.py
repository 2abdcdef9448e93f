"""What the county does with townships' months: approve, return, lock, unlock, remind; one published release per call, all of it or nothing.

Who may do it is the caller's question; which state allows it is `ALLOWED` of `pipelines/warehouse/decision.py`. A decision holds for the newest
upload of its month only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import name_period
from pipelines.faults import Problem, UserError
from pipelines.home import Home
from pipelines.intake.closed import latest_day
from pipelines.intake.journal import record_decisions
from pipelines.intake.keep import read_original
from pipelines.intake.mend import settle
from pipelines.intake.read.guard import read_file
from pipelines.intake.sheet import Sheet, address
from pipelines.warehouse.decision import ACTIONS, ALLOWED, STATES, Cell, Decision
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.writer import Writer, open_writer

_STATE = "select township_code, period, submission_id, state, decided_by, decided_at from month_state where township_code = $code and period = $period"
_PLACE = "select township_code, period, sha256 from submission where submission_id = $id"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
LONGEST = 500  # characters of a reason or note


@dataclass(frozen=True, slots=True)
class _Month:
    township_code: str
    period: date
    submission_id: str | None
    state: str
    decided_by: str | None = None
    decided_at: datetime | None = None


class _Desk:
    """One call's acts, gathered and then recorded together."""

    def __init__(self, home: Home, catalog: Catalog, writer: Writer, by: str) -> None:
        self.home, self.catalog, self.writer, self.by = home, catalog, writer, by
        self.now, self.decisions, self.faults = datetime.now().replace(microsecond=0), [], []

    def month_of(self, submission_id: str) -> _Month:
        """The month of an upload, which has to be its newest."""
        found = self.writer.rows(_PLACE, {"id": submission_id})
        if not found:
            raise _unknown(submission_id)
        month = self.month(*found[0][:2])
        if month.submission_id != submission_id:
            message = f"{self._name(month)}月报已有更新的报送（回执号 {month.submission_id}），{submission_id} 不再是最新的。"
            raise UserError(message, f"请先查看 {month.submission_id}，再对它审核。")
        return month

    def month(self, township_code: str, period: date) -> _Month:
        """Where a township's month stands."""
        if self.catalog.township(township_code) is None:
            raise UserError(f"没有代码为 {township_code} 的乡镇。", "请核对乡镇代码。")
        found = self.writer.rows(_STATE, {"code": township_code, "period": period})
        return _Month(*found[0]) if found else _Month(township_code, period, None, "missing")

    def _name(self, month: _Month) -> str:
        return f"{self.catalog.township(month.township_code).name}{name_period(month.period)}"

    def decide(self, action: str, month: _Month, reason: str = "", cells: tuple[Cell, ...] = ()) -> None:
        """Notes a decision, or why it cannot be."""
        if month.state in ALLOWED[action]:
            self.decisions.append(Decision(0, action, month.township_code, month.period, month.submission_id, reason, cells, self.by, self.now))
            return
        when = f"（{month.decided_by}，{month.decided_at:%Y-%m-%d %H:%M}）" if month.decided_at else ""
        self.faults.append(f"{self._name(month)}：{STATES[month.state]}{when}")

    def close(self, action: str) -> None:
        """Records what was noted; UserError that names every month that does not allow it."""
        if self.faults:
            raise UserError(f"不能{ACTIONS[action]}：{'；'.join(self.faults)}。", REMEDIES[action])
        record_decisions(self.home, self.writer, self.decisions)


REMEDIES = {
    "approve": "已经通过的不用再审；未报的请先催报；锁定的要改请先解锁。请去掉这几个后再试，其余的还没有处理。",
    "return": "未报的不能退回；锁定的请先解锁。",
    "lock": "只有审核通过的月报可以锁定，请先审核；其余的还没有处理。",
    "unlock": "只有锁定的月报可以解锁；其余的还没有处理。",
    "remind": "已经报送的不用催报。请去掉这几个后再试，其余的还没有处理。",
}


@contextmanager
def _desk(home: Home, catalog: Catalog, by: str, action: str, published: list[str]) -> Iterator[_Desk]:
    """A desk under the writers' lock; the release that shows what was done is put into `published`."""
    if read_current(home) is None:
        raise UserError("还没有任何月报入库，暂时不能审核、锁定和登记催报。", "请先用 load 载入第一份月报。")
    with open_writer(home, catalog, ACTIONS[action]) as writer:
        settle(home, writer)
        desk = _Desk(home, writer.catalog, writer, by)
        yield desk
        desk.close(action)
    published.append(writer.release or read_current(home))


def _unknown(submission_id: str) -> UserError:
    return UserError(f"没有回执号为 {submission_id} 的报送。", "请查看报送情况里各乡镇最新的回执号（命令行用 status）。")


def _written(reason: str, what: str) -> str:
    text = reason.strip()
    if not text:
        raise UserError(f"{what}要写明原因。", "请用一句话写清原因，乡镇看得到。")
    if len(text) > LONGEST:
        raise UserError(f"原因太长（{len(text)} 字）。", f"请写得短些，最多 {LONGEST} 字。")
    return text


def read_number(text: str) -> str:
    """A receipt's number as it is kept, with its leading zeros; UserError for what is no number."""
    number = str(text).strip()
    if not (number.isascii() and number.isdigit()):
        raise UserError(f"“{number[:40]}”不是回执号。", "回执号是一串数字，如 000014；各乡镇最新的回执号见报送情况（命令行用 status）。")
    return number.zfill(6)


def _numbers(submission_ids: Sequence[str]) -> list[str]:
    if not submission_ids:
        raise UserError("没有选中任何报送。", "请至少选一份。")
    return list(dict.fromkeys(map(read_number, submission_ids)))


def _codes(township_codes: Sequence[str]) -> list[str]:
    if not township_codes:
        raise UserError("没有选中任何乡镇。", "请至少选一个。")
    return list(dict.fromkeys(township_codes))


def _column(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def _checked(cell: Cell, sheets: Sequence[Sheet]) -> Cell:
    if cell.sheet not in [s.name for s in sheets]:
        raise UserError(f"原表里没有“{cell.sheet}”这张工作表。", f"原表的工作表有：{'、'.join(s.name for s in sheets if not s.hidden)}。")
    found = _ADDRESS.fullmatch(cell.cell.strip().upper())
    if not found or _column(found[1]) > 16_384 or int(found[2]) > 1_048_576:
        raise UserError(f"“{cell.cell}”不是单元格地址。", "请写成 C7 这样：列的字母加行号。")
    _check_within(cell.sheet, found, next(s for s in sheets if s.name == cell.sheet))
    return Cell(cell.sheet, found[0], cell.note.strip()[:LONGEST])


def _check_within(name: str, found: re.Match, sheet: Sheet) -> None:
    """UserError for a cell to the right of or below everything that was read of the sheet."""
    row, column = max((number for number, _ in sheet.rows), default=0), max((len(cells) for _, cells in sheet.rows), default=0)
    if not row or not column:
        raise UserError(f"原表的“{name}”是空的，没有单元格“{found[0]}”。", "请核对工作表的名称。")
    if int(found[2]) > row or _column(found[1]) > column:
        raise UserError(f"原表的“{name}”里没有单元格“{found[0]}”：有内容的是 A1 到 {address(column - 1, row)}。", "请核对单元格的地址；缺整行、整列的，请写在退回的原因里。")


def _check_cells(home: Home, submission_id: str, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells as the original has them; read before the lock is taken, for an original never changes."""
    if not cells:
        return ()
    reader = open_reader(home)
    found = reader.rows(_PLACE, {"id": submission_id}) if reader.release else []
    if not found:
        raise _unknown(submission_id)
    original = read_original(home, found[0][2])
    sheets = read_file(original) if original else []
    if not sheets or isinstance(sheets, Problem):
        raise UserError("这份报送的原表现在读不出来，不能指明单元格。", "请把要改的地方写进退回的原因里，并告诉维护人员。")
    return tuple(_checked(c, sheets) for c in cells)


def approve(home: Home, catalog: Catalog, submission_ids: Sequence[str], by: str) -> str:
    """Approves the uploads, which must be the newest of their months; gives the release. UserError where one may not be, and nothing is done."""
    published: list[str] = []
    numbers = _numbers(submission_ids)
    with _desk(home, catalog, by, "approve", published) as desk:
        for number in numbers:
            desk.decide("approve", desk.month_of(number))
    return published[0]


def return_submission(home: Home, catalog: Catalog, submission_id: str, reason: str, cells: Sequence[Cell], by: str) -> str:
    """Returns an upload with a reason and the cells to be mended; gives the release. UserError without a reason, or for a cell that is not there."""
    published: list[str] = []
    (number,), text = _numbers([submission_id]), _written(reason, "退回")
    checked = _check_cells(home, number, cells)
    with _desk(home, catalog, by, "return", published) as desk:
        desk.decide("return", desk.month_of(number), text, checked)
    return published[0]


def _on_months(home: Home, catalog: Catalog, township_codes: Sequence[str], period: date, by: str, action: str, reason: str = "") -> str:
    published: list[str] = []
    codes = _codes(township_codes)
    with _desk(home, catalog, by, action, published) as desk:
        for code in codes:
            desk.decide(action, desk.month(code, period), reason)
    return published[0]


def _check_begun(home: Home, period: date) -> None:
    """UserError for a month that has not begun."""
    reader = open_reader(home)
    today = latest_day(reader if reader.release else None, period)
    if period > today:
        raise UserError(f"{name_period(period)}还没有到（服务器上今天是{today.year}年{today.month}月{today.day}日），没有登记催报。", "请核对月份；服务器的日期不对的，请维护人员改正。")


def lock(home: Home, catalog: Catalog, township_codes: Sequence[str], period: date, by: str) -> str:
    """Locks approved months against changes by townships; gives the release. UserError where one is not approved, and nothing is done."""
    return _on_months(home, catalog, township_codes, period, by, "lock")


def unlock(home: Home, catalog: Catalog, township_codes: Sequence[str], period: date, reason: str, by: str) -> str:
    """Makes locked months approved ones again, for a written reason; gives the release. UserError where one is not locked."""
    return _on_months(home, catalog, township_codes, period, by, "unlock", _written(reason, "解锁"))


def remind(home: Home, catalog: Catalog, township_codes: Sequence[str], period: date, by: str) -> str:
    """Notes that townships were reminded (the words are those of `reminders.py`); gives the release. UserError where one has reported already, or before the month has begun."""
    _check_begun(home, period)
    return _on_months(home, catalog, township_codes, period, by, "remind")
