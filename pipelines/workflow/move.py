"""Moves a home's warehouse from the file into the lake and back: rows, views and the number of the release go on as they were."""

from __future__ import annotations

import shutil

from pipelines.access.moving import move_accounts_home
from pipelines.audit.log import Event, append_events
from pipelines.catalog.model import Catalog
from pipelines.durable import copy_file, telling_disk_faults
from pipelines.faults import UserError
from pipelines.home import Home, read_warehouse_address
from pipelines.warehouse.file_store import FileStore
from pipelines.warehouse.lake import check_address, read_folder
from pipelines.warehouse.lake_note import new_schema, note_schema
from pipelines.warehouse.lake_store import LakeStore
from pipelines.warehouse.releases import find_store
from pipelines.warehouse.store import Store, telling_faults
from pipelines.warehouse.writer import open_writer


def _take_out(store: Store, home: Home, into: Store, note: str) -> str:
    """Puts the release in force of one store into another one and gives its number there."""
    release, folder = store.read_current(), home.path / "restoring"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        files = store.give_files(release, folder)
        copy = folder / "moved.duckdb"
        copy_file(files[f"releases/{release}.duckdb"], copy)
        return into.take_in(copy, note, release)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _to_lake(home: Home, catalog: Catalog) -> str:
    """What lay in the file before stays there; the note that makes the lake the home's comes last."""
    address, file = check_address(read_warehouse_address()), FileStore(home)
    if home.lake_note.exists():
        raise UserError(f"{home.path} 的数据已经在 PostgreSQL 和共享存储里了。", "不用再迁。")
    if file.read_current() is None:
        raise UserError("还没有已入库的数据，没有可以迁移的内容。", "请直接用 load 载入月报。")
    with open_writer(Home(home.path, local=True), catalog, "迁移之前"):  # publishes what a killed writer left
        pass
    with file.hold_lock(60):
        schema = new_schema(address)
        lake = LakeStore(home, address, read_folder(home), schema)
        release = _take_out(file, home, lake, "由单个文件迁来")
        note_schema(home, schema)
    return release


def _to_file(home: Home, catalog: Catalog) -> str:
    """What lies in the lake stays there, and is nobody's any more."""
    if not home.lake_note.exists():
        raise UserError(f"{home.path} 的数据本来就在单个文件里。", "不用再迁。")
    lake = find_store(home)
    with open_writer(home, catalog, "迁移之前") as writer:
        writer.changed |= lake.read_current() is None  # what moves is a release, of nothing where nothing was loaded
    with lake.hold_lock(60), telling_faults(lake):
        release = _take_out(lake, home, FileStore(home), "由 PostgreSQL 和共享存储迁来")
        home.lake_note.unlink()
    return release


@telling_disk_faults()
def move_warehouse(home: Home, catalog: Catalog, to_lake: bool, by: str = "命令行") -> str:
    """Moves the release in force to the other store, where it becomes a release of a new number, and gives that. Who was writing is waited for."""
    if not read_warehouse_address():
        raise UserError("没有说明 PostgreSQL 在哪里。", "请把环境变量 UNION_BOARD_WAREHOUSE 设成 postgresql://用户@主机:端口/数据库 后再试。")
    release = _to_lake(home, catalog) if to_lake else _to_file(home, catalog)
    append_events(home, [Event("migrate", by, "lake" if to_lake else "file", detail=f"成为版本 {release}")])
    if not to_lake:
        move_accounts_home(home)  # last: the record's lock is the server's, and would make the home the server's again
    return release
