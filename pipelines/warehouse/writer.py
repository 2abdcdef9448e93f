"""The one writer: takes the lock, mends what a killed writer left, stages uploads, publishes a release."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipelines.catalog.model import Catalog
from pipelines.catalog.narrow import read_as_of_now
from pipelines.durable import telling_disk_faults
from pipelines.faults import DiskFault, StoreGone
from pipelines.home import Home
from pipelines.warehouse.decision import Decision, write_decisions
from pipelines.warehouse.marts import create_form_views, refresh_marts
from pipelines.warehouse.meaning import write_meaning, write_targets
from pipelines.warehouse.releases import find_store
from pipelines.warehouse.schema import create_tables
from pipelines.warehouse.stage import write_submissions
from pipelines.warehouse.store import Store, telling_faults
from pipelines.warehouse.submission import Submission
from pipelines.warehouse.transaction import close_quietly, transaction
from pipelines.warehouse.upgrade import made_by_this, newest_version, read_made_by, tell_version

_HELD = """select coalesce(sum(hash(number)) filter (number <= $after), 0), coalesce(sum(hash(number)), 0), coalesce(list(number) filter (number > $after), [])
from ({numbers})"""


class Held(NamedTuple):
    """Which numbers the warehouse holds: a fingerprint of those up to one, a fingerprint of all, and those that are later than it."""

    before: int
    all: int
    later: set[int]


class Writer:
    """An open warehouse under the lock; made by `open_writer` only."""

    def __init__(self, home: Home, catalog: Catalog, store: Store) -> None:
        self.home, self.catalog, self.store = home, catalog, store
        self.release: str | None = None  # what was published on leaving
        self._reading, self._cursor = threading.Lock(), None
        self.connection, due = store.open_live()
        try:
            made_by = read_made_by(self.connection)
            usual = made_by == made_by_this() and self._has_catalogue()
            if not usual:
                self._create(is_new=made_by[0] == 0)
            self.changed = (due or not usual) and not self._is_new()
        except BaseException:
            close_quietly(self.connection, self.store.is_far)
            raise

    def _create(self, is_new: bool) -> None:
        """Tables, views and the catalogue: all in one transaction, which in a lake takes a tenth of the time, and a writer killed half way leaves nothing of it."""
        with transaction(self.connection):
            if is_new:
                tell_version(self.connection, newest_version())
            create_tables(self.connection, self.catalog)
            create_form_views(self.connection, self.catalog)
            write_meaning(self.connection, self.catalog)

    def _has_catalogue(self) -> bool:
        return self.connection.execute("select max(sha256) from catalogue").fetchone()[0] == self.catalog.sha256

    def _is_new(self) -> bool:
        """Whether nothing was ever put in: a release of nothing serves nobody."""
        return self.store.read_current() is None and not self.rows("select 1 from submission union all select 1 from decision limit 1")

    def read_loaded(self, after: int) -> Held:
        """The receipts' numbers of the uploads in the warehouse."""
        return self._read_held("select submission_id::integer as number from submission", after)

    def read_decided(self, after: int) -> Held:
        """The numbers of the decisions in the warehouse."""
        return self._read_held("select sequence as number from decision", after)

    def _read_held(self, numbers: str, after: int) -> Held:
        before, every, later = self.rows(_HELD.format(numbers=numbers), {"after": after})[0]
        return Held(before, every, set(later))

    def find_loaded(self, sha256: str, township_code: str, period: date) -> str | None:
        """The submission with these bytes for this township and month, if one of its forms is still in force."""
        row = self.connection.execute(
            """select s.submission_id from submission as s join form_load as l using (submission_id)
            where s.sha256 = $sha and s.township_code = $code and s.period = $period and l.superseded_by is null limit 1""",
            {"sha": sha256, "code": township_code, "period": period},
        ).fetchone()
        return row[0] if row else None

    def known_hashes(self, period: date) -> set[str]:
        """The sha256 of every file that was ever loaded for a month."""
        return {row[0] for row in self.rows("select sha256 from submission where period = $period", {"period": period})}

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[tuple]:
        """The query's rows as plain tuples, of what is committed; a thread may ask while another stages."""
        with self._reading:
            self._cursor = self._cursor or self.store.open_reading(self.connection)
            return self._cursor.execute(sql, parameters or {}).fetchall()

    def _read_anew(self) -> None:
        """Has the next question see what was committed meanwhile."""
        with self._reading:
            if self._cursor is not None:
                close_quietly(self._cursor, self.store.is_far)
            self._cursor = None

    def stage(self, submissions: Sequence[Submission]) -> None:
        """Writes accepted uploads, each wholly, all in one transaction."""
        write_submissions(self.connection, self.catalog, submissions)
        self.changed = True
        self._read_anew()

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Adds decisions, all in one transaction."""
        write_decisions(self.connection, decisions)
        self.changed = True
        self._read_anew()

    def adopt_targets(self, catalog: Catalog) -> None:
        """Goes on with a catalogue that differs in its targets only: no measure has to be computed again for it."""
        write_targets(self.connection, catalog)
        self.catalog, self.changed = catalog, True
        self._read_anew()

    def settle(self, note: str) -> None:
        """Refreshes the marts when something changed, closes the warehouse and publishes it."""
        self._read_anew()
        if self.changed:
            self.connection.execute(f"set threads = {os.cpu_count() or 1}")  # one while staging, which runs beside the reading
            refresh_marts(self.connection, self.catalog, self.store.is_far)
        self.release = self.store.settle(self.connection, note, self.changed)

    def abandon(self) -> None:
        """Closes the warehouse without regard to what is in it."""
        self._read_anew()
        close_quietly(self.connection, self.store.is_far)


@contextmanager
def hold_lock(home: Home, seconds: float = 60) -> Iterator[None]:
    """The writers' lock; UserError when somebody else keeps it for longer than that, DiskFault when the disk takes nothing, also while it is held."""
    with telling_disk_faults():
        home.path.mkdir(parents=True, exist_ok=True)
        with find_store(home).hold_lock(seconds):
            yield


