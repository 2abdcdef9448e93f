"""Reads a published release and nothing else: attached read-only, without access to files, settings locked.

A reader may be limited (`scope.py`): every table is then a view that holds what the scope leaves, whatever the SQL says.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import duckdb
import pyarrow

from pipelines.faults import StoreGone, UserError
from pipelines.home import Home
from pipelines.warehouse.releases import find_store
from pipelines.warehouse.scope import Limited, Scope
from pipelines.warehouse.store import Store
from pipelines.warehouse.upgrade import read_made_by

if TYPE_CHECKING:
    import pandas  # no command needs it, and it takes as long to load as all else


BATCH = 32_768  # rows; to fewer, writing an export costs a tenth more
_SPARING = ("memory_limit = '400MB'", "threads = 2")  # each thread has its part of the memory; eight could not sort in it


class Reader:
    """One release of a home's warehouse, for any number of threads; `refresh` moves on to a newer one."""

    def __init__(self, home: Home, release: str | None = None, scope: Scope | None = None, sparing: bool = False) -> None:
        self._home = home
        self._sparing = sparing
        self._scope = scope
        self._pinned = release
        self._lock = threading.Lock()
        self._opened: tuple[duckdb.DuckDBPyConnection, Limited | None] | None = None
        self._seen: str | None = None
        self.release: str | None = None
        self.damaged: str | None = None  # the release in force, when its file is not what was published and an older one stands in
        self.refresh()

    def refresh(self) -> bool:
        """Moves to the release that is in force now; says whether it is another one."""
        store = find_store(self._home)
        if (self._pinned or store.read_current()) == self._seen:
            return False
        with self._lock:
            wanted = self._pinned or store.read_current()  # again: another thread may have moved on to a newer one meanwhile
            if wanted == self._seen:
                return False
            found = self._find_sound(store, wanted) if wanted else None
            self._opened = self._open(store, found) if found else None
            self.release, self._seen = found, wanted
            self.damaged = wanted if found != wanted else None
        return True

    def _find_sound(self, store: Store, wanted: str) -> str:
        """The release itself or, where a disk spoilt it, the newest older one that is whole."""
        if store.is_known_sound(wanted):
            return wanted
        found = None if self._pinned else next(store.list_sound(wanted), None)
        if found is None:
            raise UserError(f"发布版本 {wanted} 的文件已损坏，读不出数据。", "请维护人员运行 python -m pipelines rebuild，由原始文件重建。")
        return found

    def _open(self, store: Store, release: str) -> tuple[duckdb.DuckDBPyConnection, Limited | None]:
        connection = store.connect()
        store.attach(connection, release)
        connection.execute("use release")
        read_made_by(connection)
        connection.execute("use memory")
        for setting in _SPARING if self._sparing else ():
            connection.execute(f"set {setting}")
        limited = Limited(connection, self._scope) if self._scope else None
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        return connection, limited

    @property
    def home(self) -> Home:
        """Whose releases these are."""
        return self._home

    @property
    def township_code(self) -> str | None:
        """The only township that this reader sees; None for all."""
        return self._scope.township_code if self._scope else None

    def _run(self, sql: str, parameters: dict[str, object] | None, tables: dict[str, pyarrow.Table] | None = None) -> duckdb.DuckDBPyConnection:
        if self._opened is None:
            raise UserError("还没有任何数据。", "请先在“数据上报”导入月报，或运行 demo 生成演示数据。")
        try:
            connection, limited = self._opened
            if limited:
                limited.prepare(sql)
            cursor = connection.cursor()
            if not limited:  # else the views in memory, where a cursor begins, are meant
                cursor.execute("use release")
            for name, table in (tables or {}).items():
                cursor.register(name, table)
            return cursor.execute(sql, parameters or {})
        except duckdb.OutOfMemoryException as fault:
            raise UserError("要读的内容太多，内存里放不下。", "请选较短的时段、一个乡镇或一个县后再试。") from fault
        except duckdb.Error as fault:
            if isinstance(told := find_store(self._home).find_fault(fault), StoreGone):
                self._seen = None  # the next refresh opens it anew
                raise told from fault
            raise

    def frame(self, sql: str, parameters: dict[str, object] | None = None, tables: dict[str, pyarrow.Table] | None = None) -> pandas.DataFrame:
        """The query's rows; parameters are named `$name`, and `tables` are known to this query alone."""
        return self._run(sql, parameters, tables).df()

    def rows(self, sql: str, parameters: dict[str, object] | None = None, tables: dict[str, pyarrow.Table] | None = None) -> list[tuple]:
        """The query's rows as plain tuples."""
        return self._run(sql, parameters, tables).fetchall()

    def arrow(self, sql: str, parameters: dict[str, object] | None = None, tables: dict[str, pyarrow.Table] | None = None) -> pyarrow.RecordBatchReader:
        """The query's rows as a stream of batches."""
        return self._run(sql, parameters, tables).to_arrow_reader(BATCH)


def open_reader(home: Home, release: str | None = None, scope: Scope | None = None, sparing: bool = False) -> Reader:
    """A reader of the newest release, or of one that is named; of everything, or of what the scope leaves. UserError for one of a newer program.

    A `sparing` one takes 400 MB however many rows it puts in order, and what it cannot hold goes to disk."""
    return Reader(home, release, scope, sparing)
