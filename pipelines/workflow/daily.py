"""The daily backup: made by whichever server process is first, verified, rotated, and never the last good one thrown away."""

from __future__ import annotations

import os
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.durable import find_disk_fault
from pipelines.faults import UserError
from pipelines.home import Home, read_number
from pipelines.locks import Busy, hold_lock
from pipelines.warehouse.releases import read_current
from pipelines.workflow.backup import make_backup
from pipelines.workflow.unattended import describe_fault, note_failure, note_fault, read_fault

BY = "自动备份"
DAYS, MONTHS = 14, 12
LATE_HOURS = 36  # without a good backup for so long, people are told
_CLOCK_SLACK = timedelta(hours=1)
_NAME = re.compile(r"union-board-(\d{4})(\d{2})(\d{2})\.zip")


@dataclass(frozen=True, slots=True)
class BackupState:
    """How it stands with the automatic backups of a home: `fault` is a Chinese sentence, empty when all is well."""

    enabled: bool
    folder: Path
    newest: Path | None
    made_at: datetime | None
    count: int
    fault: str = ""


def backup_folder(home: Home) -> Path:
    """Where the daily backups go: `UNION_BOARD_BACKUP_DIR`, else beside the data."""
    return Path(os.environ.get("UNION_BOARD_BACKUP_DIR") or home.path / "backups")


def is_enabled() -> bool:
    """Unless UNION_BOARD_BACKUP is `off`."""
    return os.environ.get("UNION_BOARD_BACKUP", "on") != "off"


def read_hour() -> int:
    """The hour from which on the day's backup is due: 2 unless UNION_BOARD_BACKUP_HOUR says otherwise."""
    return read_number("UNION_BOARD_BACKUP_HOUR", 2, 0, 23)


def list_backups(home: Home) -> list[Path]:
    """The daily backups, oldest first."""
    folder = backup_folder(home)
    return sorted(p for p in folder.glob("union-board-*.zip") if _NAME.fullmatch(p.name)) if folder.exists() else []


def _day(path: Path) -> date:
    found = _NAME.fullmatch(path.name)
    return date(*map(int, found.groups()))


def choose_old(days: list[date], today: date) -> list[date]:
    """Which of the days' backups may go: the last fourteen days stay, the newest of each of the last twelve months, and always the newest of all."""
    newest_of_month: dict[tuple[int, int], date] = {}
    for day in sorted(days):
        newest_of_month[day.year, day.month] = day
    months = sorted(newest_of_month)[-MONTHS:]
    keep = {d for d in days if d > today - timedelta(days=DAYS)} | {newest_of_month[m] for m in months} | ({max(days)} if days else set())
    return [d for d in sorted(days) if d not in keep]


def backup_state(home: Home) -> BackupState:
    """What to show: the newest backup, and what is wrong if something is."""
    found = list_backups(home)
    made = {p: datetime.fromtimestamp(p.stat().st_mtime) for p in found}
    past = [p for p in found if made[p] <= datetime.now() + _CLOCK_SLACK] or found  # one from a clock that was ahead says nothing about today
    newest = max(past, key=lambda p: made[p], default=None)
    made_at = made[newest] if newest else None
    fault = read_fault(home, "backup")
    late = is_enabled() and made_at is not None and datetime.now() - made_at > timedelta(hours=LATE_HOURS)
    return BackupState(is_enabled(), backup_folder(home), newest, made_at, len(found), fault or ("已经超过一天半没有自动备份。请维护人员检查备份文件夹。" if late else ""))


def back_up_today(home: Home, now: datetime | None = None) -> Path | None:
    """Makes today's backup where it is due and not there yet, and lets old ones go; gives its file, None when nothing was to be done.

    A fault is kept for `backup_state` and raised as UserError; no old backup goes while the newest is not whole.
    """
    now = now or datetime.now()
    target = backup_folder(home) / f"union-board-{now:%Y%m%d}.zip"
    if not is_enabled() or now.hour < read_hour() or target.exists() or read_current(home) is None:
        return None
    try:
        backup_folder(home).mkdir(parents=True, exist_ok=True)
        with hold_lock(home, "private/.backup", 0):
            if target.exists():
                return None
            make_backup(home, target, BY)
            _forget(home, now.date())
        note_fault(home, "backup", "")
    except Busy:
        return None  # another process is at it
    except Exception as fault:
        sentence = f"{now:%Y-%m-%d} 的自动备份没有做成：{_describe(fault)}"
        with suppress(OSError):  # the home's own disk may take nothing either
            note_fault(home, "backup", sentence)
        raise UserError(sentence) from fault
    return target


def _describe(fault: Exception) -> str:
    if isinstance(fault, UserError):
        return f"{fault.message}{fault.remedy}"
    if isinstance(fault, OSError) or find_disk_fault(fault):
        return "备份文件写不进去，请检查备份文件夹是否存在、磁盘是否已满或只读。"
    return describe_fault(fault)


def _forget(home: Home, today: date) -> None:
    by_day = {_day(p): p for p in list_backups(home)}
    for day in choose_old(list(by_day), today):
        by_day[day].unlink(missing_ok=True)


def keep_backing_up(home: Home, stop: threading.Event, tell, minutes: float = 10) -> None:
    """Looks every ten minutes whether today's backup is due, until `stop`; `tell(level, words)` hears of what was done and of faults."""
    while not stop.wait(minutes * 60):
        try:
            if made := back_up_today(home):
                tell("info", f"backup {made.name}")
        except UserError as fault:
            tell("error", fault.message)
        except Exception as fault:  # whatever it was, the next day's backup is tried too
            tell("error", note_failure(home, "backup", fault))
