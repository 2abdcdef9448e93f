"""One file that holds everything a home cannot make again: originals, receipts, catalogues, keys, and the release in force.

Originals and releases never change once written, so only their names are gathered under the writers' lock; uploads go on while the file is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from pipelines.access.accounts import has_accounts
from pipelines.access.moving import pack_accounts
from pipelines.audit.log import Event, append_events, log_path, read_whole
from pipelines.durable import make_durable, sync_folder, telling_disk_faults, version_of
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.postgres import find_server
from pipelines.warehouse.releases import find_store, is_sound, read_current
from pipelines.warehouse.writer import hold_lock

MANIFEST = "MANIFEST.json"
AUDIT = "audit/log.jsonl"
CHANGING = ("receipts", "decisions", "scoring", "drafts", "saved", "private")  # as of the lock, like the county's own catalogue
LOGS = ("-wal", "-shm", "-journal")
LEFT_OUT = (".part", ".lock", *LOGS)
STANDING = ("originals", "catalogues")
DAMAGED = "备份文件不完整或已损坏。", "请换一份备份再试；这个文件不要再用。"


def _files(home: Home, folder: str) -> list[Path]:
    return _inside(home.path / folder)


def _inside(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file() and not p.name.endswith(LEFT_OUT)) if root.exists() else []


def _read(path: Path) -> bytes:
    """A file's content; of a database the pages as of one moment, whoever writes to it."""
    if path.suffix != ".sqlite3":
        return path.read_bytes()
    with closing(sqlite3.connect(path, timeout=20)) as store, closing(sqlite3.connect(":memory:")) as copy:
        store.backup(copy)
        return copy.serialize()


def _read_changing(home: Home, known: dict[Path, tuple[tuple[int, ...], bytes]]) -> dict[Path, tuple[tuple[int, ...], bytes]]:
    """What lies in the rooms that may change: each file's version and content, which is not read again where it is known as it stands."""
    found = {}
    for path in (p for room in CHANGING for p in _files(home, room)):
        with suppress(FileNotFoundError):  # it was replaced or removed meanwhile, which cannot be under the lock
            version = version_of(path)
            is_known = path.suffix != ".sqlite3" and known.get(path, ((), b""))[0] == version
            found[path] = known[path] if is_known else (version, _read(path))
    return found


def _overlays(home: Home) -> dict[str, Path]:
    """The county's own files over those of the code: the folder in a backup -> where it lies."""
    return {"catalog": home.overlay, "wording": home.wording}


def _gather(home: Home, folder: Path) -> tuple[str, dict[str, bytes], dict[str, Path]]:
    """The release in force, what may change (name -> content), and the files that never do (name -> where they lie, perhaps in `folder` for the while)."""
    before = _read_changing(home, {})  # a province has a hundred thousand receipts, and uploads should not wait for them
    with hold_lock(home):
        release = read_current(home)
        if release is None:
            raise UserError("还没有已入库的数据，没有可以备份的内容。", "请先用 load 载入月报。")
        if not is_sound(home, release):
            raise UserError(f"最新的发布版本 {release} 文件已损坏，没有备份；以前的备份都还在。", "请先运行 python -m pipelines rebuild，由原始文件重建后再备份。")
        changing = {path.relative_to(home.path).as_posix(): content for path, (_, content) in _read_changing(home, before).items()}
        changing |= {log_path(home).relative_to(home.path).as_posix(): read_whole(home)} if log_path(home).exists() else {}
        changing |= {f"{name}/{p.relative_to(own).as_posix()}": p.read_bytes() for name, own in _overlays(home).items() for p in _inside(own)}
        changing |= {"demo.json": (home.path / "demo.json").read_bytes()} if (home.path / "demo.json").exists() else {}
        if find_server(home) is not None:
            changing.pop("private/server.json", None)
            changing |= {"private/accounts.sqlite3": pack_accounts(home)} if has_accounts(home) else {}
        changing["releases/CURRENT"] = release.encode()
        standing = {p.relative_to(home.path).as_posix(): p for room in STANDING for p in _files(home, room)}
    return release, changing, standing | find_store(home).give_files(release, folder)  # a release never changes


def _sha256(source) -> str:
    return hashlib.file_digest(source, "sha256").hexdigest()


def _private(path: str, flags: int) -> int:
    """Opens a file that is its owner's alone: a backup holds the key of the ID numbers."""
    return os.open(path, flags, 0o600)


