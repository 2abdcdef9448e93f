"""The one writer: takes the lock, mends what a killed writer left, stages uploads, publishes a release."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from pipelines.catalog.model import Catalog
from pipelines.durable import find_disk_fault, telling_disk_faults
from pipelines.faults import DiskFault, UserError
from pipelines.home import Home
from pipelines.warehouse.decision import Decision, write_decisions
from pipelines.warehouse.live import LOST, drop_log, give_up, is_ahead, is_as_left, mark_ahead, mark_done, note_live, put_back
from pipelines.warehouse.marts import create_form_views, refresh_marts
from pipelines.warehouse.meaning import write_meaning, write_targets
from pipelines.warehouse.releases import find_release, is_sound, publish_file, read_current, release_path
from pipelines.warehouse.schema import create_tables
from pipelines.warehouse.stage import write_submissions
from pipelines.warehouse.submission import Submission
from pipelines.warehouse.upgrade import figures_sha256, is_outdated, keep_copy, migrate, newest_version, read_made_by, start


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
        raise _Damaged(*LOST) from fault


def _read_everything(connection: duckdb.DuckDBPyConnection) -> None:
    """Reads every block of the file, each of which carries a checksum."""
    try:
        for (table,) in connection.execute("select table_name from duckdb_tables() where not temporary").fetchall():
            connection.execute(f'select max(hash(t)) from "{table}" as t').fetchall()
    except duckdb.Error as fault:
        raise _Damaged(*LOST) from fault


def _open_upgraded(home: Home, file: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse under this program's schema; an older one is put aside as it was before it is changed."""
    connection = _connect(file)
    try:
        version, _ = read_made_by(connection)
        if 0 < version < newest_version():
            connection.close()  # a file is never copied by the process that holds it: that would drop its lock
            keep_copy(home, file, version)
            connection = _connect(file)
            migrate(connection, version)
        elif version == 0:
            start(connection)
    except BaseException:
        connection.close()
        raise
    return connection


class Writer:
    """An open warehouse under the lock; made by `open_writer` only."""

    def __init__(self, home: Home, catalog: Catalog, file: Path, doubtful: bool = False) -> None:
        self.home, self.catalog, self.file = home, catalog, file
        self.release: str | None = None  # what was published on leaving
        self.connection = _open_upgraded(home, file)
        try:
            if doubtful:
                _read_everything(self.connection)
            create_tables(self.connection, catalog)
            create_form_views(self.connection, catalog)
            self.changed = write_meaning(self.connection, catalog) | self._make_stale_what_another_program_made()
        except BaseException:
            self.connection.close()
            raise

    def _make_stale_what_another_program_made(self) -> bool:
        if read_made_by(self.connection)[1] == figures_sha256():
            return False
        self.connection.execute("insert into stale select distinct township_code, period from form_load")
        return True

    def loaded_ids(self) -> list[str]:
        """The ids of every submission in the warehouse, in order."""
        return [row[0] for row in self.connection.execute("select submission_id from submission order by 1").fetchall()]

    def find_loaded(self, sha256: str, township_code: str, period: date) -> str | None:
        """The submission with these bytes for this township and month, if one of its forms is still in force."""
        row = self.connection.execute(
            """select s.submission_id from submission as s join form_load as l using (submission_id)
            where s.sha256 = $sha and s.township_code = $code and s.period = $period and l.superseded_by is null limit 1""",
            {"sha": sha256, "code": township_code, "period": period},
        ).fetchone()
        return row[0] if row else None

    def known_hashes(self) -> set[str]:
        """The sha256 of every file that was ever loaded."""
        return {row[0] for row in self.rows("select distinct sha256 from submission")}

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[tuple]:
        """The query's rows as plain tuples, of what is committed; a thread may ask while another stages."""
        return self.connection.cursor().execute(sql, parameters or {}).fetchall()

    def stage(self, submissions: Sequence[Submission]) -> None:
        """Writes accepted uploads, each wholly, all in one transaction."""
        write_submissions(self.connection, self.catalog, submissions)
        self.changed = True

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Adds decisions, all in one transaction."""
        write_decisions(self.connection, decisions)
        self.changed = True

    def decided(self) -> set[int]:
        """The sequences of every decision in the warehouse."""
        return {row[0] for row in self.rows("select sequence from decision")}

    def adopt_targets(self, catalog: Catalog) -> None:
        """Goes on with a catalogue that differs in its targets only: no measure has to be computed again for it."""
        write_targets(self.connection, catalog)
        self.catalog, self.changed = catalog, True

    def close(self) -> None:
        """Refreshes the marts when something changed, and leaves a checkpointed, closed file."""
        if self.changed:
            self.connection.execute(f"set threads = {os.cpu_count() or 1}")  # one while staging, which runs beside the reading
            refresh_marts(self.connection, self.catalog)
        self.connection.execute("checkpoint")
        self.connection.close()

    def abandon(self) -> None:
        """Closes the file without regard to what is in it."""
        with suppress(duckdb.Error):
            self.connection.close()


@contextmanager
def hold_lock(home: Home, seconds: float = 60) -> Iterator[None]:
    """The writers' lock; UserError when somebody else keeps it for longer than that, DiskFault when the disk takes nothing, also while it is held."""
    with telling_disk_faults():
        home.path.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(str(home.lock), timeout=seconds):
                yield
        except Timeout:
            raise UserError("另一项导入正在进行，暂时不能写入。", "请等它完成后再试一次。") from None


