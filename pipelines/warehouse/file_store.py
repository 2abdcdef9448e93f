"""The store of a county: one DuckDB file that writers take turns at, which becomes the release; the next writer has a copy of that."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import duckdb

from pipelines.durable import copy_file, find_disk_fault, replace_file, sync_file, sync_folder
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.warehouse import file_releases, live
from pipelines.warehouse.file_releases import publish_file, release_path
from pipelines.warehouse.spill import spilling
from pipelines.warehouse.store import Release, waiting
from pipelines.warehouse.upgrade import is_outdated, keep_copy, migrate, read_made_by

AFTERWARDS = "after a publishing"  # the thread that makes the next writer's file


class _Damaged(UserError):
    """The file is no whole database."""


def _connect(file: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(file), config={"threads": 1})
    except duckdb.Error as fault:
        if "lock on file" in str(fault):
            raise UserError("数据库文件正被别的程序打开，暂时不能写入。", "请关掉打开它的程序后再试。") from fault
        if told := find_disk_fault(fault):
            raise told from fault
        raise _Damaged(*live.LOST) from fault


def _read_everything(connection: duckdb.DuckDBPyConnection) -> None:
    """Reads every block of the file, each of which carries a checksum."""
    try:
        for (table,) in connection.execute("select table_name from duckdb_tables() where not temporary").fetchall():
            connection.execute(f'select max(hash(t)) from "{table}" as t').fetchall()
    except duckdb.Error as fault:
        raise _Damaged(*live.LOST) from fault


def _open_upgraded(home: Home, doubtful: bool) -> duckdb.DuckDBPyConnection:
    """The warehouse under this program's schema; an older one is put aside as it was before it is changed."""
    connection = _connect(home.warehouse)
    try:
        version, _ = read_made_by(connection)
        if is_outdated(version):
            connection.close()  # a file is never copied by the process that holds it: that would drop its lock
            keep_copy(home, home.warehouse, version)
            connection = _connect(home.warehouse)
            migrate(connection, version)
        if doubtful:
            _read_everything(connection)
    except BaseException:
        connection.close()
        raise
    return connection


