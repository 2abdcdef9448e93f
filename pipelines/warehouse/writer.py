"""The one writer: takes the lock, mends what a killed writer left, stages uploads, publishes a release."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.warehouse.decision import Decision, write_decisions
from pipelines.warehouse.marts import create_form_views, refresh_marts
from pipelines.warehouse.meaning import write_meaning, write_targets
from pipelines.warehouse.releases import find_release, publish_file, read_current, release_path
from pipelines.warehouse.schema import create_tables
from pipelines.warehouse.stage import write_submissions
from pipelines.warehouse.submission import Submission
from pipelines.warehouse.upgrade import figures_sha256, is_outdated, keep_copy, migrate, newest_version, read_made_by, start


def _connect(file: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(file), config={"threads": 1})
    except duckdb.Error as fault:
        raise UserError("数据库文件已损坏，暂时不能写入；已入库的原始文件都在。", "请运行 python -m pipelines rebuild，由原始文件重建后再试。") from fault


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

    def __init__(self, home: Home, catalog: Catalog, file: Path) -> None:
        self.home, self.catalog, self.file = home, catalog, file
        file.parent.mkdir(parents=True, exist_ok=True)
        self.connection = _open_upgraded(home, file)
        try:
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


@contextmanager
def hold_lock(home: Home, seconds: float = 60) -> Iterator[None]:
    """The writers' lock; UserError when somebody else keeps it for longer than that."""
    home.path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(str(home.lock), timeout=seconds):
            yield
    except Timeout:
        raise UserError("另一项导入正在进行，暂时不能写入。", "请等它完成后再试一次。") from None


def _pending_mark(home: Home) -> Path:
    return home.warehouse.parent / "AHEAD"


def is_behind(home: Home) -> bool:
    """Whether a release is due: a writer was killed between its first write and its release, or another program made the one in force."""
    return _pending_mark(home).exists() or is_outdated(home)


@contextmanager
def open_writer(home: Home, catalog: Catalog, note: str = "") -> Iterator[Writer]:
    """A writer under the lock. On leaving, what was staged is published as one release, also when an error ends the work.

    A mark stands beside the warehouse from the first write until the release is published, so that the next writer publishes
    what a killed one had committed.
    """
    with hold_lock(home):
        mark = _pending_mark(home)
        writer = Writer(home, catalog, home.warehouse)
        writer.changed = writer.changed or mark.exists() or read_current(home) is None
        mark.touch()
        writer.release = None
        try:
            yield writer
        finally:
            changed = writer.changed
            writer.close()
            if changed:
                writer.release = publish_file(home, home.warehouse, note)
            mark.unlink(missing_ok=True)


def replace_warehouse(home: Home, file: Path, note: str) -> str:
    """Puts a closed warehouse file in the place of the live one and publishes it; the caller holds the lock."""
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    _pending_mark(home).touch()
    for leftover in home.warehouse.parent.glob("live.duckdb.wal*"):
        leftover.unlink()
    os.replace(file, home.warehouse)
    release = publish_file(home, home.warehouse, note)
    _pending_mark(home).unlink(missing_ok=True)
    return release


def restore_release(home: Home, release: str) -> str:
    """Makes an earlier release the warehouse again and publishes it as a new release; the caller holds the lock."""
    source = find_release(home, release)
    copy = home.warehouse.with_name("restored.duckdb")
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, copy)
    return replace_warehouse(home, copy, f"恢复到版本 {source.stem}")


__all__ = ["Writer", "hold_lock", "open_writer", "release_path", "replace_warehouse", "restore_release"]
