"""What a store of the warehouse does, whichever of the two it is: one DuckDB file, or a lake with its catalogue in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import duckdb

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.locks import Busy, hold_lock

BUSY = "另一项导入正在进行，暂时不能写入。", "请等它完成后再试一次。"


@dataclass(frozen=True, slots=True)
class Release:
    """One published release: size in bytes, local time of publishing, and why it was made."""

    id: str
    published_at: datetime
    bytes: int
    current: bool
    note: str


class Store(Protocol):
    """Where a home's rows and releases lie. Releases have numbers (`000012`), never change, and the newest is in force."""

    home: Home
    is_far: bool  # whether every table that a statement names costs time

    def hold_lock(self, seconds: float) -> AbstractContextManager[None]:
        """The writers' lock; UserError when somebody else keeps it for longer than that."""

    def check_there(self) -> None:
        """StoreGone where what holds the rows cannot be asked for them; those that are at hand already do not tell."""

    def read_current(self) -> str | None:
        """The id of the release in force; None before the first."""

    def list_releases(self) -> list[Release]:
        """Every release that is kept, oldest first."""

    def list_audit_heads(self) -> dict[str, str]:
        """The newest record's hash when each release was published -> the words for that release."""

    def is_sound(self, release: str) -> bool:
        """Whether the release is what was published."""

    def is_known_sound(self, release: str) -> bool:
        """The same, asked once where to ask takes long."""

    def list_sound(self, before: str) -> Iterator[str]:
        """The sound releases older than one, newest first."""

    def read_made_by(self, release: str) -> tuple[int, str | None] | None:
        """Schema and program of a release; None where it cannot be read or a newer program made it."""

    def attach(self, connection: duckdb.DuckDBPyConnection, release: str) -> None:
        """Attaches a release read-only under the name `release`."""

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own into which `attach` can put a release."""

    def is_ahead(self) -> bool:
        """Whether a writer did not come to its end, so that there is more than the release in force holds."""

    def open_live(self) -> tuple[duckdb.DuckDBPyConnection, bool]:
        """The warehouse under this program's schema, and whether a release is due already; the caller holds the lock."""

    def open_reading(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        """A cursor of `open_live`'s connection that sees what is committed by now, perhaps not what is committed later."""

    def settle(self, connection: duckdb.DuckDBPyConnection, note: str, changed: bool) -> str | None:
        """Closes what `open_live` gave and, where something changed, publishes it; gives the release's id."""

    def give_up(self) -> None:
        """After a fault of the store: what was written since the release in force is dropped where that can be done."""

    def find_fault(self, fault: BaseException) -> UserError | None:
        """What to tell people of an error that the store is the cause of; None for any other."""

    def give_files(self, release: str, folder: Path) -> dict[str, Path]:
        """A release as the files of a backup: name in the home -> where it lies, perhaps written to `folder` for it."""

    def put_files(self, release: str, folder: Path) -> None:
        """Makes the release in a folder, which holds what `give_files` gave, that of an empty home; the files are used up."""

    def take_in(self, file: Path, note: str, after: str = "0") -> str:
        """Puts a closed warehouse file, which is used up, in the place of the warehouse and publishes it under a number greater than `after`."""

    def restore(self, release: str) -> str:
        """Makes an earlier release the warehouse again and publishes it as a new release; the caller holds the lock."""


@contextmanager
def waiting(home: Home, seconds: float) -> Iterator[None]:
    """The writers' lock, on this machine or on all; UserError when somebody else keeps it for longer than that."""
    try:
        with hold_lock(home, home.lock.stem, seconds):
            yield
    except Busy:
        raise UserError(*BUSY) from None


@contextmanager
def telling_faults(store: Store) -> Iterator[None]:
    """Turns every error that the store is the cause of into its sentence."""
    try:
        yield
    except Exception as fault:
        if (told := store.find_fault(fault)) is None or told is fault:
            raise
        raise told from fault
