"""Originals lie encrypted on the disk, come back byte for byte, and no loss of the key is hidden."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from pipelines.catalog.load import load_catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.keep import keep_original, list_receipts, read_id_key, read_original
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.intake.seal import MAGIC, is_sealed, key_path, seal_old
from tests.demo_homes import copy_demo

SECRET = "张三,110101199003070011".encode()


def kept(home: Home) -> list[bytes]:
    return [p.read_bytes() for p in home.originals.rglob("*") if p.is_file()]


def test_an_upload_comes_back_and_lies_sealed(home):
    sha256, path = keep_original(home, "名单.csv", SECRET)
    assert read_original(home, sha256) == SECRET
    assert path.stem == sha256 and path.suffix == ".csv"
    assert all(is_sealed(k) and SECRET not in k for k in kept(home))
    assert key_path(home).stat().st_mode & 0o077 == 0
    assert keep_original(home, "又一次.csv", SECRET) == (sha256, path)


def test_nothing_clear_is_left_anywhere_after_a_load(home, tmp_path):
    load_bytes(home, load_catalog(), "名单.csv", SECRET)
    clear = [p for p in home.path.rglob("*") if p.is_file() and b"110101199003070011" in p.read_bytes()]
    assert clear == []


def test_a_lost_or_other_key_is_told_and_never_replaced(home):
    sha256, _ = keep_original(home, "a.csv", SECRET)
    key = key_path(home).read_bytes()
    key_path(home).unlink()
    with pytest.raises(UserError, match="找不到原表的密钥"):
        read_original(home, sha256)
    with pytest.raises(UserError, match="找不到原表的密钥"):
        keep_original(home, "b.csv", b"x")
    assert not key_path(home).exists()
    key_path(home).write_bytes(bytes(32))
    with pytest.raises(UserError, match="解不开"):
        read_original(home, sha256)
    key_path(home).write_bytes(b"short")
    with pytest.raises(UserError, match="已损坏"):
        read_original(home, sha256)
    key_path(home).write_bytes(key)
    assert read_original(home, sha256) == SECRET


def test_a_changed_byte_or_a_swapped_file_is_told(home):
    one, path = keep_original(home, "a.csv", SECRET)
    two, other = keep_original(home, "b.csv", b"other")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match="解不开"):
        read_original(home, one)
    path.write_bytes(other.read_bytes())
    with pytest.raises(UserError, match="解不开"):
        read_original(home, one)


def _unsealed(home: Home) -> dict[str, bytes]:
    """A home as an earlier version left it: originals in clear, no key."""
    clear = {r["sha256"]: read_original(home, r["sha256"]) for r in list_receipts(home)}
    for path in home.originals.rglob("*"):
        if path.is_file():
            path.write_bytes(clear[path.stem])
    for name in ("originals.key", "originals.sealed"):
        (home.path / "private" / name).unlink()
    return clear


def test_an_earlier_home_is_sealed_with_the_next_upload_and_still_rebuilds(home):
    copy_demo(home, months=1)
    clear = _unsealed(home)
    rebuild(home)
    assert not any(is_sealed(k) for k in kept(home))
    keep_original(home, "a.csv", SECRET)
    assert all(is_sealed(k) for k in kept(home))
    assert {s: read_original(home, s) for s in clear} == clear
    rebuild(home)


@pytest.mark.parametrize("killed_after", [1, 7])
def test_sealing_goes_on_after_a_kill(home, killed_after):
    copy_demo(home, months=1)
    clear = _unsealed(home)
    script = f"""
import os
from pathlib import Path
from pipelines.home import Home
from tests.demo_homes import copy_demo
import pipelines.intake.seal as room
done, write = 0, room.write_durably
def counted(path, content, *more):
    global done
    if content.startswith(room.MAGIC):
        done += 1
        if done > {killed_after}:
            os.kill(os.getpid(), 9)
    write(path, content, *more)
room.write_durably = counted
room.seal_old(Home(Path({str(home.path)!r})))
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == -9
    assert {is_sealed(k) for k in kept(home)} == {True, False}
    assert {s: read_original(home, s) for s in clear} == clear
    seal_old(home)
    assert all(k.startswith(MAGIC) for k in kept(home))
    assert {s: read_original(home, s) for s in clear} == clear


def _keep(job: tuple[Home, int]) -> str:
    return keep_original(job[0], "a.csv", b"content %d" % job[1])[0]


def test_two_processes_make_one_key(home):
    with ProcessPoolExecutor(4) as pool:
        names = list(pool.map(_keep, [(home, n) for n in range(40)]))
    assert [read_original(home, n) for n in names] == [b"content %d" % n for n in range(40)]


def test_of_several_machines_that_need_the_id_key_at_once_all_have_the_same(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        for round_ in range(10):
            home, together = Home(tmp_path / str(round_)), threading.Barrier(8)

            def ask(_: int, home: Home = home, together: threading.Barrier = together) -> bytes:
                together.wait()
                return read_id_key(home)

            assert len(set(pool.map(ask, range(8)))) == 1
            (key,) = (home.path / "private").iterdir()
            assert key.stat().st_mode & 0o077 == 0
