"""The lake alone: moved into and out of with nothing changed, many writers on several machines, and a PostgreSQL that dies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import nullcontext

import duckdb
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.routes import health
from pipelines.access.accounts import add_account, list_accounts
from pipelines.commandline.main import main
from pipelines.faults import StoreGone, UserError
from pipelines.home import ROOT, Home
from pipelines.intake.keep import list_receipts
from pipelines.intake.load import load_bytes
from pipelines.postgres import BREATH
from pipelines.warehouse import lake_store
from pipelines.warehouse.decision import Cell
from pipelines.warehouse.lake_note import ask, read_schema, run
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import find_store, list_releases, read_current
from pipelines.warehouse.transaction import transaction
from pipelines.warehouse.writer import open_writer
from pipelines.workflow import review
from tests.demo_homes import copy_demo
from tests.postgres import Postgres
from tests.warehouse.storm import PLACES, find_torn, make_upload
from tests.warehouse.test_storm import exports
from tests.workflow.conftest import events


@pytest.fixture
def lake(home, database, monkeypatch) -> Home:
    """An empty home whose warehouse is a lake."""
    monkeypatch.setenv("UNION_BOARD_WAREHOUSE", database)
    return home


def start_writer(home: Home, first: int, count: int, disk: str, *stop: str) -> subprocess.Popen:
    """A process of its own: on a machine of its own where its disk is `alone`, on one with the others where it is `together`; `stop` as `lake_writer` says."""
    command = [sys.executable, "-m", "tests.warehouse.lake_writer", str(home.path), str(first), str(count), disk, *stop]
    piped = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=piped, stdout=piped, stderr=piped, text=True, start_new_session=True)


def finish(writers: list[subprocess.Popen]) -> list[list[str]]:
    """What they said, line by line in words; they all have to end well."""
    said = [writer.communicate(timeout=300) for writer in writers]
    faults = "\n".join(errors for _, errors in said if errors)
    assert not faults and {w.returncode for w in writers} == {0}, faults
    return [line.split(" ", 2) for told, _ in said for line in told.splitlines()]


def start_again(server: Postgres) -> None:
    """Starts the server, and waits until this process, too, asks it again."""
    server.start()
    time.sleep(BREATH)


def test_of_an_empty_table_it_is_known_that_it_is_empty(lake, database, catalog):
    load_bytes(lake, catalog, "一.xlsx", events(75))
    schema = read_schema(lake)
    unknown = """select table_name, column_name from {0}.ducklake_table as t join {0}.ducklake_column as c using (table_id)
        left join {0}.ducklake_table_stats as s using (table_id) left join {0}.ducklake_table_column_stats as k using (table_id, column_id)
        where t.end_snapshot is null and c.end_snapshot is null and (s.table_id is null or k.column_id is null)"""
    assert not ask(database, unknown.format(schema)), "of these DuckLake asks PostgreSQL twice whenever a statement names them"
    review.return_submission(lake, catalog, "000001", "人次不对", [Cell("活动与服务台账", "E2")], "王干事")
    known = """select record_count, min_value, max_value from {0}.ducklake_table as t join {0}.ducklake_column as c using (table_id)
        join {0}.ducklake_table_stats as s using (table_id) join {0}.ducklake_table_column_stats as k using (table_id, column_id)
        where t.end_snapshot is null and table_name = 'decision' and column_name = 'reason'"""
    assert ask(database, known.format(schema)) == [(1, "人次不对", "人次不对")], "what comes into it afterwards is known as of any table"


@pytest.mark.parametrize("accounts", [False, True])
def test_a_county_moves_into_the_lake_and_back_and_exports_the_same(accounts, home, database, catalog, tmp_path, monkeypatch, capsys):
    copy_demo(home, months=3)
    if accounts:
        add_account(home, "leader", "leader", by="test")
    before, release = exports(home, catalog, tmp_path), read_current(home)
    monkeypatch.setenv("UNION_BOARD_WAREHOUSE", database)
    assert main(["status"]) == 2 and "migrate --to lake" in capsys.readouterr().err
    assert main(["migrate", "--to", "lake"]) == 0 and main(["migrate", "--to", "lake"]) == 2
    assert exports(home, catalog, tmp_path) == before and read_current(home) > release
    monkeypatch.delenv("UNION_BOARD_WAREHOUSE")
    assert main(["status"]) == 2 and "UNION_BOARD_WAREHOUSE" in capsys.readouterr().err
    monkeypatch.setenv("UNION_BOARD_WAREHOUSE", database)
    release = read_current(home)
    assert main(["migrate", "--to", "file"]) == 0
    monkeypatch.delenv("UNION_BOARD_WAREHOUSE")
    assert exports(home, catalog, tmp_path) == before and read_current(home) > release
    assert main(["migrate", "--to", "file"]) == 2 and main(["verify-audit"]) == 0
    assert load_bytes(home, catalog, "1.xlsx", make_upload(1, PLACES[0])).status == "loaded", "the home is one machine's again"
    assert [a.person.account for a in list_accounts(home)] == (["leader"] if accounts else [])


def test_a_lake_that_nothing_was_loaded_into_moves_into_a_file(lake, catalog, monkeypatch):
    assert load_bytes(lake, catalog, "0.xlsx", b"no workbook").status == "refused" and read_current(lake) is None
    assert main(["migrate", "--to", "file"]) == 0
    monkeypatch.delenv("UNION_BOARD_WAREHOUSE")
    assert load_bytes(lake, catalog, "1.xlsx", make_upload(1, PLACES[0])).status == "loaded"


def test_four_writers_on_machines_of_their_own_lose_nothing(lake, catalog):
    """None of them takes a file lock, as on a shared disk that carries none from machine to machine: one would hide that PostgreSQL's was missing."""
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    said = finish([start_writer(lake, 100 * number, 2, "alone") for number in (1, 2, 3, 4)])
    assert [status for status, *_ in said] == ["loaded"] * 8, "nobody is told of a conflict"
    reader = open_reader(lake)
    held = dict(reader.rows("select submission_id, source_file from submission"))
    assert {(number, f"{serial}.xlsx") for _, serial, number in said} <= set(held.items()) and len(held) == 9
    assert find_torn(reader) == [] and len(list_releases(lake)) == 9