def is_behind(home: Home) -> bool:
    """Whether a release is due: a writer did not come to its end, a disk spoilt the release in force, or another program made it."""
    store = find_store(home)
    release = store.read_current()
    return store.is_ahead() or (release is not None and (not store.is_sound(release) or store.read_made_by(release) not in (None, made_by_this())))


def _settle(writer: Writer, note: str) -> None:
    """Publishes. Where figures cannot be made of what was staged, it is undone in a file, or nobody else could write after it."""
    try:
        writer.settle(note)
    except Exception as fault:
        if writer.store.find_fault(fault) is None:
            _undo(writer)
        raise


def _undo(writer: Writer) -> None:
    writer.abandon()
    writer.store.give_up()


@contextmanager
def open_writer(home: Home, catalog: Catalog, note: str = "", as_told: bool = False) -> Iterator[Writer]:
    """A writer under the lock, with the catalogue as it stands by then unless that is `as_told`. On leaving, what was staged is published as one
    release, also when an error ends the work.

    Only a fault of the store, a DiskFault or StoreGone, does not publish what was staged: a file undoes it; a lake's next writer publishes
    what was committed there.
    """
    with hold_lock(home):
        store = find_store(home)
        with telling_faults(store):
            writer = Writer(home, catalog if as_told else read_as_of_now(catalog, home.overlay), store)
        try:
            with telling_faults(store):
                try:
                    yield writer
                except BaseException as fault:
                    if store.find_fault(fault) is None:
                        _settle(writer, note)
                    raise
                _settle(writer, note)
        except (DiskFault, StoreGone):
            _undo(writer)
            raise


def replace_warehouse(home: Home, file: Path, note: str) -> str:
    """Puts a closed warehouse file in the place of the live one and publishes it; the caller holds the lock."""
    return find_store(home).take_in(file, note)


def restore_release(home: Home, release: str) -> str:
    """Makes an earlier release the warehouse again and publishes it as a new release; the caller holds the lock."""
    return find_store(home).restore(release)
