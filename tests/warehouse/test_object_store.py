"""The lake with its Parquet files in an S3-compatible store: nothing changes on the way, a reader reads its folder alone, and a store that is gone is told."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import duckdb
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.routes import health
from pipelines.commandline.main import main
from pipelines.faults import StoreGone, UserError
from pipelines.home import Home
from pipelines.intake.keep import list_receipts
from pipelines.intake.load import load_bytes
from pipelines.warehouse import lake, writer
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import find_store, read_current
from pipelines.warehouse.scope import Scope
from tests.demo_homes import copy_demo
from tests.object_store import KEYS, ObjectStore
from tests.warehouse.storm import PLACES, find_torn, make_upload
from tests.warehouse.test_lake import finish, start_writer
from tests.warehouse.test_storm import exports

UNSET = ("AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE")


@pytest.fixture(scope="module")
def bucket(object_store: ObjectStore, database: str) -> Iterator[str]:
    """A bucket, in which the lake's files lie in a folder; what the product has to know of it is set."""
    name = object_store.new_bucket()
    told = {**KEYS, "AWS_ENDPOINT_URL": object_store.address, "UNION_BOARD_LAKE": f"s3://{name}/lake", "UNION_BOARD_WAREHOUSE": database}
    with pytest.MonkeyPatch.context() as patched:
        for other in UNSET:
            patched.delenv(other, raising=False)
        for setting, value in told.items():
            patched.setenv(setting, value)
        yield name


