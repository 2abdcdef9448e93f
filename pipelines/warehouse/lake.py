"""PostgreSQL, DuckLake and an object store as DuckDB reaches them: extensions from wheels, loaded by path and without a network, and what to say when the server is gone."""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import duckdb

from pipelines.faults import StoreGone, UserError
from pipelines.home import Home
from pipelines.postgres import UNREADABLE, name_server
from pipelines.warehouse.object_store import check_folder, find_lost, is_object_store, read_secret
from pipelines.warehouse.spill import spilling

EXTENSIONS = ("postgres_scanner", "ducklake")
OBJECT_STORE = "httpfs"
CONNECT_SECONDS = 5
PATIENCE, AGAIN = 2, 5.0  # seconds that an object store may take to say that it is there, and in which it is not asked again
_GONE = (  # as libpq and PostgreSQL say it
    "Unable to connect to Postgres", "server closed the connection", "connection to server", "could not connect", "Connection refused", "no connection to the server",
    "terminating connection", "the database system is", "connection not open", "could not receive data", "could not send data", "SSL connection has been closed",
    "Connection reset by peer", "connection pointer is NULL", "lost synchronization",
    "Attempted to access index 0 within vector of size 0",  # DuckDB's own error where an answer of the server broke off
    'Failed to execute query "ROLLBACK"',  # where it came back before the transaction was given up
    "Current transaction is aborted",  # what DuckDB says where one of its threads lost the connection and another one met the consequence first
)  # fmt: skip
_answered: dict[str, tuple[float, StoreGone | None]] = {}  # folder -> when the store was asked for it, and what to tell where it was not there
_asking = threading.Lock()


def read_folder(home: Home) -> str:
    """Where the Parquet files lie, as `UNION_BOARD_LAKE` says, a folder or `s3://bucket/folder`: `lake/` of the home, which every machine shares."""
    told = check_folder(os.environ.get("UNION_BOARD_LAKE", "").strip() or str(home.path / "lake"))
    return told if told.endswith("/") else told + "/"


def quote(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def check_address(address: str) -> str:
    """The address with a limit to how long a connection is waited for; UserError for one that is no PostgreSQL's."""
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise UserError(*UNREADABLE)
    told = {"connect_timeout": str(CONNECT_SECONDS)} | dict(parse_qsl(parts.query))
    return urlunsplit(parts._replace(query=urlencode(told)))


def find_gone(address: str, folder: str, fault: BaseException) -> StoreGone | None:
    """What to tell people of an error that comes from PostgreSQL or the object store not being there; None for any other error."""
    if isinstance(fault, StoreGone):
        return fault
    if told := find_lost(folder, fault):
        return told
    if not isinstance(fault, duckdb.Error) or not any(word in str(fault) for word in _GONE):
        return None
    return StoreGone(f"数据库服务器 PostgreSQL（{name_server(address)}）连不上，这一步没有做完；已经入库的数据都在。", "请维护人员检查 PostgreSQL 是否在运行，恢复后再试一次；同一份文件再报也不会重复入库。")


@cache
def _find_extension(name: str) -> Path:
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    for folder in found.submodule_search_locations if found else ():
        for path in Path(folder).glob(f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"):
            return path
    raise UserError(f"没有装 DuckDB 的扩展 {name}，不能用 PostgreSQL 和对象存储。", "请维护人员用 requirements-lake.txt 装好依赖（见《部署手册》），或去掉环境变量 UNION_BOARD_WAREHOUSE。")


def _load(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> None:
    for name in names:
        connection.execute(f"load {quote(str(_find_extension(name)))}")


@cache
def _verify_extensions(names: tuple[str, ...]) -> None:
    """Checks the signatures of the extensions once in a process, which takes a quarter of a second; later loads go without."""
    with duckdb.connect(":memory:") as connection:
        _load(connection, names)


def _let_in(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    """Gives the connection the keys to the folder and to nothing else of the store, for as long as it lives."""
    for setting in ("s3_access_key_id", "s3_secret_access_key", "s3_session_token"):  # read from the environment on loading, and shown in clear to whoever asks
        connection.execute(f"set global {setting} = ''")
    connection.execute("set global s3_url_compatibility_mode = true")  # an address of a file cannot name another server
    secret = read_secret(folder)
    connection.execute(f"create secret lake (type s3, {', '.join(f'{name} ${name}' for name in secret)})", secret)
    if certificates := os.environ.get("AWS_CA_BUNDLE"):
        connection.execute(f"set ca_cert_file = {quote(certificates)}")


def _ask_store(home: Home, folder: str) -> StoreGone | None:
    """Lists nothing of the folder, with the key that everything else is read with."""
    with open_memory(home, folder, 1) as connection:
        for setting in ("s3_url_compatibility_mode = false", f"http_timeout = {PATIENCE}", "http_retries = 0"):  # in that mode a pattern is a name, and nothing is asked
            connection.execute(f"set global {setting}")
        try:
            connection.execute(f"from glob({quote(folder + 'healthz*')})")
        except duckdb.Error as fault:
            if told := find_lost(folder, fault):
                return told
            raise
    return None


def check_store(home: Home, folder: str) -> None:
    """StoreGone where the object store does not let the folder be read, or did not some seconds ago; whoever asks meanwhile waits for the same answer."""
    with _asking:
        if time.monotonic() - _answered.get(folder, (-AGAIN, None))[0] >= AGAIN:
            _answered[folder] = time.monotonic(), _ask_store(home, folder)
        told = _answered[folder][1]
    if told:
        raise told


def open_memory(home: Home, folder: str, threads: int = 0) -> duckdb.DuckDBPyConnection:
    """An empty database in memory that knows PostgreSQL and DuckLake, and the object store where the folder lies in one."""
    names = EXTENSIONS + ((OBJECT_STORE,) if is_object_store(folder) else ())
    _verify_extensions(names)
    connection = duckdb.connect(":memory:", config={"allow_unsigned_extensions": "true"} | spilling(home) | ({"threads": threads} if threads else {}))
    _load(connection, names)
    if is_object_store(folder):
        _let_in(connection, folder)
    connection.execute("set pg_pool_max_connections = 2")  # a server has a hundred for all machines
    connection.execute("set pg_pool_idle_timeout_millis = 10000")
    return connection
