"""The live file between two writers: whether it is what the last one left, and the release in force in its place where it is not.

The last writer notes the closed file's sha256 beside it. A mark stands there from before a writer's first write until its release is
published: with it the file is ahead of the release, without it the release in force holds everything that anybody was told is in.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from pipelines.durable import sync_folder, write_durably
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.warehouse.file_releases import is_sound, read_current, release_path

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
    """Takes the mark away: the release in force holds what the live file does."""
    _mark(home).unlink(missing_ok=True)


def note_live(home: Home) -> None:
    """Notes what the closed live file is, so that the next writer can tell whether a disk spoilt it."""
    with home.warehouse.open("rb") as file:
        told = {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    write_durably(_note(home), json.dumps(told).encode())


def drop_log(home: Home) -> None:
    """Removes what is written beside the live file while it is open; a closed one needs none of it."""
    for leftover in home.warehouse.parent.glob(f"{home.warehouse.name}.wal*"):
        leftover.unlink(missing_ok=True)


def is_as_left(home: Home) -> bool:
    """Whether the live file is, byte for byte, what the last writer closed; what an earlier version left is believed."""
    if not home.warehouse.exists():
        return read_current(home) is None
    try:
        told = json.loads(_note(home).read_text("utf-8"))["sha256"]
    except FileNotFoundError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    with home.warehouse.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == told


def put_back(home: Home) -> None:
    """Makes the release in force the live file. UserError when it is not whole: then only the originals have everything."""
    release = read_current(home)
    if release is None or not is_sound(home, release):
        raise UserError(*LOST)
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    copy = home.warehouse.with_name(".live.part")
    shutil.copyfile(release_path(home, release), copy)
    drop_log(home)
    os.replace(copy, home.warehouse)
    note_live(home)


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
