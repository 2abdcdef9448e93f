"""Files that a power cut leaves whole: written aside, renamed into place, forced to disk."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 8  # the disk forces several files in hardly more time than one


def write_durably(path: Path, content: bytes, durable: bool = True) -> None:
    """Writes a file so that a reader, and if `durable` also a power cut, finds either the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    os.replace(partial, path)
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a rename in the folder durable where the system can."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def make_durable(paths: Iterable[Path]) -> None:
    """Forces files that were written without it to disk, and the renames that put them in their folders."""
    files = set(paths)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_sync_file, files))
        list(pool.map(sync_folder, {path.parent for path in files}))