def read_until(writer: subprocess.Popen, words: str) -> list[list[str]]:
    """What the writer says up to the line that begins with the words."""
    said = []
    for line in writer.stdout:
        said.append(line.strip().split(" ", 2))
        if line.startswith(words):
            return said
    raise AssertionError(f"no line begins with {words}: {said}, {writer.stderr.read()}")


def go_on(writer: subprocess.Popen) -> None:
    """Has a writer that stopped at a point go on."""
    writer.stdin.write("\n")
    writer.stdin.flush()


@pytest.mark.parametrize("point, is_back", [("half-written", True), ("committed", False)])
def test_a_postgresql_that_is_killed_in_an_upload_loses_nothing_that_was_acknowledged(lake, catalog, postgres, point, is_back):
    """It is killed at a known moment of the first writer's second upload, and is back, or still away, when the writer goes on. The other one comes as it may."""
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    writers = [start_writer(lake, 100, 3, "together", "101", point), start_writer(lake, 200, 2, "together")]
    said = read_until(writers[0], "reached 101")
    postgres.stop()
    try:
        if not is_back:
            go_on(writers[0])
            said += read_until(writers[0], "told 101")
    finally:
        start_again(postgres)
    if is_back:
        go_on(writers[0])
    said = [words for words in said + finish(writers) if words[0] != "reached"]
    became = {int(serial): status for status, serial, _ in said}
    assert len(became) == 5 and (became[100], became[101]) == ("loaded", "told"), said  # one acknowledged, one interrupted
    assert all("PostgreSQL" in words[2] and "再试" in words[2] for words in said if words[0] == "told")
    load_bytes(lake, catalog, "last.xlsx", make_upload(9, PLACES[0]))  # the next writer publishes what was committed
    reader = open_reader(lake)
    held = dict(reader.rows("select submission_id, source_file from submission"))
    assert {(number, f"{serial}.xlsx") for status, serial, number in said if status == "loaded"} <= set(held.items()) and find_torn(reader) == []
    assert {f"{r['sequence']:06d}" for r in list_receipts(lake) if r["outcome"] == "loaded"} == set(held)
    for serial in (int(words[1]) for words in said if words[0] == "told"):  # may be sent again
        load_bytes(lake, catalog, f"{serial}.xlsx", make_upload(serial, PLACES[serial % len(PLACES)]))
    files = {row[0] for row in open_reader(lake).rows("select source_file from submission")}
    assert files == {f"{name}.xlsx" for name in (0, *sorted(became), "last")}


def test_the_error_that_is_told_is_the_first_one_whatever_the_rolling_back_says():
    with duckdb.connect() as connection:
        with pytest.raises(ValueError, match="first"), transaction(connection):
            connection.execute("rollback")  # as a commit that failed leaves it: no transaction is active any more
            raise ValueError("first")
        with transaction(connection):
            connection.execute("create table a as select 1")
        with pytest.raises(duckdb.Error, match="lost"), transaction(connection):
            connection.execute("insert into a select 2")
            connection.execute("select error('lost')")
        assert connection.execute("from a").fetchall() == [(1,)]


def test_the_consequence_of_a_lost_connection_is_told_as_the_connection_s_end(lake):
    with duckdb.connect() as connection:
        connection.execute("begin")
        for sql, is_gone in (("select error('lost')", False), ("select 1", True)):
            with pytest.raises(duckdb.Error) as fault:
                connection.execute(sql).fetchall()
            assert isinstance(find_store(lake).find_fault(fault.value), StoreGone) == is_gone, fault.value


def test_a_reader_that_lost_the_server_opens_its_release_anew(lake, catalog, monkeypatch):
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    reader = open_reader(lake)
    assert not reader.refresh()
    with pytest.raises(StoreGone):
        reader.rows("select error('Attempted to access index 0 within vector of size 0')")  # as DuckDB says it where an answer broke off
    assert reader.refresh(), "what the lost connection holds is not trusted"
    assert reader.rows("select count(*) from submission") == [(1,)]


