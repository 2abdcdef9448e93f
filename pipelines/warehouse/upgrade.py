"""Which schema a warehouse has and which program made its figures; brings an older one up to date, one numbered file after the other.

`made_by` holds both. A warehouse that does not tell is of version 1. `schema.sql` makes new tables by itself; `migrations/NNN_name.sql`, which
leads to version NNN, is for changes of tables that exist. Each runs in a transaction of its own with the version it leads to, after a copy of
the warehouse was put beside the backups, and there is no way back but that copy.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from pipelines.durable import copy_file, sync_file, sync_folder
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.warehouse.transaction import transaction

ROOM = Path(__file__).parent
COPIES = 3  # of warehouses before an upgrade
FIGURES = ("schema.sql", "marts/*.sql", "views/*.sql", "*figure.sql", "indicator.sql", "month_state.sql", "target_year.sql", "measures.py", "marts.py", "touched.py", "at_hand.py")  # what the tables that people read are made with
NEWER = "数据是更新版本的程序写的，这个版本的程序不能打开。", "请换用新版本的程序；要用旧程序的，请用升级前的备份恢复到空文件夹。"


def list_migrations() -> dict[int, Path]:
    """The version that each file leads to -> the file, in order."""
    return {int(path.name[:3]): path for path in sorted((ROOM / "migrations").glob("[0-9][0-9][0-9]_*.sql"))}


def newest_version() -> int:
    """The version of this program's schema."""
    return max(list_migrations(), default=1)


@cache
def figures_sha256() -> str:
    """The name of exactly this program's way from rows to figures."""
    paths = [path for pattern in FIGURES for path in sorted(ROOM.glob(pattern))]
    return hashlib.sha256(b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in paths)).hexdigest()


def _ask(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple | None:
    """A row; None also where there is no such table, which is not asked beforehand: in a lake listing the tables takes as long as ten queries."""
    try:
        return connection.execute(sql).fetchone()
    except duckdb.CatalogException:
        return None


def read_made_by(connection: duckdb.DuckDBPyConnection) -> tuple[int, str | None]:
    """Version and maker of the attached file's figures; version 0 of an empty file. UserError for a newer program's."""
    version, figures = _ask(connection, "select schema_version, figures_sha256 from made_by") or (1 if _ask(connection, "select count(*) from submission") else 0, None)
    if version > newest_version():
        raise UserError(*NEWER)
    return version, figures


def made_by_this() -> tuple[int, str]:
    """What `read_made_by` gives of a warehouse that needs nothing done to it."""
    return newest_version(), figures_sha256()


def tell_figures(connection: duckdb.DuckDBPyConnection) -> None:
    """Notes that this program made the figures; the caller holds the transaction that makes them."""
    connection.execute("update made_by set figures_sha256 = $sha", {"sha": figures_sha256()})


def tell_version(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Notes the version of the schema; the caller holds the transaction that leads to it."""
    connection.execute("create table if not exists made_by (schema_version integer, figures_sha256 varchar)")
    figures = (connection.execute("select figures_sha256 from made_by").fetchone() or (None,))[0]
    connection.execute("delete from made_by")
    connection.execute("insert into made_by values ($version, $figures)", {"version": version, "figures": figures})


def migrate(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Brings a warehouse from a version to the newest, each step wholly or not at all."""
    for number, path in list_migrations().items():
        if number > version:
            with transaction(connection):
                connection.execute(path.read_text("utf-8"))
                tell_version(connection, number)


def is_outdated(version: int) -> bool:
    """Whether a warehouse of this version, 0 being an empty one, has to be migrated."""
    return 0 < version < newest_version()


def list_copies(home: Home) -> list[Path]:
    """The warehouses that were put aside before an upgrade, oldest first."""
    return sorted((home.path / "backups").glob("before-upgrade-*.duckdb"), key=lambda p: p.stat().st_mtime_ns)


@contextmanager
def aside(home: Home, version: int) -> Iterator[Path]:
    """A path for the copy of a warehouse of this version before its upgrade, which has its name once it is whole:
    `backups/before-upgrade-NNN.duckdb`, NNN being the version that it leaves for; never over another one."""
    folder, stem = home.path / "backups", f"before-upgrade-{version + 1:03d}"
    folder.mkdir(parents=True, exist_ok=True)
    names = (f"{stem}.duckdb", *(f"{stem}-{number}.duckdb" for number in range(2, 10_000)))
    target = next(folder / name for name in names if not (folder / name).exists())
    partial = target.with_name(f".{target.name}.part")
    partial.unlink(missing_ok=True)
    yield partial
    sync_file(partial)
    os.replace(partial, target)
    sync_folder(folder)
    for old in list_copies(home)[:-COPIES]:
        old.unlink(missing_ok=True)


def keep_copy(home: Home, file: Path, version: int) -> Path:
    """Puts a closed warehouse aside, unless that was done already; gives where it lies."""
    for known in list_copies(home):
        if filecmp.cmp(file, known, shallow=False):  # the upgrade was killed after the copy
            return known
    with aside(home, version) as copy:
        copy_file(file, copy)
    return list_copies(home)[-1]
