"""Writing that is wholly there or not at all, and the end of a connection whose server may be gone."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What is written inside stands when it ends; an error leaves everything as it was and is the error that is told."""
    connection.execute("begin")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # says nothing new: the commit had ended it, or the error before has taken the server away
            connection.execute("rollback")
        raise


def close_quietly(connection: duckdb.DuckDBPyConnection, far: bool = False) -> None:
    """Closes a connection whose transaction is given up. The roll-back comes first and by itself: one that fails inside the closing,
    because PostgreSQL is gone, ends the whole process. DuckDB refuses even the roll-back after a fatal error; a lake's connection (`far`)
    is then left open for the rest of the process, which costs memory, where closing it could cost the server. A file's is closed: it has the file's lock."""
    try:
        connection.execute("rollback")
    except duckdb.FatalException:
        if far:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))  # never collected, not even when Python ends
            return
    except duckdb.Error:
        pass
    with suppress(duckdb.Error):
        connection.close()
