"""A backup holds everything, is whole or nothing, and an empty home made of it is the home it was made of."""

from __future__ import annotations

import threading
import zipfile
from pathlib import Path

import pytest

from pipelines.catalog.model import LearnedAlias
from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.home import ROOT, Home
from pipelines.intake.learn import add_alias, list_aliases
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, list_tables, read_table
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.backup import make_backup, restore_backup
from tests.intake.build import workbook


def _exports(home: Home, catalog, folder: Path) -> dict[str, bytes]:
    reader, found = open_reader(home), {}
    for table in list_tables(catalog):
        write_export(read_table(reader, catalog, Selection(table)), folder / "t.csv")
        found[table] = (folder / "t.csv").read_bytes()
    return found


def _kept(home: Home) -> dict[str, bytes]:
    folders = ("originals", "receipts", "catalogues", "private")
    return {p.relative_to(home.path).as_posix(): p.read_bytes() for f in folders for p in (home.path / f).rglob("*") if p.is_file()}


@pytest.fixture
def filled(home, catalog) -> Home:
    load_bytes(home, catalog, "一.xlsx", workbook())
    load_bytes(home, catalog, "坏.xlsx", b"PK nonsense")
    add_alias(home, LearnedAlias("register", "workers", "在册人员", "420324100"))
    return home


def test_a_restored_home_is_the_same(filled, catalog, tmp_path):
    file, other = tmp_path / "备份.zip", Home(tmp_path / "other")
    release = make_backup(filled, file)
    assert restore_backup(other, file) == release
    assert _exports(other, catalog, tmp_path) == _exports(filled, catalog, tmp_path)
    assert _kept(other) == _kept(filled) and list_aliases(other) == list_aliases(filled) != []
    assert load_bytes(other, catalog, "二.xlsx", workbook(cover=("蒋家堰镇", "2026-03"))).submission_id == "000003"
    rebuild(other)
    assert open_reader(other).rows("select count(*) from submission") == [(2,)]


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


def test_a_backup_that_names_a_file_outside_is_refused(filled, tmp_path):
    file = tmp_path / "备份.zip"
    make_backup(filled, file)
    with zipfile.ZipFile(file, "a") as container:
        container.writestr("../outside.txt", "x")
    with pytest.raises(UserError):
        restore_backup(Home(tmp_path / "new"), file)
    assert not (tmp_path / "outside.txt").exists()


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
