"""Real processes: reviewers at once, an upload while somebody approves, and `kill -9` anywhere between the record and the release."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.audit.log import read_records, verify_chain
from pipelines.home import ROOT, Home
from pipelines.intake.journal import list_records
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.warehouse.reader import open_reader
from tests.intake.build import save
from tests.intake.test_load import _content
from tests.workflow.conftest import OTHER, events, newest, state

KILLED_AT = {  # what the process is about to do when it is killed -> whether the decision holds afterwards
    "pipelines.warehouse.writer.Writer.decide": False,
    "pipelines.intake.journal.append_events": True,
    "publish": True,
}
PUBLISH = {"file": "pipelines.warehouse.file_store.publish_file", "lake": "pipelines.warehouse.lake_store.run"}
KILLER = """
import os, signal, sys
from importlib import import_module
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.workflow.review import approve
from pathlib import Path
place = sys.argv[2].split(".")
owner = import_module(".".join(place[:3]))
for part in place[3:-1]:
    owner = getattr(owner, part)
setattr(owner, place[-1], lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
approve(Home(Path(sys.argv[1])), load_catalog(), ["000001", "000002"], "王干事")
"""


def run(home: Home, *words: str) -> subprocess.CompletedProcess:
    """A real command on the home."""
    environment = {**os.environ, "UNION_BOARD_HOME": str(home.path)}
    return subprocess.run([sys.executable, "-m", "pipelines", *words], cwd=ROOT, env=environment, capture_output=True, text=True)


def start(home: Home, *words: str) -> subprocess.Popen:
    """The same, not waited for."""
    environment = {**os.environ, "UNION_BOARD_HOME": str(home.path)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", "pipelines", *words], cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)


def made(home: Home) -> list[str | None]:
    """The uploads that the records call approved."""
    return [r["submission_id"] for r in list_records(home) if r["outcome"] == "made" and r["action"] == "approve"]


def decided(home: Home) -> list[str]:
    """The uploads that a reader sees approved."""
    return [n for (n,) in open_reader(home).rows("select submission_id from decision where action = 'approve' order by sequence")]


def test_of_two_reviewers_at_once_one_is_told_that_it_is_done(reported):
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda name: run(reported, "approve", "2", "--by", name, "--json"), ("王干事", "李干事")))
    assert sorted(d.returncode for d in done) == [0, 2]
    winner, loser = sorted(done, key=lambda d: d.returncode)
    told = json.loads(winner.stdout)
    assert (told["action"], told["submission_ids"]) == ("approve", ["000002"]) and not loser.stdout
    assert "审核通过" in loser.stderr and state(reported, "decided_by") in loser.stderr
    assert decided(reported) == made(reported) == ["000002"] and [r.event.action for r in read_records(reported)].count("approve") == 1


def test_an_upload_while_somebody_approves_never_gets_the_approval(reported, catalog, tmp_path):
    path = save(tmp_path, "二.xlsx", events(75))
    with ThreadPoolExecutor(2) as pool:
        approving, loading = pool.submit(run, reported, "approve", "2"), pool.submit(run, reported, "load", str(path))
        results = approving.result().returncode, loading.result().returncode
    # whoever comes first: a load first makes the approval out of date, an approval first asks the load for a reason
    assert results in ((2, 0), (0, 1))
    assert state(reported, "state, submission_id") == (("submitted", "000003") if results == (2, 0) else ("approved", "000002"))


@pytest.mark.parametrize("place", KILLED_AT)
def test_killed_between_the_record_and_the_release(reported, catalog, place, store):
    before = state(reported)
    killed = subprocess.run([sys.executable, "-c", KILLER, str(reported.path), PUBLISH[store] if place == "publish" else place], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(reported.decisions.glob("[0-9]*.json"))) == 2, "the record comes first"
    assert state(reported) == before, "a reader sees the last release"
    load_bytes(reported, catalog, "四月.xlsx", events(75, ("龙坝镇", "2026-04")))
    wanted = ["000001", "000002"] if KILLED_AT[place] else []
    assert decided(reported) == made(reported) == wanted
    assert [r.event.submission_id for r in read_records(reported) if r.event.action == "approve"] == wanted and not verify_chain(reported).fault
    now = _content(reported)
    rebuild(reported)
    assert _content(reported) == now
    if not wanted:
        assert run(reported, "approve", "1", "2").returncode == 0 and state(reported) == "approved"


def test_half_of_what_was_decided_together_counts_for_nothing(reported, catalog):
    subprocess.run([sys.executable, "-c", KILLER, str(reported.path), "pipelines.warehouse.writer.Writer.decide"], cwd=ROOT)
    (reported.decisions / "000002.json").unlink()  # the power went before the second record was written
    assert made(reported) == []
    rebuild(reported)
    assert state(reported) == state(reported, code=OTHER) == "submitted"
    assert run(reported, "approve", "1", "2").returncode == 0 and made(reported) == ["000001", "000002"]


def test_a_spoilt_record_is_written_anew_by_the_next_writer(reported, catalog):
    assert run(reported, "approve", "1", "2").returncode == 0
    assert run(reported, "return", "2", "--reason", "人次不对", "--cell", "活动与服务台账!E2=多了").returncode == 0
    told = list_records(reported)
    for number in ("000002", "000003"):
        record = reported.decisions / f"{number}.json"
        record.write_bytes(record.read_bytes()[:40])
    assert run(reported, "status").returncode == 0
    load_bytes(reported, catalog, "四月.xlsx", events(75, ("龙坝镇", "2026-04")))
    assert list_records(reported) == told and open_reader(reported).rows("select count(*) from decision") == [(3,)]
    rebuild(reported)
    assert state(reported) == "returned"


def test_kills_at_random_moments_lose_nothing_that_was_acknowledged(reported, catalog):
    dice, acknowledged = random.Random(5), []
    for number in range(10):
        before = made(reported)
        undone = state(reported) == "approved"  # as a reader sees it: whoever was killed may have gone further
        words = ("return", newest(reported), "--reason", f"第{number}次") if undone else ("approve", newest(reported))
        process = start(reported, *words)
        try:
            process.wait(120 if number % 4 in (2, 3) else dice.uniform(0.5, 1.3))  # two in a row: what the first one finds done, the second one undoes
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        else:
            acknowledged += [words[0]] if process.returncode == 0 else []
        seen = [a for (a,) in open_reader(reported).rows("select action from decision order by sequence")]
        assert len(made(reported)) >= len(before) and len(seen) >= len(acknowledged)
        time.sleep(0.05)
    load_bytes(reported, catalog, "四月.xlsx", events(75, ("龙坝镇", "2026-04")))
    held = [r["action"] for r in list_records(reported) if r["outcome"] == "made"]
    assert [a for (a,) in open_reader(reported).rows("select action from decision order by sequence")] == held and len(held) >= len(acknowledged) >= 2
    assert [r.event.action for r in read_records(reported) if r.event.action in ("approve", "return")] == held
    now = _content(reported)
    rebuild(reported)
    assert _content(reported) == now