class FileStore:
    """`warehouse/live.duckdb` under the lock, `releases/000012.duckdb`, which never change, for everybody."""

    is_far = False

    def __init__(self, home: Home) -> None:
        self.home = home

    def hold_lock(self, seconds: float) -> AbstractContextManager[None]:
        """A lock on the home's `writer.lock`."""
        return waiting(self.home, seconds)

    def check_there(self) -> None:
        """Nothing: the file lies on the home's disk, which tells for itself."""

    def read_current(self) -> str | None:
        """The id in `releases/CURRENT`: the newest, should a disk have spoilt the pointer."""
        return file_releases.read_current(self.home)

    def list_releases(self) -> list[Release]:
        """Every release that is kept, oldest first."""
        return file_releases.list_releases(self.home)

    def list_audit_heads(self) -> dict[str, str]:
        """What the stamps beside the releases say."""
        return file_releases.list_audit_heads(self.home)

    def is_sound(self, release: str) -> bool:
        """Whether the release's file is, byte for byte, what was published."""
        return file_releases.is_sound(self.home, release)

    def is_known_sound(self, release: str) -> bool:
        """The same, asked once of a file that is untouched."""
        return file_releases.is_known_sound(self.home, release)

    def list_sound(self, before: str) -> Iterator[str]:
        """The sound releases older than one, newest first."""
        return file_releases.list_sound(self.home, before)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """An empty database in memory."""
        return duckdb.connect(":memory:", config=spilling(self.home))

    def attach(self, connection: duckdb.DuckDBPyConnection, release: str) -> None:
        """Attaches the release's file."""
        file = str(release_path(self.home, release)).replace("'", "''")
        connection.execute(f"attach '{file}' as release (read_only)")

    def read_made_by(self, release: str) -> tuple[int, str | None] | None:
        """What stands in the release itself."""
        with self.connect() as connection:
            try:
                self.attach(connection, release)
                connection.execute("use release")
                return read_made_by(connection)
            except (UserError, duckdb.Error):
                return None

    def is_ahead(self) -> bool:
        """Whether the mark stands beside the live file."""
        return live.is_ahead(self.home)

    def open_live(self) -> tuple[duckdb.DuckDBPyConnection, bool]:
        """The live file or, where that is not whole, the release in force in its place, which holds all that was acknowledged."""
        home = self.home
        home.warehouse.parent.mkdir(parents=True, exist_ok=True)
        release = self.read_current()
        with ThreadPoolExecutor(1) as aside:  # both go through a whole file that somebody touched
            published = aside.submit(lambda: release is not None and self.is_known_sound(release))
            connection, as_left = self._open_live(release)
        return connection, not as_left or not published.result()

    def _open_live(self, release: str | None) -> tuple[duckdb.DuckDBPyConnection, bool]:
        """Also whether it was as the last writer left it."""
        home = self.home
        ahead, whole = self.is_ahead(), True
        if ahead:
            file_releases.take_back(home, home.warehouse)  # of a publishing that was killed
        if not home.warehouse.exists():
            if release is not None:
                live.put_back(home)
        elif not ahead and not (whole := live.is_as_left(home)):
            live.put_back(home)
        if not ahead:
            live.drop_log(home)
            live.mark_ahead(home)
        try:
            connection = _open_upgraded(home, ahead)
        except _Damaged:
            live.put_back(home)
            connection, whole = _open_upgraded(home, False), False
        except UserError:  # a newer program's: nothing was changed
            if not ahead:
                live.mark_done(home)
            raise
        return connection, whole and not ahead

    def open_reading(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        """A cursor: the live file is the connection's own database."""
        return connection.cursor()

    def settle(self, connection: duckdb.DuckDBPyConnection, note: str, changed: bool) -> str | None:
        """Makes the checkpointed, closed file a release where something changed."""
        connection.execute("checkpoint")
        connection.close()
        if changed:
            return self._publish(note)
        if self.read_current() is None:  # nothing was put in: the next writer begins anew
            self.give_up()
            return None
        live.note_live(self.home)
        live.mark_done(self.home)
        return None

    def _publish(self, note: str, after: str = "0") -> str:
        """Makes the closed live file a release; a thread that the process waits for before it ends makes the next live file."""
        release = publish_file(self.home, self.home.warehouse, note, after)
        live.mark_done(self.home)
        threading.Thread(target=self._prepare, name=AFTERWARDS).start()
        return release

    def _prepare(self) -> None:
        """Makes the next live file; where a writer is there before, or the disk refuses, the next writer makes it."""
        with suppress(OSError, AttributeError):  # of Linux alone
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)  # pages that wait for the new release come first
        with suppress(UserError, OSError), self.hold_lock(60):
            live.prepare(self.home)

    def give_up(self) -> None:
        """Drops the live file; the next writer starts from the release in force."""
        live.give_up(self.home)

    def find_fault(self, fault: BaseException) -> UserError | None:
        """What the disk is the cause of."""
        return find_disk_fault(fault)

    def give_files(self, release: str, folder: Path) -> dict[str, Path]:
        """The release's file and its stamp, as they lie."""
        path = release_path(self.home, release)
        return {p.relative_to(self.home.path).as_posix(): p for p in (path, path.with_suffix(".json")) if p.exists()}

    def put_files(self, release: str, folder: Path) -> None:
        """Moves the files, which are on the disk, into their places, and the pointer when they are there for good."""
        home = self.home
        home.releases.mkdir(parents=True, exist_ok=True)
        file, pointer = folder / f"{release}.duckdb", folder / "CURRENT"
        for path in (file.with_suffix(".json"), file):
            if path.exists():
                os.replace(path, home.releases / path.name)
        sync_folder(home.releases)
        replace_file(pointer, home.releases / pointer.name)
        sync_folder(home.releases)

    def take_in(self, file: Path, note: str, after: str = "0") -> str:
        """Moves the file into the place of the live one."""
        home = self.home
        home.warehouse.parent.mkdir(parents=True, exist_ok=True)
        try:
            live.mark_ahead(home)
            live.drop_log(home)
            os.replace(file, home.warehouse)
            return self._publish(note, after)
        except OSError:
            live.give_up(home)
            raise

    def restore(self, release: str) -> str:
        """Copies the old release's file forward."""
        source = file_releases.find_release(self.home, release)
        if not self.is_sound(source.stem):
            raise UserError(f"发布版本 {source.stem} 的文件已损坏，不能恢复到它。", "请用 releases 选另一个版本，或运行 rebuild，由原始文件重建。")
        copy = self.home.warehouse.with_name("restored.duckdb")
        self.home.warehouse.parent.mkdir(parents=True, exist_ok=True)
        try:
            copy_file(source, copy)
            sync_file(copy)
            return self.take_in(copy, f"恢复到版本 {source.stem}")
        finally:
            with suppress(OSError):
                copy.unlink(missing_ok=True)
