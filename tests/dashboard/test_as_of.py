"""Pages and files as of an earlier release: its figures, not the newest, and a sentence where it cannot be read."""

from __future__ import annotations

import csv
import io
import shutil

import duckdb
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.guard import Guard
from dashboard.routes import export_table
from dashboard.settings import Settings
from pipelines.faults import UserError
from pipelines.warehouse.earlier import find_readable, list_readable
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.review import approve
from tests.app_test import AppTest
from tests.dashboard.test_views import words
from tests.demo_homes import copy_demo

SOURCE = "from dashboard.asof import pin\nfrom dashboard.cached import PAGE\nfrom dashboard.views import relief\npin({pin!r})\nwith PAGE:\n    relief.show()\n"


@pytest.fixture
def two(home, catalog):
    """A home whose release 000001 has nothing approved and whose release 000002 has one return approved."""
    copy_demo(home, months=1)
    approve(home, catalog, [open_reader(home).rows("select max(submission_id) from submission")[0][0]], "县工会")
    return home


def _approved(client: TestClient, **more: str) -> int:
    answer = client.get("/export/submission_status.csv", params={"state": "approved", **more})
    return len(list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))))


def test_a_file_holds_the_figures_of_the_release_that_it_names(two):
    app = Starlette(routes=[Route("/export/{name}", export_table)], middleware=[Middleware(Guard, Settings())])
    client = TestClient(app, base_url="http://127.0.0.1")
    assert (_approved(client), _approved(client, release="000001"), _approved(client, release="000002")) == (1, 0, 1)
    answer = client.get("/export/relief.csv", params={"release": "000099"})
    assert (answer.status_code, "已经不在了" in answer.text) == (404, True)
    assert client.get("/export/relief.csv", params={"release": "../../x"}).status_code == 404


def test_a_page_shows_the_release_that_it_is_pinned_to(two):
    told = {pin: words(AppTest.from_string(SOURCE.format(pin=pin), default_timeout=60).run()) for pin in ("000001", None)}
    assert "审核通过 1 个" in told[None]
    assert "审核通过 1 个" not in told["000001"]
    assert "000001" in told["000001"] and "000002" in told[None]


def test_what_is_not_kept_any_more_is_told(two):
    assert [r.id for r in list_readable(two)] == ["000002", "000001"]
    release_path(two, "000001").unlink()
    with pytest.raises(UserError, match="已经不在了"):
        find_readable(two, "000001")


def test_what_another_program_made_is_not_offered(two):
    old = release_path(two, "000003")
    shutil.copyfile(release_path(two, "000002"), old)
    with duckdb.connect(str(old)) as connection:
        connection.execute("update made_by set figures_sha256 = 'of another program'")
    assert [r.id for r in list_readable(two)] == ["000002", "000001"]
    with pytest.raises(UserError, match="升级以前"):
        find_readable(two, "000003")
