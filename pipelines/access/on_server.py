"""The store of several machines: a schema of PostgreSQL. The file of a home that was on one machine is taken in once, sessions and all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipelines.access import on_disk
from pipelines.access.tables import NAMES, TABLES
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.locks import lock_key
from pipelines.postgres import connected, driver, looking_up, make_schema, read_schema

_LOST = "账号在 PostgreSQL 里找不到，暂时不能登录。", "请维护人员检查数据库，必要时用备份恢复。"
_ready: set[tuple[str, str]] = set()  # address and schema whose tables this process has made sure of


class _Rows:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        return self._connection.execute(sql.replace("?", "%s"), parameters)


@contextmanager
def _transaction(address: str, schema: str) -> Iterator[Any]:
    """One writer after another, as SQLite has it: whoever counts the last administrators must not be two."""
    with connected(address, schema) as connection, _telling_lost(), connection.transaction():
        connection.execute("set local statement_timeout = 0")
        connection.execute(f"select pg_advisory_xact_lock({lock_key(schema, 'accounts')})")
        yield connection


@contextmanager
def _telling_lost() -> Iterator[None]:
    try:
        yield
    except (driver().errors.UndefinedTable, driver().errors.InvalidSchemaName) as fault:  # never taken for "no accounts", which would open the board
        raise UserError(*_LOST) from fault


def _open(home: Home, address: str) -> str:
    """The schema, with its tables and whatever the home's file held."""
    schema = make_schema(home, address)
    if (address, schema) not in _ready:
        with _transaction(address, schema) as connection:
            connection.execute(TABLES)
            taken = _take_in(home, connection)
        if taken:
            on_disk.store_path(home).unlink()
        _ready.add((address, schema))
    return schema


def _take_in(home: Home, connection: Any) -> bool:
    """Copies the rows of the home's file where there is one, unless there are accounts here already: those are newer."""
    with on_disk.reading(home) as file:
        if file is None or connection.execute("select 1 from account limit 1").fetchone():
            return False
        for name in NAMES:
            rows = [tuple(row) for row in file.execute(f"select * from {name}").fetchall()]
            if rows:
                connection.cursor().executemany(f"insert into {name} values ({', '.join(['%s'] * len(rows[0]))})", rows)
        return True


@contextmanager
def writing(home: Home, address: str) -> Iterator[_Rows]:
    """One transaction that others wait for, on any machine. StoreGone where the server does not answer."""
    with _transaction(address, _open(home, address)) as connection:
        yield _Rows(connection)


@contextmanager
def reading(home: Home, address: str) -> Iterator[_Rows | None]:
    """Looks things up; None where nobody ever made an account."""
    if read_schema(home) is None and not on_disk.has_store(home):
        yield None
        return
    with looking_up(address, _open(home, address)) as connection, _telling_lost():
        yield _Rows(connection)
