"""A backup holds everything, is whole or nothing, and an empty home made of it is the home it was made of."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.access.accounts import add_account, list_accounts
from pipelines.access.on_disk import store_path
from pipelines.audit.log import read_head, read_records, verify_chain
from pipelines.catalog.model import LearnedAlias
from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.home import ROOT, Home
from pipelines.intake.keep import list_receipts, read_original
from pipelines.intake.learn import add_alias, list_aliases
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, list_tables, read_table
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import list_audit_heads
from pipelines.workflow import backup
from pipelines.workflow.backup import check_backup, make_backup, restore_backup
from pipelines.workflow.review import approve
from tests.intake.build import workbook
from tests.prepared import prepare
from tests.warehouse.storm import find_torn
from tests.warehouse.test_storm import Player, exports, receipts_of


def _exports(home: Home, catalog, folder: Path) -> dict[str, object]:
    """Every table in every format; of an .xlsx what is in its sheets, for the container tells when it was written."""
    reader, found = open_reader(home), {}
    for table in list_tables(catalog):
        for ending in ("csv", "parquet", "xlsx"):
            path = folder / f"t.{ending}"
            write_export(read_table(reader, catalog, Selection(table)), path)
            found[path.name.replace("t", table, 1)] = _sheets(path) if ending == "xlsx" else path.read_bytes()
    return found


def _sheets(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as container:
        return {name: container.read(name) for name in container.namelist() if name.startswith("xl/")}


def _kept(home: Home) -> dict[str, bytes]:
    """What a restored home has to hold byte for byte; `server.json` names the home's own place in PostgreSQL."""
    folders = ("originals", "receipts", "decisions", "catalogues", "drafts", "private", "audit", "wording")
    return {p.relative_to(home.path).as_posix(): p.read_bytes() for f in folders for p in (home.path / f).rglob("*") if p.is_file() and p.suffix != ".lock" and p.name != "server.json"}


FIRST = workbook()


