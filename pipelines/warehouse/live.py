"""The live file between two writers: whether it is what the last one left, and the release in force in its place where it is not.

A publishing makes the live file the release; a copy of it is the next writer's, made while nobody waits, with its sha256 noted beside it. A mark
stands there from before a writer's first write until its release is published: with it there may be more than the release in force holds,
without it the release has everything that anybody was told is in.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from pipelines.durable import copy_file, sync_file, sync_folder, write_durably
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.warehouse.file_releases import is_sound, note_sha256, read_current, release_path
from pipelines.warehouse.noted import hash_file, is_as_noted, is_untouched, note_file

LOST = "数据库文件已损坏，暂时不能写入；已入库的原始文件都在。", "请运行 python -m pipelines rebuild，由原始文件重建后再试。"


def _mark(home: Home) -> Path:
    return home.warehouse.parent / "AHEAD"


def _note(home: Home) -> Path:
    return home.warehouse.with_suffix(".json")


def is_ahead(home: Home) -> bool:
    """Whether a writer did not come to its end."""
    return _mark(home).exists()


def mark_ahead(home: Home) -> None:
    """Tells, on disk, that a writer is at work."""
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    _mark(home).touch()
    sync_folder(home.warehouse.parent)


def mark_done(home: Home) -> None:
    """Takes the mark away: the release in force has everything."""
    _mark(home).unlink(missing_ok=True)


def note_live(home: Home) -> None:
    """Notes what the closed live file is, so that the next writer can tell whether a disk spoilt it."""
    if not is_untouched(home.warehouse, _read_note(home) or {}):
        _write_note(home, hash_file(home.warehouse))


def _write_note(home: Home, sha256: str) -> None:
    write_durably(_note(home), json.dumps(note_file(home.warehouse, sha256=sha256)).encode())


def _read_note(home: Home) -> dict | None:
    """What was noted last; nothing where a disk spoilt it, None where there is no note."""
    try:
        told = json.loads(_note(home).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def drop_log(home: Home) -> None:
    """Removes what is written beside the live file while it is open; a closed one needs none of it."""
    for leftover in home.warehouse.parent.glob(f"{home.warehouse.name}.wal*"):
        leftover.unlink(missing_ok=True)


def is_as_left(home: Home) -> bool:
    """Whether the live file is, byte for byte, what the last writer closed; what an earlier version left is believed."""
    told = _read_note(home)
    return told is None or is_untouched(home.warehouse, told) or ("sha256" in told and is_as_noted(home.warehouse, told))


def put_back(home: Home) -> None:
    """Makes a copy of the release in force the live file. UserError when it is not whole: then only the originals have everything."""
    release = read_current(home)
    if release is None or not release_path(home, release).exists():
        raise UserError(*LOST)
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    copy = home.warehouse.with_name(".live.part")
    sha256 = hash_file(release_path(home, release))
    if not note_sha256(home, release, sha256):
        raise UserError(*LOST)
    try:
        copy_file(release_path(home, release), copy)
        sync_file(copy)  # now, or the writer's checkpoint would have to
        drop_log(home)
        os.replace(copy, home.warehouse)
    finally:
        copy.unlink(missing_ok=True)
    _write_note(home, sha256)


def prepare(home: Home) -> None:
    """After a publishing, which used up the live file, makes the next; the caller holds the lock. UserError as `put_back`."""
    if not home.warehouse.exists() and not is_ahead(home) and read_current(home) is not None:
        put_back(home)


def give_up(home: Home) -> None:
    """After a disk fault: drops what was written since the release in force, which the next writer starts from again. Needs no space."""
    release = read_current(home)
    if release is not None and not is_sound(home, release):
        return  # the live file is all there is: it stays marked as ahead
    with suppress(OSError):  # a read-only disk keeps everything as it is
        home.warehouse.unlink(missing_ok=True)
        drop_log(home)
        _note(home).unlink(missing_ok=True)
        mark_done(home)
