"""The PostgreSQL that a province's machines share, for what is no table of the warehouse: accounts, sessions and locks.

`private/server.json` of the home names the schema, so that every machine that shares the home finds the same one. A home that has the note
is never taken for one on a single machine: without it, or without the server, nobody is let in and nothing is written.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.durable import write_durably
from pipelines.faults import StoreGone, UserError
from pipelines.home import Home, read_warehouse_address

IDLE = 8  # connections that a process keeps for the next one who asks, whatever schema they are of
BREATH = 2.0  # seconds in which a server that did not answer is not asked again: a page waits for each attempt
ANSWER = 20  # seconds that a statement may take in a home's schema, where accounts are looked up; waiting for a lock has no such limit
LOOK_UPS = 16  # at once in a process: a server that hangs holds as many of its threads, and the others serve who needs none
TURN = 1.0  # seconds that one more look-up waits for one of these to end, unless another did so in vain just before
UNREADABLE = "环境变量 UNION_BOARD_WAREHOUSE 看不懂。", "请写成 postgresql://用户@主机:端口/数据库；密码放在 ~/.pgpass 里。"  # of an address that is no PostgreSQL's
_PATIENCE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 10_000}
_REASONS = {  # what libpq and the server say, the first that fits -> what people read
    "Connection refused": "那台机器的这个端口上没有 PostgreSQL 在运行",
    "timeout expired": "等了几秒没有应答",
    "failed to resolve host": "找不到这个机器名",
    "could not translate host name": "找不到这个机器名",
    "No route to host": "网络不通",
    "Network is unreachable": "网络不通",
    "no password supplied": "没有写密码，应放在 ~/.pgpass 里",
    "password authentication failed": "用户名或密码不对",
    "no pg_hba.conf entry": "服务器的 pg_hba.conf 不让这台机器登录",
    'database "': "没有这个数据库，或不让这个用户进",
    'role "': "没有这个用户，或不让它登录",
    "too many clients": "服务器的连接已经用完",
    "remaining connection slots": "服务器的连接已经用完",
    "the database system is": "服务器正在启动、恢复或关闭",
    "terminating connection": "服务器断开了连接",
    "server closed the connection": "服务器断开了连接",
    "statement timeout": "服务器迟迟没有算完",
}  # fmt: skip
_idle: list[tuple[str, str, Any]] = []  # address, schema, connection; the one used last at the end
_gone: dict[str, tuple[float, str]] = {}  # address -> when it did not answer, and why
_look_ups = threading.BoundedSemaphore(LOOK_UPS)
_full: dict[str, float] = {}  # address -> when a look-up waited for its turn in vain
_guard = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # a connection serves one process


@cache
def driver() -> ModuleType:
    """psycopg. UserError where a province's dependencies were not installed."""
    try:
        import psycopg
    except ImportError as fault:
        raise UserError("没有装 psycopg，不能用 PostgreSQL。", "请维护人员用 requirements-lake.txt 装好依赖（见《部署手册》），或去掉环境变量 UNION_BOARD_WAREHOUSE。") from fault
    return psycopg


def note_path(home: Home) -> Path:
    """Where the schema's name lies."""
    return home.path / "private" / "server.json"


def find_server(home: Home) -> str | None:
    """The address of the server that keeps the home's accounts and locks; None for a home on one machine. UserError where the home needs one and no setting tells it."""
    address = "" if home.local else read_warehouse_address()
    if not address and not home.local and note_path(home).exists():
        raise UserError("这份数据的账号在 PostgreSQL 里，但没有说明它在哪里。", "请把环境变量 UNION_BOARD_WAREHOUSE 设成 postgresql://用户@主机:端口/数据库 后再试。")
    return address or None


