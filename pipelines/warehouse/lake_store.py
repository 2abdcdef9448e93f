"""The store of a province: DuckLake, Parquet files that all machines share on a disk or in an object store and a catalogue in PostgreSQL. A release is a snapshot.

Every transaction of a writer makes a snapshot of its own; the one that was the newest when the writer came to its end becomes a release by a row
in `union_board_release`. Without that row nobody reads it, and the next writer, who sees it, publishes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.audit.log import read_head
from pipelines.durable import find_disk_fault
from pipelines.faults import UserError
from pipelines.home import Home, read_retention
from pipelines.warehouse.lake import check_address, check_store, find_gone, open_memory, quote
from pipelines.warehouse.lake_note import RELEASES, ask, count_empty, make_schema, read_schema, run
from pipelines.warehouse.object_store import is_object_store
from pipelines.warehouse.store import Release, telling_faults, waiting
from pipelines.warehouse.transaction import close_quietly
from pipelines.warehouse.transfer import replace_contents
from pipelines.warehouse.upgrade import aside, is_outdated, made_by_this, migrate, newest_version, read_made_by

INLINED = 100  # rows of one insert that go into PostgreSQL: a township's month is many small inserts, and a Parquet file for each would never end
GRACE_HOURS = 24  # a forgotten release can be read on for so long by whoever has it open
TIDY = 50  # releases between two times that small pieces are put together


class LakeStore:
    """The schema of PostgreSQL that the home's `lake.json` names, with its Parquet files in `folder`."""

    is_far = True

    def __init__(self, home: Home, address: str, folder: str, schema: str | None = None) -> None:
        self.home, self.address, self.folder = home, check_address(address), folder
        self._given = schema  # not the home's yet

    def _schema(self) -> str | None:
        return self._given or read_schema(self.home)

    def _ask(self, sql: str, none: list[tuple]) -> list[tuple]:
        """Rows of PostgreSQL; `{releases}` in it is the table of releases."""
        schema = self._schema()
        return ask(self.address, sql.format(releases=f"{schema}.{RELEASES}", schema=schema)) if schema else none

    @contextmanager
    def hold_lock(self, seconds: float) -> Iterator[None]:
        """An advisory lock of a session of its own, which PostgreSQL takes back from whoever dies."""
        with telling_faults(self), waiting(self.home, seconds):
            make_schema(self.home, self.address)
            yield

    def _attach(self, connection: duckdb.DuckDBPyConnection, name: str, *options: str) -> None:
        schema = self._schema()
        told = ", ".join([f"metadata_schema '{schema}'", f"data_path {quote(self.folder)}", "override_data_path true", f"data_inlining_row_limit {INLINED}", *options])
        connection.execute(f"attach {quote('ducklake:postgres:' + self.address)} as {name} ({told})")

    def _snapshot(self, release: str) -> int:
        found = self._ask(f"select snapshot from {{releases}} where id = {int(release)}", []) if release.isdigit() else []
        if not found:
            raise UserError(f"没有编号为 {release} 的发布版本。", "请先运行 releases 查看已有的版本编号。")
        return found[0][0]

    def check_there(self) -> None:
        """Asks the object store, where there is one: PostgreSQL is asked by everything else."""
        if is_object_store(self.folder):
            check_store(self.home, self.folder)

    def read_current(self) -> str | None:
        """The greatest number."""
        found = self._ask("select max(id) as id from {releases}", [(None,)])[0][0]
        return None if found is None else f"{found:06d}"

    def list_releases(self) -> list[Release]:
        """Every release that is kept, oldest first; `bytes` is what its Parquet files take."""
        found = self._ask("select id, published_at, bytes, id = max(id) over (), note from {releases} order by id", [])
        return [Release(f"{number:06d}", at, size, current, note) for number, at, size, current, note in found]

    def list_audit_heads(self) -> dict[str, str]:
        """What the table of releases says."""
        found = self._ask("select audit, id, audit_count from {releases} where audit <> '' order by id", [])
        return {head: f"发布版本 {number:06d}（当时有 {count} 条记录）" for head, number, count in found}

    def is_sound(self, release: str) -> bool:
        """Whether PostgreSQL knows it; the Parquet files are the shared disk's to keep."""
        return bool(self._ask(f"select 1 as one from {{releases}} where id = {int(release)}", [])) if release.isdigit() else False

    def is_known_sound(self, release: str) -> bool:
        """The same: to ask costs nothing."""
        return self.is_sound(release)

    def list_sound(self, before: str) -> Iterator[str]:
        """The releases older than one, newest first."""
        return (f"{row[0]:06d}" for row in self._ask(f"select id from {{releases}} where id < {int(before)} order by id desc", []))

    def read_made_by(self, release: str) -> tuple[int, str | None] | None:
        """What was noted with the release."""
        found = self._ask(f"select schema_version, figures_sha256 from {{releases}} where id = {int(release)}", [])
        return found[0] if found and found[0][0] <= newest_version() else None

    def connect(self) -> duckdb.DuckDBPyConnection:
        """An empty database in memory that knows the lake."""
        return open_memory(self.home, self.folder)

    def attach(self, connection: duckdb.DuckDBPyConnection, release: str) -> None:
        """Attaches the release's snapshot; its Parquet files are all that the connection may read once outside access is switched off."""
        with telling_faults(self):
            self._attach(connection, "release", "read_only", f"snapshot_version {self._snapshot(release)}")
            connection.execute(f"set allowed_directories = [{quote(self.folder)}]")

    def _newest_snapshot(self) -> int | None:
        if not self._ask("select to_regclass('{schema}.ducklake_snapshot')::text as known", [(None,)])[0][0]:
            return None
        return self._ask("select max(snapshot_id) as newest from {schema}.ducklake_snapshot", [(None,)])[0][0]

    def is_ahead(self) -> bool:
        """Whether there is a snapshot after the release in force; without any release, whether there is more than the empty lake's first."""
        newest = self._newest_snapshot()
        return newest is not None and newest > self._newest_published()

    def _newest_published(self) -> int:
        return self._ask("select max(snapshot) as newest from {releases}", [(None,)])[0][0] or 0

    def open_live(self) -> tuple[duckdb.DuckDBPyConnection, bool]:
        """The newest snapshot, with whatever a killed writer had committed."""
        ahead = self.is_ahead()
        connection = open_memory(self.home, self.folder, 1)
        try:
            self._attach(connection, "lake")
            connection.execute("use lake")
            version, _ = read_made_by(connection)
            if is_outdated(version):
                with aside(self.home, version) as copy:
                    self._write_file(connection, "lake", copy)
                connection.execute("use lake")
                migrate(connection, version)
        except BaseException:
            close_quietly(connection, far=True)
            raise
        return connection, ahead or self.read_current() is None

    def open_reading(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        """A cursor in one transaction: each new one asks PostgreSQL for the whole schema again."""
        return connection.cursor().execute("use lake").execute("begin")

    def settle(self, connection: duckdb.DuckDBPyConnection, note: str, changed: bool) -> str | None:
        """Makes the newest snapshot a release where something changed."""
        release = self._publish(connection, note, made_by_this()) if changed else None
        connection.close()
        return release

    def _publish(self, connection: duckdb.DuckDBPyConnection, note: str, made_by: tuple[int, str | None], after: str = "0") -> str:
        number = max(int(self.read_current() or 0), int(after)) + 1
        if number % TIDY == 0:
            self._tidy(connection)
        ((own,),) = connection.execute("from lake.last_committed_snapshot()").fetchall()
        snapshot = max(own, self._newest_published())  # a PostgreSQL that was started anew let go of the lock, and another writer came before
        size = self._ask("select coalesce(sum(file_size_bytes), 0)::bigint as size from {schema}.ducklake_data_file where end_snapshot is null", [(0,)])[0][0]
        version, figures = made_by
        count, head = read_head(self.home)
        told = (number, snapshot, quote(datetime.now().isoformat(timespec="seconds")), quote(note), quote(head), count, size, version, quote(figures or ""))
        table = f"{self._schema()}.{RELEASES}"
        run(self.address, f"delete from {table} where id = {number}; insert into {table} values ({', '.join(map(str, told))}); {count_empty(self._schema())}")
        self._forget_old(connection, table, number)
        return f"{number:06d}"

    def _tidy(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Writes small inserts out to Parquet and puts small files together; no row changes."""
        connection.execute("call ducklake_flush_inlined_data('lake')")
        connection.execute("call ducklake_merge_adjacent_files('lake')")

    def _forget_old(self, connection: duckdb.DuckDBPyConnection, table: str, newest: int) -> None:
        """Takes the releases past those that are kept off the list, and what nobody can be reading any more off the disk."""
        run(self.address, f"delete from {table} where id not in (select id from {table} order by id desc limit {read_retention()})")
        if newest % min(TIDY, read_retention()):
            return
        old = f"""select snapshot_id from {{schema}}.ducklake_snapshot where snapshot_time < now() - interval '{GRACE_HOURS} hours'
            and snapshot_id not in (select snapshot from {{releases}}) and snapshot_id < (select max(snapshot) from {{releases}})"""
        with suppress(duckdb.Error):  # the next time does it
            if forgotten := [str(row[0]) for row in self._ask(old, [])]:
                connection.execute(f"call ducklake_expire_snapshots('lake', versions => [{', '.join(forgotten)}])")
            connection.execute(f"call ducklake_cleanup_old_files('lake', older_than => now() - interval '{GRACE_HOURS} hours')")

    def give_up(self) -> None:
        """Nothing: what was committed waits for the next writer, who publishes it; what was not is gone by itself."""

    def find_fault(self, fault: BaseException) -> UserError | None:
        """What PostgreSQL, the object store or the shared disk is the cause of."""
        return find_gone(self.address, self.folder, fault) or find_disk_fault(fault)

    def _write_file(self, connection: duckdb.DuckDBPyConnection, source: str, file: Path) -> None:
        connection.execute(f"attach {quote(str(file))} as file")
        replace_contents(connection, source, "file")
        connection.execute("use memory")
        connection.execute("detach file")

    def give_files(self, release: str, folder: Path) -> dict[str, Path]:
        """The release as the file and the stamp that a file store would have, so that a backup can be restored to either."""
        folder.mkdir(parents=True, exist_ok=True)
        file, stamp = folder / f"{int(release):06d}.duckdb", folder / f"{int(release):06d}.json"
        with telling_faults(self), open_memory(self.home, self.folder) as connection:
            self.attach(connection, release)
            self._write_file(connection, "release", file)
        ((at, note, head, count),) = self._ask(f"select published_at::text, note, audit, audit_count from {{releases}} where id = {int(release)}", [])
        told = {"published_at": at.replace(" ", "T"), "note": note, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "audit": head, "audit_count": count}
        stamp.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        return {f"releases/{path.name}": path for path in (file, stamp)}

    def put_files(self, release: str, folder: Path) -> None:
        """Takes the file in under its old number."""
        stamp = folder / f"{release}.json"
        note = json.loads(stamp.read_text("utf-8")).get("note", "") if stamp.exists() else ""
        self.take_in(folder / f"{release}.duckdb", note, str(int(release) - 1))

    def _replace(self, attach_source, source: str, note: str, after: str = "0") -> str:
        with telling_faults(self), open_memory(self.home, self.folder) as connection:
            self._attach(connection, "lake")
            attach_source(connection)
            replace_contents(connection, source, "lake")
            return self._publish(connection, note, read_made_by(connection), after)

    def take_in(self, file: Path, note: str, after: str = "0") -> str:
        """Writes everything in the file to the lake, in one transaction."""
        release = self._replace(lambda connection: connection.execute(f"attach {quote(str(file))} as source (read_only)"), "source", note, after)
        file.unlink()
        return release

    def restore(self, release: str) -> str:
        """Writes the old snapshot's tables anew, in one transaction."""
        snapshot = self._snapshot(release)
        return self._replace(lambda connection: self._attach(connection, "old", "read_only", f"snapshot_version {snapshot}"), "old", f"恢复到版本 {int(release):06d}")
