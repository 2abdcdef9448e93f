"""A warehouse of an earlier program opens, upgrades and rebuilds; one of a newer program is refused; a kill half way is made up for."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys

import duckdb
import pytest

from pipelines.catalog.load import load_catalog
from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.home import ROOT
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, read_table
from pipelines.warehouse import upgrade
from pipelines.warehouse.live import note_live
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import list_releases, read_current
from pipelines.warehouse.writer import is_behind, open_writer
from tests.afterwards import rest
from tests.intake.build import workbook
from tests.intake.test_load import _content
from tests.warehouse.old_home import FOLDER, lay_out

pytestmark = pytest.mark.file_only  # an older warehouse is always a file: the lake came with version 3
COLUMNS = "select table_name, column_name, data_type from information_schema.columns order by table_name, ordinal_position"
KILLER = """
import os, sys
from pathlib import Path
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.warehouse import file_releases, file_store, upgrade, writer
def die(*told, **more):
    os.kill(os.getpid(), 9)
if sys.argv[2] == "before the copy is named":
    upgrade.sync_folder = die
elif sys.argv[2] == "after the copy":
    file_store.migrate = die
elif sys.argv[2] == "inside the step":
    upgrade.tell_version = die
elif sys.argv[2] == "after the step":
    writer.create_tables = die
elif sys.argv[2] == "before the release":
    file_store.publish_file = die
elif sys.argv[2] == "before the pointer":
    write = file_releases.write_durably
    file_releases.write_durably = lambda path, *told: die() if path.name == "CURRENT" else write(path, *told)
home = Home(Path(sys.argv[1]))
with writer.open_writer(home, load_catalog(overlay=home.overlay)):
    pass