def read_schema(home: Home) -> str | None:
    """The schema's name; None while the home has none."""
    try:
        told = json.loads(note_path(home).read_text("utf-8"))["schema"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        told = ""
    if not isinstance(told, str) or not told.isidentifier():
        raise UserError(f"{note_path(home)} 写坏了，不知道账号在 PostgreSQL 的哪一处。", "请维护人员从备份取回这个文件，或恢复最近的备份。")
    return told


def make_schema(home: Home, address: str) -> str:
    """The schema's name; a new, empty schema where there is none. Of two machines that do so at once one wins."""
    if (known := read_schema(home)) is not None:
        return known
    schema = f"union_board_{secrets.token_hex(6)}"
    with connected(address, "public") as connection:
        connection.execute(f"create schema {schema}")
    path = note_path(home)
    fresh = path.with_name(f".server.{schema}.part")
    write_durably(fresh, json.dumps({"schema": schema}).encode())
    try:
        os.link(fresh, path)  # fails where the file is there already
    except FileExistsError:
        with connected(address, "public") as connection:
            connection.execute(f"drop schema {schema}")
    finally:
        fresh.unlink(missing_ok=True)
    return read_schema(home) or schema


def drop_schema(home: Home, address: str) -> None:
    """Forgets the schema with all that is in it."""
    if schema := read_schema(home):
        note_path(home).unlink()
        with connected(address, "public") as connection:
            connection.execute(f"drop schema if exists {schema} cascade")


def name_server(address: str) -> str:
    """The server and database for people to read, without user and password."""
    parts = urlsplit(address)
    return (parts.hostname or "本机") + (f":{parts.port}" if parts.port else "") + parts.path


def _find_reason(address: str, fault: BaseException) -> str:
    """Why, in the words for people; else what libpq or the server says, in one line and without the password."""
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()] or [""]
    fatal = next((line for line in lines if "FATAL" in line), "")  # a server that answered knows more than one that did not
    if known := next((told for words, told in _REASONS.items() if words in (fatal or str(fault))), None):
        return known
    said = fatal or lines[0]
    secret = urlsplit(address).password
    return said.replace(unquote(secret), "***").replace(secret, "***") if secret else said


def tell_gone(address: str, reason: str = "") -> StoreGone:
    """What to tell people."""
    why = f"（原因：{reason}）" if reason else ""
    return StoreGone(f"数据库服务器 PostgreSQL（{name_server(address)}）连不上，这一步没有做；已经入库的数据都在。", f"请稍后再试；还是不行请维护人员检查 PostgreSQL 是否在运行、是否让看板登录{why}。")


def _tell_lost(address: str) -> StoreGone:
    return StoreGone(f"数据库服务器 PostgreSQL（{name_server(address)}）里看板的数据不见了，这一步没有做。", "请维护人员检查环境变量 UNION_BOARD_WAREHOUSE 是不是指着原来的数据库；数据确实丢了，请照《部署手册》用备份恢复。")


def _connect(address: str, schema: str) -> Any:
    since, reason = _gone.get(address, (-BREATH, ""))
    if time.monotonic() - since < BREATH:
        raise tell_gone(address, reason)
    options = f"-c search_path={schema}" + ("" if schema == "public" else f" -c statement_timeout={ANSWER}s")
    try:
        return driver().connect(address, autocommit=True, row_factory=driver().rows.dict_row, options=options, **_PATIENCE)
    except driver().ProgrammingError as fault:
        raise UserError(*UNREADABLE) from fault
    except driver().OperationalError as fault:
        reason = _find_reason(address, fault)
        _gone[address] = time.monotonic(), reason
        raise tell_gone(address, reason) from fault


def _take(address: str, schema: str) -> Any:
    while True:
        with _guard:
            found = next((n for n in reversed(range(len(_idle))) if _idle[n][:2] == (address, schema)), None)
            connection = None if found is None else _idle.pop(found)[-1]
        if connection is None:
            return _connect(address, schema)
        with suppress(driver().Error):  # the server may have been started anew since
            connection.execute("select 1")
            return connection
        connection.close()


def _give_back(connection: Any, address: str, schema: str) -> None:
    idle, spare = driver().pq.TransactionStatus.IDLE, connection
    with _guard:
        if not connection.closed and connection.info.transaction_status == idle:
            _idle.append((address, schema, connection))
            spare = _idle.pop(0)[-1] if len(_idle) > IDLE else None
    if spare is not None:
        spare.close()


@contextmanager
def connected(address: str, schema: str) -> Iterator[Any]:
    """A psycopg connection of one's own for the while, every statement its own transaction, rows as dicts. StoreGone where the server does not answer, stops to, or lost what is asked for."""
    connection = _take(address, schema)
    try:
        yield connection
    except (driver().OperationalError, driver().InterfaceError) as fault:
        raise tell_gone(address, _find_reason(address, fault)) from fault
    except (driver().errors.UndefinedTable, driver().errors.InvalidSchemaName) as fault:
        raise _tell_lost(address) from fault
    finally:
        _give_back(connection, address, schema)


@contextmanager
def looking_up(address: str, schema: str) -> Iterator[Any]:
    """As `connected`, for what is over in no time: StoreGone where many wait for the server already, so that they do not become all there are."""
    waited = time.monotonic() - _full.get(address, -BREATH) < BREATH
    if not _look_ups.acquire(timeout=0 if waited else TURN):
        _full[address] = time.monotonic()
        raise tell_gone(address, "前面的查询还没有回答")
    try:
        with connected(address, schema) as connection:
            yield connection
    finally:
        _look_ups.release()
