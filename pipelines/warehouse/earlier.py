"""Which earlier releases can still be read: those that are kept and whose figures were made by exactly this program."""

from __future__ import annotations

from functools import lru_cache

from pipelines.faults import UserError
from pipelines.home import Home, read_retention
from pipelines.warehouse.releases import find_store, list_releases
from pipelines.warehouse.store import Release
from pipelines.warehouse.upgrade import made_by_this


@lru_cache(maxsize=1024)
def _is_ours(home: Home, release: str) -> bool:
    """A release never changes, so that it is asked once."""
    return find_store(home).read_made_by(release) == made_by_this()


def list_readable(home: Home) -> list[Release]:
    """The releases that this program shows right, newest first; one that was published under an earlier program is none of them."""
    return [r for r in reversed(list_releases(home)) if _is_ours(home, r.id)]


def find_readable(home: Home, release: str) -> Release:
    """The release; UserError where it is not kept any more, or was made by another program."""
    if release not in {r.id for r in list_releases(home)}:
        raise UserError(f"数据版本 {release[:20]} 已经不在了：只保留最近 {read_retention()} 个版本。", "请看最新数据，或在“数据时点”里另选一个版本。")
    found = next((r for r in list_readable(home) if r.id == release), None)
    if found is None:
        raise UserError(f"数据版本 {release} 是程序升级以前做的，现在的程序读不准。", "请看最新数据，或在“数据时点”里另选一个版本。")
    return found
