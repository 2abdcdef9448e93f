"""Files written aside and renamed into place, by several at once."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines import durable
from pipelines.durable import move_file, write_durably
from pipelines.home import Home
from pipelines.warehouse.releases import read_current


def _open_paths() -> set[str]:
    """What this process has open."""
    found = set()
    for handle in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # closed meanwhile
            found.add(os.readlink(f"/proc/self/fd/{handle}"))
    return found


@pytest.fixture
def on_windows(monkeypatch) -> None:
    """Renaming over a file that this process has open is refused, as Windows does."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("only Linux says what is open")
    real = os.replace

    def replace(source, target) -> None:
        if str(target) in _open_paths():
            raise PermissionError(errno.EACCES, "Access is denied", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(durable, "WINDOWS", True)


def test_on_windows_a_file_that_somebody_reads_is_replaced_as_soon_as_he_closes_it(tmp_path, on_windows):
    path = tmp_path / "CURRENT"
    path.write_bytes(b"000001")
    for replace in (lambda: write_durably(path, b"000002"), lambda: move_file(tmp_path / "new", path)):
        (tmp_path / "new").write_bytes(b"000002")
        reader = path.open("rb")
        threading.Timer(0.2, reader.close).start()
        replace()
        assert reader.closed and path.read_bytes() == b"000002"


def test_on_windows_a_file_that_stays_open_is_told_in_the_end(tmp_path, on_windows, monkeypatch):
    monkeypatch.setattr(durable, "PATIENCE", 0.1)
    path = tmp_path / "CURRENT"
    path.write_bytes(b"000001")
    with path.open("rb"), pytest.raises(PermissionError):
        write_durably(path, b"000002")
    assert path.read_bytes() == b"000001" and list(tmp_path.iterdir()) == [path]


def test_on_windows_the_release_in_force_is_read_while_it_is_being_replaced(tmp_path, monkeypatch):
    home, refusals, real = Home(tmp_path), [PermissionError(errno.EACCES, "Access is denied")] * 3, Path.read_text
    write_durably(home.releases / "CURRENT", b"000001")

    def read_text(path: Path, *told, **named) -> str:
        if refusals:
            raise refusals.pop()
        return real(path, *told, **named)

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(durable, "WINDOWS", True)
    assert read_current(home) == "000001" and refusals == []


def test_elsewhere_a_refusal_is_told_at_once(tmp_path, monkeypatch):
    tried = []
    monkeypatch.setattr(durable, "WINDOWS", False)
    monkeypatch.setattr(os, "replace", lambda *told: tried.append(told) or (_ for _ in ()).throw(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(PermissionError):
        write_durably(tmp_path / "a", b"x")
    assert len(tried) == 1


def test_threads_that_write_the_same_file_at_once_all_succeed_and_one_of_them_wholly_wins(tmp_path):
    path, contents, faults = tmp_path / "a.json", [bytes([65 + n]) * 300_000 for n in range(4)], []

    def write(content: bytes, start: threading.Barrier) -> None:
        start.wait()
        try:
            write_durably(path, content, durable=False)
        except OSError as fault:
            faults.append(fault)

    for _ in range(20):
        start = threading.Barrier(len(contents))
        writers = [threading.Thread(target=write, args=(content, start)) for content in contents]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert path.read_bytes() in contents
    assert faults == [] and list(tmp_path.iterdir()) == [path]
