"""The routes of the real application: health, streamed exports, and what they refuse."""

from __future__ import annotations

import csv
import io

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.cached import find_export_reader
from dashboard.guard import Guard
from dashboard.hardening import SafeHeaders
from dashboard.routes import export_table, health
from dashboard.settings import Settings
from dashboard.sign_in import login
from dashboard.watch import watch
from pipelines.access.model import OPEN, Person
from pipelines.reports.csv import escape_formula, format_value
from pipelines.warehouse.reader import open_reader


@pytest.fixture
def client(demo_home):
    routes = [Route("/healthz", health), Route("/export/{name}", export_table)]
    app = Starlette(routes=routes, middleware=[Middleware(SafeHeaders), Middleware(Guard, Settings())])
    return TestClient(app, base_url="http://127.0.0.1")


def test_health_names_the_release(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["release"]) == (200, "000001")
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_catalogue_that_cannot_be_used_is_told_by_every_route(home, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    home.overlay.mkdir(parents=True)
    (home.overlay / "targets.toml").write_text('[[target]]\nindicator = "nope"\n', "utf-8")
    routes = [Route("/healthz", health), Route("/watch", watch), Route("/login", login)]
    monkeypatch.setattr("dashboard.sign_in.is_open", lambda settings: False)
    client = TestClient(Starlette(routes=routes, middleware=[Middleware(Guard, Settings())]), base_url="http://127.0.0.1")
    told = client.get("/healthz")
    assert told.status_code == 503 and told.json()["status"] == "unusable" and "targets.toml" in told.json()["fault"]
    for path in ("/watch", "/login"):
        told = client.get(path)
        assert told.status_code == 503 and "指标目录有" in told.text and "targets.toml" in told.text, path


def test_csv_opens_right_in_excel_and_holds_every_row(client, demo_home):
    answer = client.get("/export/relief.csv", params={"category": "生活救助"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    expected = open_reader(demo_home).rows("select count(*), sum(amount) from relief where category = '生活救助'")[0]
    assert (len(rows), sum(float(r["amount"]) for r in rows)) == (expected[0], float(expected[1]))
    assert {r["recipient_name"][1:] for r in rows if r["recipient_name"]} == {"*"}


@pytest.mark.parametrize(("table", "is_sparing"), [("relief", True), ("indicator_value", True), ("indicator_year", True), ("audit", True),
                                                   ("indicator_quarter", False), ("indicator_half", False), ("indicator_statistical_year", False)])  # fmt: skip
def test_only_what_the_disk_can_help_with_is_read_with_little_memory(demo_home, table, is_sparing):
    reader = find_export_reader(Person("测试", "测试", OPEN), table)
    assert reader.rows("select current_setting('memory_limit') = '381.4 MiB'") == [(is_sparing,)]


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_other_formats_come_as_files(client, ending):
    answer = client.get(f"/export/register.{ending}")
    assert answer.status_code == 200
    assert answer.content[:4] in (b"PK\x03\x04", b"PAR1")


@pytest.mark.parametrize("path", ["/export/submission.csv", "/export/relief.exe", "/export/relief.csv?nobody=1", "/export/..%2f..%2fetc.csv",
                                  "/export/relief.csv?columns=amount%22%3Bdrop"])  # fmt: skip
def test_what_is_no_table_or_column_is_refused(client, path):
    assert client.get(path).status_code == 404


def test_sql_in_a_filter_is_only_a_value(client):
    answer = client.get("/export/relief.csv", params={"category": "' or 1=1 --"})
    assert len(answer.content.decode("utf-8-sig").strip().splitlines()) == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "＝1"])
def test_no_formula_starts_in_a_cell(text):
    assert escape_formula(text) == f"'{text}"
    assert format_value(text).startswith("'")
