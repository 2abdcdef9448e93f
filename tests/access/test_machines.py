"""What several machines share through PostgreSQL: accounts on their way there and back, locks, and what a lost server must never do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from dashboard.grants import give_grant, take_grant
from pipelines.access.accounts import MOST, add_account, check_password, find_account, has_accounts, list_accounts, set_disabled
from pipelines.access.moving import move_accounts_home, pack_accounts
from pipelines.access.on_disk import store_path
from pipelines.access.sessions import find_session, start_session, token_key
from pipelines.audit.log import Event, append_events, verify_chain
from pipelines.faults import StoreGone, UserError
from pipelines.home import ROOT, Home
from pipelines.locks import Busy, hold_lock, lock_key
from pipelines.postgres import IDLE, _find_reason, note_path, read_schema
from pipelines.reports.table import Selection
from tests.ports import free_port
from tests.postgres import NEEDS_POSTGRES

pytestmark = NEEDS_POSTGRES
PASSWORD, SETTING = "first-pass-77", "UNION_BOARD_WAREHOUSE"


@pytest.fixture
def address(postgres, monkeypatch):
    """An empty database that the home uses."""
    monkeypatch.setenv(SETTING, postgres.new_database())
    return postgres


def sign_in(home, account="liu"):
    add_account(home, account, "admin", password=PASSWORD, by="测试")
    return token_key(start_session(home, find_account(home, account).person, "password", "10.0.0.9"))


def test_a_county_that_becomes_a_province_keeps_its_accounts_and_sessions_and_so_does_one_that_goes_back(home, postgres, monkeypatch):
    key = sign_in(home)
    monkeypatch.setenv(SETTING, postgres.new_database())
    assert find_session(home, key).person.account == "liu" and check_password(home, "liu", PASSWORD, "10.0.0.9")
    assert note_path(home).exists() and not store_path(home).exists()
    other = token_key(start_session(home, find_account(home, "liu").person, "password", "10.0.0.9"))
    move_accounts_home(home)
    monkeypatch.delenv(SETTING)
    assert find_session(home, key) and find_session(home, other) and store_path(home).stat().st_mode & 0o077 == 0
    assert not note_path(home).exists()


def test_a_backup_s_file_of_accounts_fits_both_kinds(home, address, tmp_path, monkeypatch):
    key, none = sign_in(home), pack_accounts(Home(tmp_path / "none"))
    packed = pack_accounts(home)
    for kept in (Home(tmp_path / "many"), Home(tmp_path / "one")):
        store_path(kept).parent.mkdir(parents=True)
        store_path(kept).write_bytes(packed)  # as a restored backup leaves it
        assert find_session(kept, key) and [a.person.account for a in list_accounts(kept)] == ["liu"]
        monkeypatch.delenv(SETTING, raising=False)
    assert none is None


def test_without_the_setting_nobody_gets_in(home, address, monkeypatch):
    key = sign_in(home)
    monkeypatch.delenv(SETTING)
    for ask in (lambda: has_accounts(home), lambda: find_session(home, key), lambda: append_events(home, [Event("sign_in", "x")])):
        with pytest.raises(UserError, match="账号在 PostgreSQL 里"):
            ask()


def test_a_lost_schema_is_never_taken_for_no_accounts(home, address, monkeypatch):
    sign_in(home)
    from pipelines.home import read_warehouse_address

    with psycopg.connect(read_warehouse_address()) as connection:
        connection.execute(f"drop schema {read_schema(home)} cascade")
    with pytest.raises(UserError, match="找不到"):
        has_accounts(home)


def test_a_process_keeps_few_connections_however_many_homes_it_serves(tmp_path, address):
    homes = [Home(tmp_path / f"home{n}") for n in range(2 * IDLE)]
    keys = [sign_in(home) for home in homes]
    assert all(find_session(home, key) for home, key in zip(homes, keys, strict=True))
    database = os.environ[SETTING]
    with psycopg.connect(database) as connection:
        ((found,),) = connection.execute("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()").fetchall()
    assert 0 < found <= IDLE


def test_a_server_that_went_away_is_told_and_found_again(home, address):
    key = sign_in(home)
    address.stop()
    try:
        with pytest.raises(StoreGone, match="连不上"):
            find_session(home, key)
        started = time.monotonic()
        for _ in range(20):  # each request would wait for an attempt of its own
            with pytest.raises(StoreGone):
                find_session(home, key)
        assert time.monotonic() - started < 2
    finally:
        address.start()
    time.sleep(2)
    assert find_session(home, key)


def test_a_server_that_does_not_answer_holds_a_few_threads_and_tells_the_others(home, address, monkeypatch):
    monkeypatch.setattr("pipelines.postgres._look_ups", threading.BoundedSemaphore(2))
    key, schema = sign_in(home), read_schema(home)
    with psycopg.connect(os.environ[SETTING]) as other, ThreadPoolExecutor(2) as threads:
        other.execute(f"lock table {schema}.session")
        held = [threads.submit(find_session, home, key) for _ in range(2)]
        time.sleep(0.5)
        started = time.monotonic()
        for _ in range(20):
            with pytest.raises(StoreGone, match="连不上") as told:
                find_session(home, key)
        assert time.monotonic() - started < 2 and "没有回答" in told.value.remedy
        with hold_lock(home, "accounts", 1):
            other.rollback()
        assert all(h.result() for h in held) and find_session(home, key)


def test_a_look_up_that_the_server_does_not_answer_ends_but_no_wait_for_a_lock_does(home, address, monkeypatch):
    monkeypatch.setattr("pipelines.postgres.ANSWER", 1)
    key, schema = sign_in(home), read_schema(home)
    with psycopg.connect(os.environ[SETTING]) as other:
        other.execute(f"lock table {schema}.session")
        with pytest.raises(StoreGone):
            find_session(home, key)
        other.rollback()
        for name, work in (("accounts", lambda: set_disabled(home, "liu", False, "测试")), ("audit/log.jsonl", lambda: append_events(home, [Event("sign_in", "liu")]))):
            other.execute(f"select pg_advisory_xact_lock({lock_key(schema, name)})")
            waiting = threading.Thread(target=lambda: (time.sleep(2), other.rollback()))
            waiting.start()
            started = time.monotonic()
            work()
            waiting.join()
            assert time.monotonic() - started > 1.5
    assert find_session(home, key)


def test_why_a_server_lets_nobody_in_is_told_again_and_again_but_never_the_password(home, address, monkeypatch):
    monkeypatch.setenv(SETTING, f"postgresql://board:s3cret%21@127.0.0.1:{address.port}/nowhere")
    for _ in range(2):  # the second time nobody asks the server
        with pytest.raises(StoreGone, match="连不上") as told:
            sign_in(home)
        assert "（原因：没有这个数据库，或不让这个用户进）" in told.value.remedy and "\n" not in told.value.remedy
    said = _find_reason(os.environ[SETTING], Exception("\nMultiple attempts failed:\n- FATAL:  no s3cret! and s3cret%21\n"))
    assert said == "- FATAL:  no *** and ***"
    assert _find_reason(os.environ[SETTING], Exception('Multiple attempts failed:\n- a: Connection refused\n- b: FATAL:  role "x" does not exist')) == "没有这个用户，或不让它登录"


def test_why_a_server_cannot_be_reached_is_told_in_chinese(home, address, monkeypatch):
    there = os.environ[SETTING]
    for name, told in ((f"nobody@127.0.0.1:{address.port}", "没有这个用户"), ("board@no.such.host.invalid", "找不到这个机器名"), (f"board@127.0.0.1:{free_port()}", "这个端口上没有 PostgreSQL")):
        monkeypatch.setenv(SETTING, f"postgresql://{name}/{there.rpartition('/')[2]}")
        with pytest.raises(StoreGone) as gone:
            sign_in(home)
        assert told in gone.value.remedy and set(re.findall("[A-Za-z]+", gone.value.remedy)) == {"PostgreSQL"}


@pytest.mark.parametrize("apart", [-290, -150, 150, 290])
def test_two_machines_whose_clocks_differ_by_minutes_honour_each_other_s_grants_and_count_each_other_s_failures(home, address, monkeypatch, apart):
    real, ahead = time.time, [0]
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])
    sign_in(home)
    token = give_grant(home, "s", "liu", Selection("relief"), "核对")
    ahead[0] = apart  # the other machine
    give_grant(home, "t", "wang", Selection("relief"), "核对")
    assert take_grant(home, token, "s", "liu", "relief").reason == "核对"
    for _ in range(MOST):
        with pytest.raises(UserError, match="不对"):
            check_password(home, "liu", "wrong", "10.0.0.9")
    ahead[0] = 0
    with pytest.raises(UserError, match="错了太多次"):
        check_password(home, "liu", PASSWORD, "10.0.0.9")


HOLDER = """
import sys
from pathlib import Path
from pipelines.home import Home
from pipelines.locks import hold_lock
with hold_lock(Home(Path(sys.argv[1])), "scoring/journal", 5):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("disk_carries_locks", [True, False])
def test_a_lock_holds_on_another_machine_and_ends_with_whoever_held_it(home, address, disk_carries_locks):
    (home.path / "scoring").mkdir(parents=True)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(home.path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        if not disk_carries_locks:  # what a shared disk does that keeps locks to each machine: another file, another lock
            (home.path / "scoring" / "journal.lock").unlink()
        for seconds in (0, 0.2):
            with pytest.raises(Busy), hold_lock(home, "scoring/journal", seconds):
                pass
        with hold_lock(home, "saved", 1):
            pass
        holder.kill()
        holder.wait(10)
        with hold_lock(home, "scoring/journal", 10):
            pass
    finally:
        holder.kill()
        holder.communicate()


ALONE = """
import sys
from contextlib import nullcontext
from pathlib import Path
from pipelines import locks
from pipelines.home import Home
locks._on_disk = lambda *told: nullcontext()  # the shared disk carries no locks from machine to machine
home, word = Home(Path(sys.argv[1])), sys.argv[2]
def wait_for_the_other():
    print("ready", flush=True)
    sys.stdin.readline()
"""

APPENDER = f"""{ALONE}
import time
from pipelines.audit import log
find_last = log._last_line
def find_slowly(file):
    found = find_last(file)
    time.sleep(0.01)
    return found
log._last_line = find_slowly
wait_for_the_other()
for number in range(25):
    log.append_events(home, [log.Event("sign_in", word)])
"""

CLOSER = f"""{ALONE}
import time
from pipelines.access.accounts import set_disabled
from pipelines.access.on_server import _Rows
from pipelines.faults import UserError
execute = _Rows.execute
def count_slowly(rows, sql, parameters=()):
    found = execute(rows, sql, parameters)
    if "as others" in sql:
        time.sleep(2)
    return found
_Rows.execute = count_slowly
wait_for_the_other()
try:
    set_disabled(home, word, True, "测试")
except UserError:
    sys.exit(7)
"""


def run_on_two_machines(home: Home, script: str, words: tuple[str, str]) -> list[int]:
    """Runs the script with each of the words at the same moment, in processes without any lock of the disk's, and gives their exit codes."""
    running = [subprocess.Popen([sys.executable, "-c", script, str(home.path), word], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for word in words]
    assert [process.stdout.readline() for process in running] == [b"ready\n"] * 2
    for process in running:
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in running:
        process.communicate(timeout=60)
    return [process.returncode for process in running]


def test_two_machines_write_one_unbroken_record(home, address):
    """Only PostgreSQL keeps them apart: each looks for the last line, and waits a moment, in which the other would find the same one."""
    assert run_on_two_machines(home, APPENDER, ("a", "b")) == [0, 0]
    assert verify_chain(home).count == 50 and not verify_chain(home).fault


def test_two_machines_that_close_the_last_two_administrators_leave_one(home, address):
    """Each counts the others and waits long enough for the other to count too, if PostgreSQL let it."""
    for name in ("boss", "boss2"):
        add_account(home, name, "admin", password=PASSWORD, by="测试")
    assert sorted(run_on_two_machines(home, CLOSER, ("boss", "boss2"))) == [0, 7]
    assert [account.disabled for account in list_accounts(home)].count(False) == 1
