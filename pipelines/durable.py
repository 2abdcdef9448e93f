"""Files that a power cut leaves whole: written aside, renamed into place, forced to disk; and the sentence for a disk that takes nothing."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pipelines.faults import DiskFault, UserError

NOT_DONE = "这一步没有做，原来的数据没有动。"
FULL = "存放数据的磁盘已满"
READ_ONLY = "存放数据的磁盘是只读的，或程序没有写的权限"
BROKEN = "存放数据的磁盘读写出错"
REMEDIES = {
    FULL: "请维护人员清理磁盘、腾出空间后再试一次。",
    READ_ONLY: "请维护人员检查磁盘（df -h、mount）和文件夹的权限后再试一次。",
    BROKEN: "请维护人员检查硬盘（dmesg、smartctl）后再试一次。",
}
_NUMBERS = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY, errno.EACCES: READ_ONLY, errno.EPERM: READ_ONLY, errno.EIO: BROKEN}
_WORDS = {  # as DuckDB and SQLite say it
    "No space left on device": FULL, "disk is full": FULL, "Disk quota exceeded": FULL, "Read-only file system": READ_ONLY,
    "readonly database": READ_ONLY, "Permission denied": READ_ONLY, "Input/output error": BROKEN,
}  # fmt: skip
WINDOWS = os.name == "nt"  # which lets nobody rename over a file that somebody has open, nor open one that is being renamed
PATIENCE = 2  # seconds, of which a reader has a small file open for a thousandth
_T = TypeVar("_T")
AT_ONCE = 8  # the disk forces several files in hardly more time than one


def patiently(work: Callable[[], _T]) -> _T:
    """Does it; what Windows refuses because somebody has the file open is tried again for two seconds."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except PermissionError:
            if not WINDOWS or time.monotonic() > until:
                raise
            time.sleep(0.01)


def replace_file(source: Path, target: Path) -> None:
    """Renames the file, over the target where there is one. OSError leaves both as they were."""
    patiently(lambda: os.replace(source, target))


def _partial(path: Path) -> Path:
    """Where a file is written aside: by nobody else, for processes of two machines may have the same number, and threads of one have."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(3)}.part")


def write_durably(path: Path, content: bytes, durable: bool = True) -> None:
    """Writes a file so that a reader, and if `durable` also a power cut, finds either the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        replace_file(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def write_once(path: Path, content: bytes) -> None:
    """Writes a secret, for its owner alone to read, where there is none yet: of several machines that do so at once one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # a rename would take the place of the winner's
            os.link(partial, path) if hasattr(os, "link") else os.rename(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def version_of(path: Path) -> tuple[int, ...]:
    """What is another for a file that was written since: whoever writes one here puts a new file in its place. OSError where there is none."""
    told = path.stat()
    return (told.st_ino, told.st_size, told.st_mtime_ns)


def sync_folder(folder: Path) -> None:
    """Makes a rename in the folder durable where the system can."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def check_free(folder: Path) -> None:
    """UserError where there is a file of that name, or a folder with something in it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"“{folder}”里已经有东西，不会覆盖。", "请换一个文件夹，或先把它移走。")


@contextmanager
def make_folder(folder: Path) -> Iterator[Path]:
    """A folder beside it to be filled, which takes its place when all is written and is gone when not. UserError where something is there already, or the disk takes nothing."""
    check_free(folder)
    folder = folder.resolve()
    partial = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
    try:
        with telling_disk_faults():
            partial.mkdir(parents=True)
            yield partial
            if folder.exists():
                folder.rmdir()
            partial.rename(folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def sync_file(path: Path) -> None:
    """Has on the disk what was written to the file. OSError where there is none or the disk refuses."""
    with path.open("rb+" if os.name == "nt" else "rb") as file:
        os.fsync(file.fileno())


def copy_file(source: Path, target: Path) -> None:
    """Copies a file, sharing its blocks where the file system can (XFS, btrfs): then it takes no time and no room. OSError where the disk refuses."""
    try:
        with source.open("rb") as given, target.open("wb") as made:
            while os.copy_file_range(given.fileno(), made.fileno(), 1 << 30):
                pass
            whole = os.path.getsize(source) == os.path.getsize(target)
    except (AttributeError, OSError):  # no Linux, or a file system that it cannot do it for
        whole = False
    if not whole:
        shutil.copyfile(source, target)


def move_file(source: Path, target: Path) -> None:
    """Moves a file that is on the disk, also to another disk. OSError leaves it where it was."""
    try:
        replace_file(source, target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        partial = target.with_name(f".{target.name}.part")
        try:
            shutil.copyfile(source, partial)
            sync_file(partial)
            replace_file(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        source.unlink()


def make_durable(paths: Iterable[Path]) -> None:
    """Forces files that were written without it to disk, and the renames that put them in their folders."""
    files = set(paths)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(sync_file, files))
        list(pool.map(sync_folder, {path.parent for path in files}))


def find_disk_fault(fault: BaseException) -> DiskFault | None:
    """What to tell people of an error that the disk is the cause of, whoever met it; None for any other error."""
    if isinstance(fault, DiskFault):
        return fault
    cause = _NUMBERS.get(fault.errno) if isinstance(fault, OSError) else next((c for word, c in _WORDS.items() if word in str(fault)), None)
    folder = str(Path(os.fsdecode(fault.filename)).parent) if isinstance(fault, OSError) and isinstance(fault.filename, str | bytes | os.PathLike) else ""
    return DiskFault(f"{cause}，写不进去，{NOT_DONE}", REMEDIES[cause], folder) if cause else None


@contextmanager
def telling_disk_faults() -> Iterator[None]:
    """Turns every error that the disk is the cause of into a DiskFault."""
    try:
        yield
    except Exception as fault:
        if isinstance(fault, DiskFault) or (told := find_disk_fault(fault)) is None:
            raise
        raise told from fault


def is_writable(folder: Path) -> bool:
    """Whether the system lets this process write into the folder; a full disk is writable."""
    return os.access(folder, os.W_OK)
