"""What is noted of a closed file of the warehouse, and whether the file is still that.

A file that nobody has touched since, on a machine that has run since, is not read for it: it would come from memory, not from the disk. A start
of the machine, a copy or a write lets the sha256 decide.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from pipelines.durable import version_of

_BOOT = Path("/proc/sys/kernel/random/boot_id")  # of Linux; elsewhere every file is read


@cache
def _read_boot() -> str:
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


def hash_file(path: Path) -> str:
    """The file's sha256. OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def note_file(path: Path, **more: str) -> dict[str, object]:
    """What is to be noted of a closed file, for JSON."""
    return {"version": version_of(path), "boot": _read_boot(), **more}


def is_untouched(path: Path, told: dict) -> bool:
    """Whether nobody has touched the file since it was noted and the machine has run since. OSError where there is no file."""
    return told.get("boot") == (_read_boot() or None) and told.get("version") == list(version_of(path))


def is_as_noted(path: Path, told: dict) -> bool:
    """Whether the file is, byte for byte, what was noted, as far as that goes: sha256, else its length. OSError where it cannot be read."""
    if "sha256" in told:
        return hash_file(path) == told["sha256"]
    return path.stat().st_size == told.get("version", [0, path.stat().st_size])[1]