def is_behind(home: Home) -> bool:
    """Whether a release is due: a writer did not come to its end, a disk spoilt the release in force, or another program made it."""
    release = read_current(home)
    return is_ahead(home) or (release is not None and not is_sound(home, release)) or is_outdated(home)


def _open_live(home: Home, catalog: Catalog) -> Writer:
    """The writer of the live file or, where that is not whole, of the release in force, which holds all that was acknowledged."""
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    ahead, whole = is_ahead(home), True
    if not ahead and not (whole := is_as_left(home)):
        put_back(home)
    if not ahead:
        drop_log(home)
        mark_ahead(home)
    try:
        writer = Writer(home, catalog, home.warehouse, ahead)
    except _Damaged:
        put_back(home)
        writer, whole = Writer(home, catalog, home.warehouse), False
    except UserError:  # a newer program's: nothing was changed
        if not ahead:
            mark_done(home)
        raise
    release = read_current(home)
    writer.changed = writer.changed or ahead or not whole or release is None or not is_sound(home, release)
    return writer


def _settle(home: Home, writer: Writer, note: str) -> None:
    """Closes the warehouse and publishes it where something changed."""
    changed = writer.changed
    writer.close()
    note_live(home)
    if changed:
        writer.release = publish_file(home, home.warehouse, note)
    mark_done(home)


@contextmanager
def open_writer(home: Home, catalog: Catalog, note: str = "") -> Iterator[Writer]:
    """A writer under the lock. On leaving, what was staged is published as one release, also when an error ends the work.

    Only a DiskFault, which every error of the disk becomes, undoes what was staged: what cannot be published is not done at all.
    """
    with hold_lock(home):
        writer = _open_live(home, catalog)
        try:
            with telling_disk_faults():
                try:
                    yield writer
                except BaseException as fault:
                    if find_disk_fault(fault) is None:
                        _settle(home, writer, note)
                    raise
                _settle(home, writer, note)
        except DiskFault:
            writer.abandon()
            give_up(home)
            raise


def replace_warehouse(home: Home, file: Path, note: str) -> str:
    """Puts a closed warehouse file in the place of the live one and publishes it; the caller holds the lock."""
    try:
        mark_ahead(home)
        drop_log(home)
        os.replace(file, home.warehouse)
        note_live(home)
        release = publish_file(home, home.warehouse, note)
        mark_done(home)
    except OSError:
        give_up(home)
        raise
    return release


def restore_release(home: Home, release: str) -> str:
    """Makes an earlier release the warehouse again and publishes it as a new release; the caller holds the lock."""
    source = find_release(home, release)
    if not is_sound(home, source.stem):
        raise UserError(f"发布版本 {source.stem} 的文件已损坏，不能恢复到它。", "请用 releases 选另一个版本，或运行 rebuild，由原始文件重建。")
    copy = home.warehouse.with_name("restored.duckdb")
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, copy)
    return replace_warehouse(home, copy, f"恢复到版本 {source.stem}")


__all__ = ["Writer", "hold_lock", "open_writer", "release_path", "replace_warehouse", "restore_release"]
