"""`kill -9` at random moments of real loads: the last release stays readable, the load can be repeated, and nothing is torn."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys

from pipelines.commandline.main import main
from pipelines.demo.make import plan_demo, write_workbooks
from pipelines.home import ROOT
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current

TORN = """select count(*) from form_load as l left join (
    select submission_id, count(*) as rows from relief_all group by 1
) as r using (submission_id) where l.form = 'relief' and l.row_count <> coalesce(r.rows, 0)"""


def start_load(path, home) -> subprocess.Popen:
    """A real load in a process group of its own."""
    command = [sys.executable, "-m", "pipelines", "load", str(path)]
    environment = {**os.environ, "UNION_BOARD_HOME": str(home.path)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)


def look(home) -> int:
    """How many uploads a reader sees; every one of them is whole."""
    if read_current(home) is None:
        return 0
    reader = open_reader(home)
    assert reader.rows(TORN)[0][0] == 0
    shown = reader.rows("select count(distinct (township_code, period)) from indicator_value where indicator = 'relief_amount' and township_code <> '420324'")
    uploads = reader.rows("select count(distinct (township_code, period)) from submission")
    assert shown == uploads
    return uploads[0][0]


def test_a_killed_load_loses_nothing(home, catalog):
    dice = random.Random(11)
    books = [b for b in plan_demo(catalog, 2, 7) if b.version == 1][:12]
    paths = write_workbooks(home.path.parent / "workbooks", books)
    seen, killed, done = 0, 0, 0
    for number, path in enumerate(paths):
        process = start_load(path, home)
        wait = 120 if number % 4 == 3 else dice.uniform(0.1, 1.1)  # every fourth is left alone, so that loads surely succeed
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        else:
            done += process.returncode == 0
        now = look(home)
        assert now >= seen
        seen = now
    assert killed >= 2
    assert done >= 2
    assert main(["load", *map(str, paths)]) == 0
    assert look(home) == len(paths)
    before = open_reader(home).rows("select * from indicator_value order by all")
    assert main(["rebuild"]) == 0
    assert open_reader(home).rows("select * from indicator_value order by all") == before
