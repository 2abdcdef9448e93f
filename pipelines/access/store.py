"""Where accounts, sessions, failed attempts and leaves are kept: a file of the home for one machine, PostgreSQL for several; the same SQL for both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from pipelines.access import on_disk, on_server
from pipelines.home import Home
from pipelines.postgres import find_server


class Cursor(Protocol):
    """The rows of one statement, each by the names of its columns."""

    def fetchone(self) -> Mapping[str, Any] | None:
        """The next row."""

    def fetchall(self) -> list[Mapping[str, Any]]:
        """The rows that are left."""


class Rows(Protocol):
    """What both stores understand: SQL that both know, `?` for each parameter."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Cursor:
        """Runs one statement."""


@contextmanager
def writing(home: Home) -> Iterator[Rows]:
    """One transaction that others wait for; all of it or nothing is kept. UserError when the store takes nothing."""
    with on_server.writing(home, address) if (address := find_server(home)) else on_disk.writing(home) as rows:
        yield rows


@contextmanager
def reading(home: Home) -> Iterator[Rows | None]:
    """For looking things up; None where nobody ever made an account. UserError, never None, where the store cannot be read: that would open the board."""
    with on_server.reading(home, address) if (address := find_server(home)) else on_disk.reading(home) as rows:
        yield rows