def _write(home: Home, target: Path, folder: Path) -> str:
    release, changing, standing = _gather(home, folder)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in changing.items()}
    with open(target, "wb", opener=_private) as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as out:
            for name, content in changing.items():
                out.writestr(name, content)
            for name, path in standing.items():
                with path.open("rb") as source:
                    sums[name] = _sha256(source)
                out.write(path, name)
            told = {"release": release, "made_at": datetime.now().isoformat(timespec="seconds"), "audit": json.loads(changing[AUDIT].splitlines()[-1])["hash"] if changing.get(AUDIT) else "", "files": sums}
            out.writestr(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))
        stream.flush()
        os.fsync(stream.fileno())
    return release


def _verified(container: zipfile.ZipFile) -> dict:
    """The manifest, when every file in it is there and whole and nothing else is."""
    manifest = json.loads(container.read(MANIFEST))
    names = set(container.namelist()) - {MANIFEST}
    if names != set(manifest["files"]) or any(PurePosixPath(n).is_absolute() or ".." in PurePosixPath(n).parts or ":" in n for n in names):
        raise UserError(*DAMAGED)
    for name, expected in manifest["files"].items():
        with container.open(name) as source:
            if _sha256(source) != expected:
                raise UserError(*DAMAGED)
    return manifest


def check_backup(file: Path) -> dict:
    """The manifest of a backup that is whole; UserError for any other file."""
    try:
        with zipfile.ZipFile(file) as container:
            return _verified(container)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, TypeError, AttributeError, RuntimeError, zipfile.LargeZipFile) as fault:
        raise UserError(*DAMAGED) from fault
    except Exception as fault:  # zlib.error derives from Exception alone
        if type(fault).__name__ == "error":
            raise UserError(*DAMAGED) from fault
        raise


@telling_disk_faults()
def make_backup(home: Home, file: Path, by: str = "命令行") -> str:
    """Writes and verifies a backup and gives the release that it holds; the file appears whole or not at all."""
    if file.exists():
        raise UserError(f"已经有 {file} 了，不会覆盖。", "请换一个文件名。")
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.part")
    if read_current(home) is not None:
        append_events(home, [Event("backup", by, file.name)])  # before, so that the backup holds its own mention
    folder = file.with_name(f".{file.name}.release")
    try:
        release = _write(home, partial, folder)
        check_backup(partial)
        os.replace(partial, file)
        sync_folder(file.parent)
    finally:
        partial.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    return release


def restore_backup(home: Home, file: Path) -> str:
    """Makes an empty home what the backup holds and gives its release; nothing is touched when the file is not whole."""
    if not file.exists():
        raise UserError(f"没有这个文件：{file}。", "请检查路径。")
    if read_current(home) is not None or any(home.receipts.glob("*.json")):
        raise UserError(f"{home.path} 里已经有数据，不会覆盖。", "请把环境变量 UNION_BOARD_HOME 指向一个空文件夹后再恢复。")
    manifest = check_backup(file)
    with hold_lock(home):
        aside = home.path / "restoring"
        try:
            _unpack(home, file, manifest, aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return manifest["release"]


def _drop_log(target: Path) -> None:
    """Removes what a killed process left beside a database that is about to be replaced: SQLite would write it into the new one."""
    for ending in LOGS if target.suffix == ".sqlite3" else ():
        target.with_name(target.name + ending).unlink(missing_ok=True)


def _unpack(home: Home, file: Path, manifest: dict, aside: Path) -> None:
    """Everything aside first, where a full disk costs nothing; then each file into its place, and the release last: until then the home counts as empty.

    A power cut finds it empty, too, or with everything."""
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    with zipfile.ZipFile(file) as container:
        container.extractall(aside, manifest["files"])
    for key in (aside / "private").glob("*"):
        key.chmod(0o600)
    found, releases, folders = sorted(p for p in aside.rglob("*") if p.is_file()), aside / "releases", set()
    make_durable(found)
    for path in (p for p in found if p.parent != releases):
        place = path.relative_to(aside)
        own = _overlays(home).get(place.parts[0])
        target = own.joinpath(*place.parts[1:]) if own else home.path / place
        target.parent.mkdir(parents=True, exist_ok=True)
        _drop_log(target)
        os.replace(path, target)
        folders |= {folder for folder in target.parents if folder.is_relative_to(home.path)}
    for folder in folders:
        sync_folder(folder)
    find_store(home).put_files(manifest["release"], releases)
