"""Published, immutable copies of the warehouse: `releases/000012.duckdb`, and `CURRENT` that names the one in force."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pipelines.audit.log import read_head
from pipelines.durable import move_file, patiently, version_of, write_durably
from pipelines.faults import UserError
from pipelines.home import Home, read_retention
from pipelines.warehouse.noted import is_as_noted, is_untouched, note_file
from pipelines.warehouse.store import Release

_ID = re.compile("[0-9]{6,}")


def release_path(home: Home, release: str) -> Path:
    """Where the release's file lies."""
    return home.releases / f"{release}.duckdb"


def read_current(home: Home) -> str | None:
    """The id of the release in force: the newest, should a disk have spoilt the pointer; None before the first."""
    try:
        told = patiently(lambda: (home.releases / "CURRENT").read_text("ascii", errors="replace")).strip()
    except FileNotFoundError:
        return None
    return told if _ID.fullmatch(told) else (_ids(home) or [None])[-1]


def _ids(home: Home) -> list[str]:
    return sorted(p.stem for p in home.releases.glob("*.duckdb") if p.stem.isdigit())


def publish_file(home: Home, source: Path, note: str, after: str = "0") -> str:
    """Makes a closed warehouse file, which is on the disk, a new release, numbered past `after`, and points CURRENT at it; returns its id. OSError leaves the file where it was."""
    home.releases.mkdir(parents=True, exist_ok=True)
    release = f"{max(int((_ids(home) or ['0'])[-1]), int(after)) + 1:06d}"
    try:
        _write_stamp(home, release, source, note)
        move_file(source, release_path(home, release))
        write_durably(home.releases / "CURRENT", release.encode())
    except OSError:
        with suppress(OSError):  # whatever CURRENT says by now: it may be named there while its folder could not be forced to disk
            if not source.exists():
                move_file(release_path(home, release), source)
            _stamp_path(home, release).unlink(missing_ok=True)
        raise
    _forget_old(home)
    return release


def _write_stamp(home: Home, release: str, source: Path, note: str) -> None:
    count, head = read_head(home)
    stamp = {"published_at": datetime.now().isoformat(timespec="seconds"), "note": note, **note_file(source), "audit": head, "audit_count": count}
    write_durably(_stamp_path(home, release), json.dumps(stamp, ensure_ascii=False).encode())


def take_back(home: Home, source: Path) -> None:
    """Moves a release that a killed publishing had not yet pointed CURRENT at, should there be one, to where it came from."""
    current, newest = read_current(home) or "0", (_ids(home) or ["0"])[-1]
    if int(newest) > int(current) and not source.exists():
        move_file(release_path(home, newest), source)


def note_sha256(home: Home, release: str, sha256: str) -> bool:
    """Whether a release's file is what was published, now that its sha256 is known; the first time it is noted."""
    told = _read_stamp(home, release)
    if told and "sha256" not in told:
        write_durably(_stamp_path(home, release), json.dumps(told | {"sha256": sha256}, ensure_ascii=False).encode())
    return bool(told) and told.get("sha256", sha256) == sha256


def _stamp_path(home: Home, release: str) -> Path:
    return release_path(home, release).with_suffix(".json")


def _read_stamp(home: Home, release: str) -> dict:
    """What was noted when the release was published; nothing where that is gone or a disk spoilt it."""
    try:
        told = json.loads(_stamp_path(home, release).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _forget_old(home: Home) -> None:
    """Deletes the releases past those that are kept; a reader that has one open goes on with it where the system allows."""
    for release in _ids(home)[: -read_retention()]:
        for path in (release_path(home, release), _stamp_path(home, release)):
            with suppress(OSError):  # Windows refuses while somebody reads it: the next publishing tries again
                path.unlink(missing_ok=True)


def is_sound(home: Home, release: str) -> bool:
    """Whether the release's file is there and is, byte for byte, what was published; before its sha256 is noted, whether it is as long."""
    try:
        return is_as_noted(release_path(home, release), json.loads(_stamp_path(home, release).read_text("utf-8")))
    except (OSError, ValueError):
        return False


@lru_cache(maxsize=16)
def _is_sound(home: Home, release: str, versions: tuple[int, ...]) -> bool:
    return is_untouched(release_path(home, release), _read_stamp(home, release)) or is_sound(home, release)


def is_known_sound(home: Home, release: str) -> bool:
    """The same, without going through a file that nobody has touched since it was published, and once in a process through any other: a province's takes a second."""
    try:
        versions = version_of(release_path(home, release)) + version_of(_stamp_path(home, release))
    except OSError:
        return False
    return _is_sound(home, release, versions)


def list_sound(home: Home, before: str) -> Iterator[str]:
    """The sound releases older than one, newest first."""
    return (release for release in reversed(_ids(home)) if release < before and is_sound(home, release))


def list_audit_heads(home: Home) -> dict[str, str]:
    """The newest record's hash when each release was published -> the words for that release."""
    stamps = {r: _read_stamp(home, r) for r in _ids(home)}
    told = {r: f"（当时有 {s['audit_count']} 条记录）" if "audit_count" in s else " " for r, s in stamps.items()}
    return {stamp["audit"]: f"发布版本 {release}{told[release]}" for release, stamp in stamps.items() if stamp.get("audit")}


def list_releases(home: Home) -> list[Release]:
    """Every release, oldest first."""
    current = read_current(home)
    return [_describe(home, release, current) for release in _ids(home)]


def _describe(home: Home, release: str, current: str | None) -> Release:
    path = release_path(home, release)
    stamp = _read_stamp(home, release)
    at = datetime.fromisoformat(stamp["published_at"]) if stamp else datetime.fromtimestamp(path.stat().st_mtime)
    return Release(release, at, path.stat().st_size, release == current, stamp.get("note", ""))


def find_release(home: Home, release: str) -> Path:
    """The file of a release; UserError when there is none of that name."""
    path = release_path(home, release.zfill(6))
    if not release.isdigit() or not path.exists():
        raise UserError(f"没有编号为 {release} 的发布版本。", "请先运行 releases 查看已有的版本编号。")
    return path
