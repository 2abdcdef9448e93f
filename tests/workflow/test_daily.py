"""The daily backup: due once a day, rotated, verified, and its failure told; real files, and a clock that is handed in."""

from __future__ import annotations

import os
import sqlite3
import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from pipelines.access.accounts import add_account, check_password
from pipelines.audit.log import verify_chain
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.workflow import backup, daily
from pipelines.workflow.backup import check_backup, restore_backup
from pipelines.workflow.daily import back_up_today, backup_folder, backup_state, choose_old, keep_backing_up, list_backups

NOON = datetime(2026, 3, 10, 12)


def test_one_backup_a_day_once_the_hour_has_come(uploaded):
    assert back_up_today(uploaded, NOON.replace(hour=1)) is None
    made = back_up_today(uploaded, NOON)
    assert made.name == "union-board-20260310.zip" and check_backup(made)["release"]
    assert back_up_today(uploaded, NOON) is None
    assert back_up_today(uploaded, NOON + timedelta(days=1)).name == "union-board-20260311.zip"
    assert backup_state(uploaded).count == 2 and backup_state(uploaded).fault == ""


def test_the_hour_can_be_set_and_a_wrong_one_is_not_taken_for_another(uploaded, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_BACKUP_HOUR", "25")
    with pytest.raises(UserError, match="“25”"):
        back_up_today(uploaded, NOON)
    monkeypatch.setenv("UNION_BOARD_BACKUP_HOUR", "13")
    assert back_up_today(uploaded, NOON) is None and back_up_today(uploaded, NOON.replace(hour=13))


def test_nothing_to_keep_is_no_fault(home):
    assert back_up_today(home, NOON) is None
    assert backup_state(home).newest is None


def test_it_can_be_switched_off(uploaded, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_BACKUP", "off")
    assert back_up_today(uploaded, NOON) is None and not backup_state(uploaded).enabled


def test_two_weeks_and_twelve_month_ends_stay():
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(500)]
    today = days[-1]
    kept = [d for d in days if d not in choose_old(days, today)]
    assert kept[-14:] == days[-14:]
    ends = [d for d in days[:-14] if (d + timedelta(days=1)).day == 1 and d > date(2025, 6, 1)]
    assert set(ends) <= set(kept) and len(kept) <= 14 + 12
    assert choose_old([date(2020, 1, 1)], today) == []  # the last good one, however old
    assert choose_old([], today) == []


def test_a_clock_that_jumps_ahead_throws_nothing_away_but_what_is_old(uploaded):
    for n in range(3):
        back_up_today(uploaded, NOON + timedelta(days=n))
    back_up_today(uploaded, NOON.replace(year=2036))
    assert len(list_backups(uploaded)) >= 2


def test_a_folder_that_cannot_be_written_is_told_and_mended(uploaded, monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("UNION_BOARD_BACKUP_DIR", str(blocked / "sub"))
    with pytest.raises(UserError, match="自动备份没有做成"):
        back_up_today(uploaded, NOON)
    assert "没有做成" in backup_state(uploaded).fault
    monkeypatch.setenv("UNION_BOARD_BACKUP_DIR", str(tmp_path / "good"))
    assert back_up_today(uploaded, NOON) and backup_state(uploaded).fault == ""


def test_a_backup_that_is_long_ago_is_told(uploaded):
    made = back_up_today(uploaded, NOON)
    os.utime(made, (0, 0))
    assert "超过一天半" in backup_state(uploaded).fault


def _back_up(path: str) -> str:
    made = back_up_today(Home(__import__("pathlib").Path(path)), NOON)
    return made.name if made else ""


def test_of_many_processes_one_makes_it(uploaded):
    with ProcessPoolExecutor(4) as pool:
        made = list(pool.map(_back_up, [str(uploaded.path)] * 4))
    assert sorted(made) == ["", "", "", "union-board-20260310.zip"]
    assert len(list(backup_folder(uploaded).glob("*.zip"))) == 1


def test_the_server_s_thread_makes_it_and_stops(uploaded):
    stop, heard = threading.Event(), []
    thread = threading.Thread(target=keep_backing_up, args=(uploaded, stop, lambda level, words: heard.append((level, words)), 0.001))
    thread.start()
    for _ in range(200):
        if heard or datetime.now().hour < 2:
            break
        stop.wait(0.05)
    stop.set()
    thread.join(10)
    assert not thread.is_alive() and (heard[:1] and heard[0][0] == "info" or datetime.now().hour < 2)


def _watch(home: Home, until) -> list[tuple[str, str]]:
    """Lets the server's thread go on until enough was heard; gives what it told."""
    stop, heard = threading.Event(), []
    thread = threading.Thread(target=keep_backing_up, args=(home, stop, lambda level, words: heard.append((level, words)), 0.0005))
    thread.start()
    for _ in range(200):
        if until(heard) or not thread.is_alive():
            break
        stop.wait(0.05)
    alive = thread.is_alive()
    stop.set()
    thread.join(10)
    assert alive, "it makes tomorrow's backup too"
    return heard


def test_an_error_that_nobody_foresaw_is_told_and_the_next_backup_is_tried(uploaded, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_BACKUP_HOUR", "0")
    with monkeypatch.context() as patched:
        patched.setattr(backup, "_gather", lambda *told: (_ for _ in ()).throw(sqlite3.OperationalError("table 张三 is locked")))
        heard = _watch(uploaded, lambda heard: len(heard) > 1)
    assert {level for level, _ in heard} == {"error"} and "OperationalError，test_daily.py" in heard[0][1] and "张三" not in heard[0][1]
    assert backup_state(uploaded).fault == heard[-1][1]
    assert _watch(uploaded, len)[0][0] == "info" and backup_state(uploaded).fault == ""


def test_an_error_before_the_backup_is_told_too(uploaded, monkeypatch):
    monkeypatch.setattr(daily, "read_current", lambda home: 1 / 0)
    monkeypatch.setenv("UNION_BOARD_BACKUP_HOUR", "0")
    heard = _watch(uploaded, len)
    assert "ZeroDivisionError" in heard[0][1] and backup_state(uploaded).fault == heard[0][1]


def test_a_disk_that_is_full_right_after_the_backup_does_not_end_the_backups(uploaded, monkeypatch):
    monkeypatch.setattr(daily, "note_fault", lambda *told: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    monkeypatch.setenv("UNION_BOARD_BACKUP_HOUR", "0")
    assert _watch(uploaded, len)[0][0] == "error" and list_backups(uploaded)


def test_a_file_from_before_1980_is_in_the_backup(uploaded):
    original = next(p for p in uploaded.originals.rglob("*") if p.is_file())
    os.utime(original, (0, 0))  # kept while the clock stood at 1970
    assert original.relative_to(uploaded.path).as_posix() in check_backup(back_up_today(uploaded, NOON))["files"]


def test_accounts_and_the_record_come_back_too(uploaded, tmp_path):
    add_account(uploaded, "liu", "leader", password="first-pass-77", by="测试")
    made = back_up_today(uploaded, NOON)
    other = Home(tmp_path / "other")
    restore_backup(other, made)
    assert check_password(other, "liu", "first-pass-77", "x").person.role == "leader"
    assert not verify_chain(other).fault
    assert (other.path / "audit" / "log.jsonl").read_bytes().startswith((uploaded.path / "audit" / "log.jsonl").read_bytes())
