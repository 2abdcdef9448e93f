"""The store of one machine: an SQLite file in the home's private folder, safe for any number of processes, but not for several machines on one shared disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.access.tables import TABLES
from pipelines.faults import UserError
from pipelines.home import Home


def store_path(home: Home) -> Path:
    """Where accounts and sessions lie."""
    return home.path / "private" / "accounts.sqlite3"


def has_store(home: Home) -> bool:
    """Whether anybody ever made an account here."""
    return store_path(home).exists()


def _open(home: Home) -> sqlite3.Connection:
    path = store_path(home)
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    connection.row_factory = sqlite3.Row
    if new:
        path.chmod(0o600)
        connection.execute("pragma journal_mode = wal")
    connection.executescript(TABLES)
    connection.execute("pragma synchronous = full")
    return connection


@contextmanager
def writing(home: Home) -> Iterator[sqlite3.Connection]:
    """One transaction that others wait for; all of it or nothing is kept. UserError when the disk takes nothing."""
    try:
        connection = _open(home)
    except (OSError, sqlite3.Error) as fault:
        raise UserError("账号文件现在写不进去。", "请维护人员检查磁盘是否已满或只读。") from fault
    try:
        connection.execute("begin immediate")
        yield connection
        connection.execute("commit")
    except sqlite3.OperationalError as fault:
        raise UserError("账号文件现在写不进去。", "请维护人员检查磁盘是否已满或只读。") from fault
    finally:
        connection.close()


@contextmanager
def reading(home: Home) -> Iterator[sqlite3.Connection | None]:
    """A connection for looking things up, also from a disk that has become read-only; None where nobody ever made an account."""
    if not has_store(home):
        yield None
        return
    try:
        connection = _connect(store_path(home).as_uri())
    except sqlite3.Error as fault:  # never taken for "no accounts", which would open the board
        raise UserError("账号文件读不出来，暂时不能登录。", "请维护人员检查磁盘，必要时用备份恢复。") from fault
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


def _connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path}?mode=ro", uri=True, timeout=20)
    try:
        connection.execute("select 1 from account limit 1")
    except sqlite3.OperationalError:  # a write-ahead log cannot be opened on a read-only disk
        connection.close()
        connection = sqlite3.connect(f"{path}?mode=ro&immutable=1", uri=True)
        connection.execute("select 1 from account limit 1")
    return connection