def test_what_was_written_between_the_reading_and_the_lock_is_in_the_backup(home, catalog, tmp_path, monkeypatch):
    """Receipts are read before the lock is taken; a writer may come in between."""
    load_bytes(home, catalog, "一.xlsx", FIRST)
    lock, receipts = backup.hold_lock, []

    def late(of: Home):
        monkeypatch.setattr(backup, "hold_lock", lock)
        load_bytes(home, catalog, "二.xlsx", workbook(cover=("蒋家堰镇", "2026-03")))
        roll_back(home, "000001")  # makes the second receipt another one
        receipts.extend(path.read_bytes() for path in sorted(home.receipts.glob("*.json")))
        return lock(of)

    monkeypatch.setattr(backup, "hold_lock", late)
    release = make_backup(home, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as container:
        kept = [container.read(name) for name in sorted(container.namelist()) if name.startswith("receipts/")]
        assert container.read("releases/CURRENT").decode() == release == "000003"
    assert kept == receipts and len(kept) == 2


def _records(home: Home) -> list[tuple]:
    return [(r.sequence, r.happened_at, r.event, r.previous, r.hash) for r in read_records(home)]


def _fill(home: Home, catalog) -> None:
    load_bytes(home, catalog, "一.xlsx", FIRST)
    load_bytes(home, catalog, "坏.xlsx", b"PK nonsense")
    approve(home, catalog, ["000001"], "王干事")
    home.wording.mkdir()
    (home.wording / "own.toml").write_text("# 本县自己的说法", "utf-8")
    add_alias(home, LearnedAlias("register", "workers", "在册人员", "420324100"))


@pytest.fixture
def filled(home, catalog) -> Home:
    return prepare(home, "something of everything", lambda made: _fill(made, catalog))


def test_a_restored_home_is_the_same(filled, catalog, tmp_path, monkeypatch, capsys):
    file, other = tmp_path / "备份.zip", Home(tmp_path / "other")
    release = make_backup(filled, file)
    assert restore_backup(other, file) == release
    assert _exports(other, catalog, tmp_path) == _exports(filled, catalog, tmp_path)
    assert {r["sha256"]: read_original(other, r["sha256"]) for r in list_receipts(other)} == {sha256(c).hexdigest(): c for c in (FIRST, b"PK nonsense")}
    assert _records(other) == _records(filled) and [r.event.action for r in read_records(other)] == ["upload", "upload_refused", "approve", "catalogue", "backup"]
    monkeypatch.setenv("UNION_BOARD_HOME", str(other.path))
    assert main(["verify-audit", "--head", read_head(filled)[1]]) == 0 and "没有被改动过" in capsys.readouterr().out
    assert _kept(other) == _kept(filled) and list_aliases(other) == list_aliases(filled) != []
    assert load_bytes(other, catalog, "二.xlsx", workbook(cover=("蒋家堰镇", "2026-03"))).submission_id == "000003"
    rebuild(other)
    assert open_reader(other).rows("select count(*) from submission") == [(2,)]


@pytest.mark.file_only
def test_a_power_cut_after_a_restore_finds_everything_on_the_disk(filled, tmp_path, monkeypatch):
    file, other, real, forced, when = tmp_path / "备份.zip", Home(tmp_path / "other"), (os.fsync, os.replace), set(), []
    make_backup(filled, file)

    def fsync(handle: int) -> None:
        real[0](handle)
        forced.add(os.fstat(handle).st_ino)

    def replace(source: Path, target: Path) -> None:
        if Path(target).name == "CURRENT":
            kept = [p for p in other.path.rglob("*") if p.suffix != ".lock" and "restoring" not in p.parts]
            when.append([p for p in (source, *kept) if p.stat().st_ino not in forced])
            forced.clear()
        real[1](source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    restore_backup(other, file)
    assert when == [[]] and other.releases.stat().st_ino in forced


@pytest.mark.file_only
def test_accounts_of_a_killed_process_do_not_come_back_into_a_restored_home(filled, tmp_path):
    add_account(filled, "liu", "leader", password="first-pass-77", by="测试")
    file, other = tmp_path / "备份.zip", Home(tmp_path / "other")
    make_backup(filled, file)
    add_account(other, "boss", "admin", password="first-pass-77", by="测试")
    with closing(sqlite3.connect(store_path(other), isolation_level=None)) as server:
        server.execute("begin")
        server.execute("select * from account").fetchall()
        add_account(other, "foreign", "admin", password="first-pass-77", by="测试")
        logs = {p: p.read_bytes() for p in store_path(other).parent.glob("*-wal")}
    for path, content in logs.items():  # as a process leaves it that is killed while it reads
        path.write_bytes(content)
    restore_backup(other, file)
    assert logs and [a.person.account for a in list_accounts(other)] == ["liu"]


def test_a_county_s_own_catalogue_never_lies_in_that_of_the_code(home):
    assert home.overlay.name == "catalog" and Home(ROOT / "data").overlay == ROOT / "data" / "catalog.local"


def test_uploads_go_on_while_a_backup_is_made(filled, catalog, tmp_path):
    loaded: list[str] = []

    def upload() -> None:
        for number in range(4):
            report = load_bytes(filled, catalog, f"{number}.xlsx", workbook(cover=("龙坝镇", f"2026-0{number + 3}")))
            loaded.append(report.status)

    worker = threading.Thread(target=upload)
    worker.start()
    files = [tmp_path / f"{n}.zip" for n in range(4)]
    for file in files:
        make_backup(filled, file)
    worker.join()
    assert len(loaded) == 4
    for number, file in enumerate(files):
        home = Home(tmp_path / f"home{number}")
        assert restore_backup(home, file) == open_reader(home).release


def test_a_backup_while_four_processes_write_is_consistent(filled, catalog, tmp_path):
    players = [Player(filled, number) for number in range(8, 12)]
    for player in players:
        player.start()
    files, told = [tmp_path / f"w{n}.zip" for n in range(3)], []
    try:
        for file in files:
            known = sum(len(receipts_of(p)) for p in players)
            while sum(len(receipts_of(p)) for p in players) < known + 2:
                for player in players:
                    player.tend()
                time.sleep(0.2)
            told.append([pair for p in players for pair in receipts_of(p)])
            make_backup(filled, file)
    finally:
        for player in players:
            player.kill()
    for number, file in enumerate(files):
        home = Home(tmp_path / f"of-w{number}")
        restore_backup(home, file)
        reader = open_reader(home)
        held = dict(reader.rows("select submission_id, source_file from submission"))
        assert find_torn(reader) == [] and [pair for pair in told[number] if held.get(pair[0]) != pair[1]] == []
        assert {f"{r['sequence']:06d}" for r in list_receipts(home) if r["outcome"] == "loaded"} == set(held)
        assert not verify_chain(home, list_audit_heads(home)).fault and all(read_original(home, r["sha256"]) for r in list_receipts(home))
    before = exports(home, catalog, tmp_path)
    rebuild(home)
    assert exports(home, catalog, tmp_path) == before


def test_a_damaged_backup_is_refused_and_nothing_touched(filled, tmp_path):
    file = tmp_path / "备份.zip"
    make_backup(filled, file)
    whole = file.read_bytes()
    middle = len(whole) // 2
    for number, content in enumerate((whole[:middle], whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :], b"", b"x" * 99)):
        file.write_bytes(content)
        home = Home(tmp_path / f"h{number}")
        with pytest.raises(UserError, match="损坏"):
            restore_backup(home, file)
        assert not home.path.exists()


def test_a_bit_that_flipped_in_the_list_of_a_backup_is_told(filled, tmp_path):
    file, spoilt = tmp_path / "备份.zip", tmp_path / "坏.zip"
    make_backup(filled, file)
    whole = file.read_bytes()
    directory = int.from_bytes(whole[-6:-2], "little")  # where the list of files begins, as its end tells
    assert whole[directory : directory + 4] == b"PK\1\2"
    for place in range(directory + 6, directory + 12):  # the version, the flags and the method of the first file
        for bit in range(8):
            spoilt.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            try:
                check_backup(spoilt)
            except UserError as fault:
                assert "损坏" in fault.message


def test_a_backup_that_names_a_file_outside_is_refused(filled, tmp_path):
    file = tmp_path / "备份.zip"
    make_backup(filled, file)
    with zipfile.ZipFile(file, "a") as container:
        container.writestr("../outside.txt", "x")
    with pytest.raises(UserError):
        restore_backup(Home(tmp_path / "new"), file)
    assert not (tmp_path / "outside.txt").exists()


@pytest.mark.file_only
def test_a_spoilt_release_is_never_what_a_backup_holds(filled, tmp_path):
    release_path(filled, open_reader(filled).release).write_bytes(b"x" * 99)
    with pytest.raises(UserError, match="没有备份"):
        make_backup(filled, tmp_path / "备份.zip")
    assert not list(tmp_path.glob("*.zip"))
    rebuild(filled)
    make_backup(filled, tmp_path / "备份.zip")
    (filled.releases / "CURRENT").write_bytes(b"0")
    make_backup(filled, tmp_path / "又一份.zip")
    assert restore_backup(Home(tmp_path / "new"), tmp_path / "又一份.zip") == open_reader(filled).release


def test_nothing_is_overwritten(filled, tmp_path):
    file = tmp_path / "备份.zip"
    make_backup(filled, file)
    with pytest.raises(UserError, match="不会覆盖"):
        make_backup(filled, file)
    with pytest.raises(UserError, match="已经有数据"):
        restore_backup(filled, file)
    with pytest.raises(UserError, match="没有可以备份"):
        make_backup(Home(tmp_path / "empty"), tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_the_command_line_says_who_reported(demo_home, capsys, tmp_path):
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "城关镇" in said and "未报：" in said
    assert main(["backup", str(tmp_path / "b.zip")]) == 0 and "核对无误" in capsys.readouterr().out
    assert main(["status", "--period", "2001-01"]) == 2
