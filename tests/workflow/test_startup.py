"""A server that starts after a kill -9 shows what had been committed, and leaves nothing half written behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import httpx

from dashboard import server
from dashboard.routes import _health
from pipelines.home import ROOT
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.writer import is_behind
from pipelines.workflow.startup import start_up
from pipelines.workflow.unattended import read_fault
from tests.intake.build import workbook
from tests.serve import serving

KILLED = """
import os, sys
from pathlib import Path
import pipelines.warehouse.file_store as room
from pipelines.warehouse.lake_store import LakeStore
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.intake.load import load_bytes
room.publish_file = LakeStore._publish = lambda *told, **named: os.kill(os.getpid(), 9)  # the moment between commit and release
load_bytes(Home(Path(sys.argv[1])), load_catalog(), "二.xlsx", Path(sys.argv[2]).read_bytes())
"""


def kill_before_publishing(home, tmp_path):
    file = tmp_path / "二.xlsx"
    file.write_bytes(workbook(cover=("蒋家堰镇", "2026-03")))
    assert subprocess.run([sys.executable, "-c", KILLED, str(home.path), str(file)], cwd=ROOT).returncode == -9


def test_a_killed_publish_is_made_up_for(uploaded, catalog, tmp_path):
    kill_before_publishing(uploaded, tmp_path)
    assert is_behind(uploaded) and read_current(uploaded) == "000001"
    (uploaded.path / "rebuilding").mkdir()
    uploaded.releases.mkdir(exist_ok=True)
    (uploaded.releases / ".000009.part").write_bytes(b"half")
    done = start_up(uploaded, catalog)
    assert any("补发" in words for words in done) and len(done) == 3
    assert open_reader(uploaded).rows("select count(*) from submission") == [(2,)]
    assert start_up(uploaded, catalog) == []


def test_what_another_process_is_writing_now_stays(uploaded, catalog):
    fresh, old = uploaded.originals / ".a.xlsx.7.part", uploaded.path / "drafts" / ".b.json.8.part"
    for part in (fresh, old):
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert start_up(uploaded, catalog) == ["清除没有写完的 drafts/.b.json.8.part"]
    assert fresh.exists() and not old.exists()


def test_the_server_does_it_by_itself(uploaded, tmp_path):
    kill_before_publishing(uploaded, tmp_path)
    with serving(uploaded) as board:
        for _ in range(100):
            told = httpx.get(f"{board.address}/healthz").json()
            if told["release"] == "000002":
                break
        assert told["release"] == "000002" and told["warnings"] == []


def test_an_empty_home_has_nothing_to_mend(home, catalog):
    assert start_up(home, catalog) == []


def test_an_error_that_nobody_foresaw_is_on_the_page_and_the_backups_are_made_all_the_same(uploaded, monkeypatch):
    went_on, stop = [], threading.Event()
    monkeypatch.setattr(server, "keep_backing_up", lambda *told: went_on.append(told))
    with monkeypatch.context() as patched:
        patched.setattr(server, "start_up", lambda *told: 1 / 0)
        server._keep(stop)
    assert "ZeroDivisionError" in read_fault(uploaded, "start_up") and _health()["warnings"] == ["start_up"]
    server._keep(stop)
    assert read_fault(uploaded, "start_up") == "" and _health()["warnings"] == [] and len(went_on) == 2
