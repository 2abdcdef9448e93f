"""Published, immutable copies of the warehouse, whichever store keeps them; and which store a home's is."""

from __future__ import annotations

from functools import lru_cache

from pipelines.faults import UserError
from pipelines.home import Home, read_warehouse_address
from pipelines.warehouse.file_store import FileStore
from pipelines.warehouse.lake import read_folder
from pipelines.warehouse.lake_store import LakeStore
from pipelines.warehouse.store import Release, Store


@lru_cache(maxsize=64)
def _lake(home: Home, address: str, folder: str) -> LakeStore:
    return LakeStore(home, address, folder)


def find_store(home: Home) -> Store:
    """The store of the home's warehouse. UserError where the setting and the home do not fit together."""
    address, moved = read_warehouse_address(), home.lake_note.exists()
    if home.local or not (address or moved):
        return FileStore(home)
    if not address:
        raise UserError(f"{home.path} 的数据在 PostgreSQL 和共享存储里，但没有说明在哪里。", "请设置环境变量 UNION_BOARD_WAREHOUSE 后再试。")
    if not moved and FileStore(home).read_current() is not None:
        raise UserError(f"{home.path} 的数据还在单个文件里，没有迁到 PostgreSQL。", "请先停掉看板，运行 python -m pipelines migrate --to lake；或去掉环境变量 UNION_BOARD_WAREHOUSE。")
    return _lake(home, address, read_folder(home))


def read_current(home: Home) -> str | None:
    """The id of the release in force; None before the first."""
    return find_store(home).read_current()


def list_releases(home: Home) -> list[Release]:
    """Every release that is kept, oldest first."""
    return find_store(home).list_releases()


def list_audit_heads(home: Home) -> dict[str, str]:
    """The newest record's hash when each release was published -> the words for that release."""
    return find_store(home).list_audit_heads()


def is_sound(home: Home, release: str) -> bool:
    """Whether the release is what was published."""
    return find_store(home).is_sound(release)
