"""What does not fit into memory goes to disk, of each database into a folder of its own: two that shared one ended their process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

import pipelines.warehouse.reader as reading
from pipelines.faults import UserError
from pipelines.home import ROOT
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.startup import start_up

ROWS = 2_000_000
SORTED = f"select md5(range::varchar) as text, range as number from range({ROWS}) order by text"
_AT_ONCE = f"""
import json, sys, threading
from pathlib import Path
import pipelines.warehouse.reader as reading
from pipelines.home import Home
reading._SPARING = ("memory_limit = '100MB'", "threads = 2")
home, found = Home(Path(sys.argv[1])), []
def read(reader):
    texts, rows, left = [], 0, set()
    for batch in reader.arrow("{SORTED}"):
        left |= {{path.name for path in home.path.glob(".spill-*")}}
        texts += [batch.column(0)[0].as_py()]
        rows += len(batch)
    found.append((rows, texts == sorted(texts), len(left)))
readers = [reading.open_reader(home, sparing=True) for _ in range(2)]
threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(found))
"""


def test_two_readers_that_spill_at_once_give_all_rows_and_leave_nothing(demo_home):
    done = subprocess.run([sys.executable, "-c", _AT_ONCE, str(demo_home.path)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert [rows for rows, _, _ in found] == [ROWS, ROWS]
    assert all(in_order for _, in_order, _ in found)
    assert max(folders for _, _, folders in found) == 2, "nothing was spilled: the test proves nothing"
    assert not list(demo_home.path.glob(".spill-*"))


def test_more_than_memory_and_disk_can_hold_is_told(demo_home, monkeypatch):
    monkeypatch.setattr(reading, "_SPARING", ("memory_limit = '20MB'", "threads = 2"))
    reader = open_reader(demo_home, sparing=True)
    with pytest.raises(UserError) as told:
        reader.arrow(SORTED)
    assert told.value.message == "要读的内容太多，内存里放不下。"
    assert "较短的时段" in told.value.remedy
    assert reader.rows("select count(*) from relief")[0][0] > 0  # it goes on reading


def test_a_server_that_starts_removes_what_is_a_day_old_and_no_folder(home, catalog):
    """The folder may be a reader's that is still open, and DuckDB makes it once."""
    old, new = (home.path / f".spill-{n}" / "duckdb_temp_storage_DEFAULT-0.tmp" for n in (1, 2))
    for file in (old, new):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"x")
    os.utime(old, (time.time() - 25 * 3600,) * 2)
    assert "清除没有写完的 .spill-1/duckdb_temp_storage_DEFAULT-0.tmp" in start_up(home, catalog)
    assert not old.exists() and old.parent.exists()
    assert new.exists()