@pytest.fixture(scope="module")
def county(bucket, tmp_path_factory) -> Iterator[Home]:
    """A month of the demo county, moved into the store once for all; what it was before still lies in its home."""
    home = Home(tmp_path_factory.mktemp("county") / "home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("UNION_BOARD_HOME", str(home.path))
        copy_demo(home, months=1)
        yield home


def count_uploads(home: Home) -> list[tuple]:
    """Every file that is in, and how often."""
    return open_reader(home).rows("select source_file, count(*) from submission group by all order by all")


def test_a_county_moves_into_the_store_and_back_and_exports_the_same(county, bucket, object_store, catalog, tmp_path, monkeypatch):
    held, before = object_store.list_objects(bucket), exports(county, catalog, tmp_path)
    assert exports(Home(county.path, local=True), catalog, tmp_path) == before
    assert len(held) > 10 and all(name.startswith("lake/") and name.endswith(".parquet") for name in held) and not (county.path / "lake").exists()
    back = Home(tmp_path / "back")
    shutil.copytree(county.path, back.path)
    monkeypatch.setenv("UNION_BOARD_HOME", str(back.path))
    assert main(["migrate", "--to", "file"]) == 0
    monkeypatch.delenv("UNION_BOARD_WAREHOUSE")
    assert exports(back, catalog, tmp_path) == before and main(["verify-audit"]) == 0


def test_two_writers_on_two_machines_lose_nothing(county, bucket, object_store):
    before, held = dict(open_reader(county).rows("select submission_id, source_file from submission")), object_store.list_objects(bucket)
    said = finish([start_writer(county, serial, 1, "alone") for serial in (100, 200)])
    assert [status for status, *_ in said] == ["loaded"] * 2
    reader = open_reader(county)
    after = dict(reader.rows("select submission_id, source_file from submission"))
    assert after == before | {number: f"{serial}.xlsx" for _, serial, number in said} and len(after) == len(before) + 2
    assert find_torn(reader) == [] and set(object_store.list_objects(bucket)) > set(held)


def test_a_store_that_is_gone_is_told_in_one_sentence_and_nothing_is_lost(county, bucket, object_store, tmp_path, monkeypatch, capsys):
    reader, before, file = open_reader(county), count_uploads(county), tmp_path / "gone.xlsx"
    file.write_bytes(make_upload(7, PLACES[0]))
    refresh, said = writer.refresh_marts, []

    def refresh_without_the_store(*given) -> None:
        object_store.stop()
        refresh(*given)

    try:
        with monkeypatch.context() as patched:
            patched.setattr(writer, "refresh_marts", refresh_without_the_store)
            assert main(["load", str(file)]) == 2, "it goes while the upload is written"
            said.append(capsys.readouterr().err)
        assert main(["load", str(file)]) == 2, "it was gone before"
        said.append(capsys.readouterr().err)
        with pytest.raises(StoreGone, match="对象存储"):
            reader.rows("from indicator_value")
    finally:
        object_store.start()
    for words in said:
        assert f"对象存储（127.0.0.1:{object_store.port}/{bucket}）连不上，" in words and "再试" in words
    assert count_uploads(county) == before and len(reader.rows("from indicator_value")) > 0, "a reader goes on when the store is back"
    assert main(["load", str(file)]) == 0
    assert count_uploads(county) == sorted([*before, ("gone.xlsx", 1)]) and find_torn(open_reader(county)) == []
    assert [r["outcome"] for r in list_receipts(county) if r["file"] == "gone.xlsx"].count("loaded") == 1


def ask_health() -> tuple[int, str]:
    """What /healthz says."""
    answer = TestClient(Starlette(routes=[Route("/healthz", health)]), raise_server_exceptions=False).get("/healthz")
    return answer.status_code, answer.json()["status"]


def test_healthz_tells_a_store_that_is_gone_and_one_that_is_back(county, object_store, monkeypatch):
    monkeypatch.setattr(lake, "AGAIN", 0)
    assert ask_health() == (200, "ok")
    object_store.stop()
    try:
        assert ask_health() == (503, "store_gone")
    finally:
        object_store.start()
    assert ask_health() == (200, "ok")


def test_healthz_asks_a_store_that_says_nothing_once_and_not_for_long(county, monkeypatch):
    monkeypatch.setattr(lake, "_answered", {})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        assert [ask_health() for _ in range(3)] == [(503, "store_gone")] * 3
        assert time.monotonic() - began < 2 * lake.PATIENCE


def test_a_reader_reads_its_folder_and_nothing_else_of_the_store(county, bucket, object_store, tmp_path):
    other = object_store.new_bucket()
    (tmp_path / "a.csv").write_bytes(b"a\n1\n")
    for place in (f"{bucket}/lake/a.csv", f"{bucket}/other/a.csv", f"{bucket}/lake2/a.csv", f"{other}/lake/a.csv"):
        object_store.put(place, b"a\n1\n")
    outside = (f"s3://{bucket}/other/a.csv", f"s3://{bucket}/lake2/a.csv", f"s3://{other}/lake/a.csv", f"s3://{bucket}/*/a.csv", f"{object_store.address}/{bucket}/lake/a.csv", str(tmp_path / "a.csv"))
    for reader in (open_reader(county), open_reader(county, scope=Scope(township_code="420324100"))):
        assert reader.rows(f"from 's3://{bucket}/lake/a.csv'") == [(1,)]
        for sql in (*(f"from '{place}'" for place in outside), f"copy (select 1) to 's3://{other}/stolen.csv'"):
            with pytest.raises(duckdb.PermissionException):
                reader.rows(sql)
        with pytest.raises(StoreGone, match="HTTP 404"):  # no such file at the store itself; the other server is not asked
            reader.rows(f"from 's3://{bucket}/lake/a.csv?s3_endpoint=127.0.0.1:9'")
        told = str(reader.rows("from duckdb_secrets()")) + str(reader.rows("from duckdb_settings()"))
        assert f"s3://{bucket}/lake/" in told and KEYS["AWS_SECRET_ACCESS_KEY"] not in told
        for sql in ("from duckdb_secrets(redact => false)", "set allow_unredacted_secrets = true"):
            with pytest.raises(duckdb.Error):
                reader.rows(sql)


def test_a_bucket_that_is_not_there_is_told_with_the_store_s_own_code(bucket, home, database, catalog, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_WAREHOUSE", database)
    monkeypatch.setenv("UNION_BOARD_LAKE", "s3://nowhere/lake")
    with pytest.raises(StoreGone, match=r"对象存储（127.0.0.1:\d+/nowhere）不让读写（HTTP 404）") as told:
        load_bytes(home, catalog, "0.xlsx", make_upload(0, PLACES[0]))
    assert "存储桶" in told.value.remedy and read_current(home) is None


@pytest.mark.parametrize(("code", "told"), [(403, "不让读写（HTTP 403）"), (503, "连不上（HTTP 503）")])
def test_what_the_store_answers_instead_of_a_file_is_told(county, monkeypatch, code, told):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD, log_message = do_GET, lambda *_: None

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(StoreGone, match=told):
            open_reader(county).rows("from indicator_value")
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "value", "message", "remedy"),
    [
        ("UNION_BOARD_LAKE", "https://store/bucket", "UNION_BOARD_LAKE 看不懂", "s3://存储桶/文件夹"),
        ("UNION_BOARD_LAKE", "gs://bucket/lake", "UNION_BOARD_LAKE 看不懂", "s3://存储桶/文件夹"),
        ("UNION_BOARD_LAKE", "s3:///lake", "UNION_BOARD_LAKE 看不懂", "s3://存储桶/文件夹"),
        ("AWS_ENDPOINT_URL", "127.0.0.1:9000", "AWS_ENDPOINT_URL 看不懂", "http://主机:端口"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/bucket", "AWS_ENDPOINT_URL 看不懂", "http://主机:端口"),
        ("AWS_ACCESS_KEY_ID", "", "没有设置 AWS_ACCESS_KEY_ID。", "《部署手册》"),
        ("AWS_SECRET_ACCESS_KEY", "", "没有设置 AWS_SECRET_ACCESS_KEY。", "《部署手册》"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(county, monkeypatch, name, value, message, remedy):
    monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=message) as told:
        find_store(county).connect()
    assert remedy in told.value.remedy