def test_without_postgresql_everybody_reads_one_sentence_and_nothing_is_half_done(lake, catalog, postgres, capsys, tmp_path):
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    reader, file = open_reader(lake), tmp_path / "1.xlsx"
    file.write_bytes(make_upload(1, PLACES[0]))
    postgres.stop()
    try:
        for command in (["load", str(file)], ["status"], ["releases"], ["backup", str(tmp_path / "b.zip")]):
            assert main(command) == 2
            said = capsys.readouterr().err
            assert f"PostgreSQL（127.0.0.1:{postgres.port}/board_" in said and "连不上" in said and "维护人员" in said and "board@" not in said
        with pytest.raises(StoreGone):
            reader.rows("select count(*) from submission")
    finally:
        start_again(postgres)
    assert not (tmp_path / "b.zip").exists() and len(list(list_receipts(lake))) == 1
    assert reader.rows("select count(*) from submission") == [(1,)], "a reader goes on when PostgreSQL is back"
    assert main(["load", str(file)]) == 0 and read_current(lake) == "000002"


def test_a_postgresql_that_lost_its_data_is_told_in_one_sentence(lake, database, catalog, capsys, tmp_path):
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    file = tmp_path / "1.xlsx"
    file.write_bytes(make_upload(1, PLACES[0]))
    run(database, f"drop schema {read_schema(lake)} cascade")
    for command in (["status"], ["releases"], ["load", str(file)]):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert "数据不见了" in said and "《部署手册》" in said and "Traceback" not in said
    answer = TestClient(Starlette(routes=[Route("/healthz", health)]), raise_server_exceptions=False).get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "store_gone")
    assert len(list(list_receipts(lake))) == 1


def test_small_pieces_are_put_together_and_old_ones_deleted_without_a_row_changing(lake, catalog, tmp_path, monkeypatch):
    monkeypatch.setattr(lake_store, "TIDY", 2)
    monkeypatch.setattr(lake_store, "GRACE_HOURS", 0)
    monkeypatch.setenv("UNION_BOARD_KEEP_RELEASES", "2")
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    before = exports(lake, catalog, tmp_path)
    with open_writer(lake, catalog, "整理") as writer:
        writer.changed = True
    assert exports(lake, catalog, tmp_path) == before
    files = set((lake.path / "lake").rglob("*.parquet"))
    for _ in range(2):
        with open_writer(lake, catalog, "整理") as writer:
            writer.changed = True
    assert [r.id for r in list_releases(lake)] == ["000003", "000004"] and files - set((lake.path / "lake").rglob("*.parquet"))
    assert exports(lake, catalog, tmp_path) == before and find_torn(open_reader(lake, "000003")) == []


OUTSIDE = ("select * from read_parquet('/etc/hostname')", "copy submission to '/tmp/stolen.csv'", "call postgres_execute('__ducklake_metadata_release', 'create table t (a int)')",
           "attach 'dbname=postgres' as other (type postgres)", "delete from submission", "create table t (a int)", "install httpfs", "set enable_external_access = true")  # fmt: skip


def test_a_reader_of_the_lake_reads_its_release_and_nothing_else(lake, catalog):
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    reader = open_reader(lake)
    for sql in OUTSIDE:
        with pytest.raises(Exception, match=r"(?i)access|read-only|read only|locked|disabled|permission|not allowed"):
            reader.rows(sql)


def test_what_is_missing_is_named_with_its_remedy(home, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_WAREHOUSE", "mysql://x")
    with pytest.raises(UserError, match="看不懂") as told:
        find_store(home)
    assert "postgresql://" in told.value.remedy


def test_two_homes_share_a_server_without_meeting(lake, catalog, tmp_path):
    other = Home(tmp_path / "other")
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    assert read_current(other) is None and os.listdir(lake.path / "lake")


def test_a_writer_whose_lock_was_lost_publishes_nothing_older_than_another_did(lake, catalog, monkeypatch):
    """PostgreSQL is started anew between a writer's commit and its publishing, and another machine writes: played without any lock."""
    load_bytes(lake, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    publish, later = lake_store.LakeStore._publish, [("1.xlsx", make_upload(1, PLACES[1]))]

    def overtaken(store, *told):
        if later:
            load_bytes(lake, catalog, *later.pop())
        return publish(store, *told)

    monkeypatch.setattr(lake_store.LakeStore, "hold_lock", lambda self, seconds: nullcontext())
    monkeypatch.setattr(lake_store.LakeStore, "_publish", overtaken)
    assert load_bytes(lake, catalog, "2.xlsx", make_upload(2, PLACES[2])).status == "loaded"
    reader = open_reader(lake)
    assert {name for (name,) in reader.rows("select source_file from submission")} == {"0.xlsx", "1.xlsx", "2.xlsx"} and find_torn(reader) == []