"""


@pytest.fixture
def old(home):
    """The kept home of version 1."""
    lay_out(home)
    return home


def bring_up(home) -> str:
    """What the board does when it starts."""
    with open_writer(home, load_catalog(overlay=home.overlay)) as writer:
        pass
    return writer.release


def version(home) -> int:
    return open_reader(home).rows("select schema_version from made_by")[0][0]


def exported(home, folder, table) -> list[dict[str, str]]:
    file = folder / f"{table}.csv"
    write_export(read_table(open_reader(home), load_catalog(overlay=home.overlay), Selection(table)), file)
    return read_csv(file)


def read_csv(file) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_an_old_home_serves_the_same_exports_once_it_is_upgraded(old, tmp_path):
    assert is_behind(old)
    before = read_current(old)
    assert bring_up(old) > before and version(old) == upgrade.newest_version() > 1 and not is_behind(old)
    for file in sorted((FOLDER / "exports").glob("*.csv")):
        then, now = read_csv(file), exported(old, tmp_path, file.stem)
        assert then and [{k: row[k] for k in then[0]} for row in now] == then, file.stem


def test_the_warehouse_is_put_aside_before_it_is_changed(old):
    bring_up(old)
    (copy,) = upgrade.list_copies(old)
    assert copy.name == "before-upgrade-002.duckdb"
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert upgrade.read_made_by(connection) == (1, None)
        assert connection.execute("select count(*) from submission").fetchone() == (4,)
    bring_up(old)
    assert upgrade.list_copies(old) == [copy]


def test_an_upgraded_schema_is_that_of_a_new_home(old, tmp_path):
    bring_up(old)
    other = type(old)(tmp_path / "other")
    load_bytes(other, load_catalog(overlay=old.overlay), "一.xlsx", workbook())
    assert open_reader(old).rows(COLUMNS) == open_reader(other).rows(COLUMNS)


def test_an_old_home_takes_uploads_reviews_and_rebuilds(old, catalog):
    own = load_catalog(overlay=old.overlay)
    assert load_bytes(old, own, "三.xlsx", workbook(cover=("龙坝镇", "2026-03"))).submission_id == "000006"
    assert main(["approve", "6"]) == 0
    before = _content(old)
    rebuild(old)
    assert _content(old) == before


def test_a_home_of_the_first_days_gains_its_columns(old):
    with duckdb.connect(str(old.warehouse)) as connection:
        connection.execute("alter table problem_all drop column explanation; alter table target drop column reading; alter table target drop column township_code")
        connection.execute("create table decision (sequence integer, action varchar, township_code varchar, period date, submission_id varchar, reason varchar, decided_by varchar, decided_at timestamp)")
        connection.execute("create table decision_cell (sequence integer, sheet varchar, cell varchar, note varchar)")
        connection.execute("insert into decision values (1, 'return', '420324100', '2026-03-01', '000001', '人次不对', '王', now()::timestamp)")
        connection.execute("insert into decision_cell values (1, '活动与服务台账', 'E2', '多了')")
    bring_up(old)
    assert open_reader(old).rows("select * from decision_cell") == [(1, "000001", "活动与服务台账", "E2", "多了")]
    assert main(["return", "5", "--reason", "请核对"]) == 0


@pytest.mark.parametrize("place", ["before the copy is named", "after the copy", "inside the step", "after the step", "before the release", "before the pointer"])
def test_killed_half_way_it_comes_up_again(old, place):
    killed = subprocess.run([sys.executable, "-c", KILLER, str(old.path), place], cwd=ROOT, env={**os.environ})
    assert killed.returncode == -signal.SIGKILL and is_behind(old)
    assert open_reader(old).rows("select count(*) from submission") == [(4,)]
    bring_up(old)
    assert version(old) == upgrade.newest_version() and not is_behind(old)
    (copy,) = upgrade.list_copies(old)
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert upgrade.read_made_by(connection) == (1, None)
    upgraded = _content(old)
    rebuild(old)
    bring_up(old)  # under today's catalogue, which the rebuild gave way to that of the last upload
    assert _content(old) == upgraded


def test_a_step_that_fails_leaves_the_warehouse_as_it_was(old, tmp_path, monkeypatch):
    for name, sql in {"002_fine.sql": "create table fine (a integer)", "003_broken.sql": "create table half (a integer); select * from nowhere"}.items():
        (tmp_path / "migrations").mkdir(exist_ok=True)
        (tmp_path / "migrations" / name).write_text(sql)
    with monkeypatch.context() as patch:
        patch.setattr(upgrade, "ROOM", tmp_path)
        with pytest.raises(duckdb.Error):
            bring_up(old)
    with duckdb.connect(str(old.warehouse)) as connection:
        assert connection.execute("select schema_version from made_by").fetchone() == (2,)
        assert not connection.execute("select 1 from duckdb_tables() where table_name = 'half'").fetchone()


def test_a_warehouse_of_a_newer_program_is_refused_by_writers_and_readers(old, capsys):
    bring_up(old)
    rest()
    with duckdb.connect(str(old.warehouse)) as connection:
        connection.execute("update made_by set schema_version = 999")
    note_live(old)
    bytes_before = old.warehouse.read_bytes()
    with pytest.raises(UserError, match="更新版本的程序"):
        bring_up(old)
    assert old.warehouse.read_bytes() == bytes_before
    newest = old.releases / f"{read_current(old)}.duckdb"
    newest.write_bytes(bytes_before)
    newest.with_suffix(".json").unlink()
    newest.with_suffix(".json").write_text("{}")
    with pytest.raises(UserError, match="更新版本的程序"):
        open_reader(old)
    assert main(["status"]) == 2 and "换用新版本" in capsys.readouterr().err


def test_going_back_to_a_release_of_an_earlier_program_upgrades_it(old):
    first = read_current(old)
    bring_up(old)
    published = roll_back(old, first)
    assert read_current(old) == published == list_releases(old)[-1].id and not is_behind(old)
    assert open_reader(old).rows("select count(*) from revision") == [(0,)]


def test_another_way_to_the_figures_makes_them_anew(old, monkeypatch):
    bring_up(old)
    with open_writer(old, load_catalog(overlay=old.overlay)) as writer:
        assert not writer.changed
    monkeypatch.setattr("pipelines.warehouse.upgrade.figures_sha256", lambda: "another")
    with open_writer(old, load_catalog(overlay=old.overlay)) as writer:
        assert writer.changed and writer.rows("select count(*) from stale")[0][0] > 0


def test_the_copies_do_not_fill_the_disk(old):
    for number in range(5):
        old.warehouse.write_bytes(bytes([number]) * 99)
        upgrade.keep_copy(old, old.warehouse, 1)
        assert upgrade.keep_copy(old, old.warehouse, 1).read_bytes() == bytes([number]) * 99
    assert [c.read_bytes()[0] for c in upgrade.list_copies(old)] == [2, 3, 4]


def test_every_step_has_a_number_of_its_own_and_none_is_left_out():
    assert list(upgrade.list_migrations()) == list(range(2, upgrade.newest_version() + 1))
    assert len(list((upgrade.ROOM / "migrations").glob("*"))) == len(upgrade.list_migrations())
