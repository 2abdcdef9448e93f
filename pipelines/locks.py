"""One at a time, by name: among the processes of a machine by a locked file, among a province's machines by PostgreSQL too.

A shared disk does not always carry file locks from machine to machine; PostgreSQL does, and takes a lock back from whoever dies. The file is locked in
any case: it also stops a process of the same machine that was started without the setting.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from filelock import FileLock, Timeout

from pipelines.home import Home
from pipelines.postgres import connected, driver, find_server, make_schema

_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)  # what a shared disk without locks says


class Busy(Exception):
    """Somebody else keeps the lock for longer than was waited."""


def lock_key(schema: str, name: str) -> int:
    """The number under which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.sha256(f"{schema} {name}".encode()).digest()[:8], signed=True)


@contextmanager
def hold_lock(home: Home, name: str, seconds: float) -> Iterator[None]:
    """The home's lock of that name, a path in it without its `.lock`; Busy when somebody else keeps it for longer than the seconds, StoreGone without the server."""
    address = find_server(home)
    with _on_server(home, address, name, seconds) if address else nullcontext(), _on_disk(home, name, seconds, _NO_LOCKS if address else ()):
        yield


@contextmanager
def _on_disk(home: Home, name: str, seconds: float, forgiven: tuple[int, ...]) -> Iterator[None]:
    lock = FileLock(home.path / f"{name}.lock", timeout=seconds)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(name) from None
    except OSError as fault:
        if fault.errno not in forgiven:
            raise
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _on_server(home: Home, address: str, name: str, seconds: float) -> Iterator[None]:
    schema = make_schema(home, address)
    with connected(address, schema) as connection:
        _take(connection, lock_key(schema, name), name, seconds)
        try:
            yield
        finally:
            with suppress(driver().Error):  # what was done under the lock is done, and the server gives it back by itself
                connection.execute("rollback")


def _take(connection: object, key: int, name: str, seconds: float) -> None:
    connection.execute("begin")
    connection.execute(f"set local lock_timeout = {max(1, int(seconds * 1000))}; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0")
    try:
        connection.execute(f"select pg_advisory_xact_lock({key})")
    except driver().errors.LockNotAvailable:
        connection.execute("rollback")
        raise Busy(name) from None
