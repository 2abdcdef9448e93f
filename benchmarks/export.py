"""The relief ledger (a million rows at a province's size) as CSV and Parquet, beside DuckDB's COPY of the same rows; each in a process of its own, for its memory."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.run import Run
from pipelines.home import ROOT, Home

TABLE = "relief"
_START = """
import json, sys, time
from pathlib import Path
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.reports.table import Selection, build_query, read_table
from pipelines.reports.export import write_export
from pipelines.warehouse.reader import open_reader
home, out = Home(Path(sys.argv[1])), Path(sys.argv[2])
reader, catalog, wish = open_reader(home, sparing=True), load_catalog(overlay=home.overlay), Selection(sys.argv[3])
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024  # ru_maxrss begins with what the parent held
"""
_OURS = """
before, start = peak(), time.perf_counter()
write_export(read_table(reader, catalog, wish), out)
"""
_COPY = """
import duckdb
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.releases import read_current
sql, parameters = build_query(reader, catalog, wish)
bare = duckdb.connect(str(release_path(home, read_current(home))), read_only=True)
bare.execute("set enable_progress_bar = false")
before, start = peak(), time.perf_counter()
bare.execute(f"copy ({sql}) to '{out}'", parameters)
"""
_END = """
print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak() - before, "peak": peak()}))
"""


def _measure(run: Run, home: Home, work: str, ending: str) -> dict[str, float]:
    out = run.folder / f"export.{ending}"
    found = []
    for _ in range(3 if run.times > 1 else 1):
        out.unlink(missing_ok=True)
        done = subprocess.run([sys.executable, "-c", _START + work + _END, str(home.path), str(out), TABLE], check=True, capture_output=True, text=True, cwd=ROOT)
        found.append(json.loads(done.stdout))
    out.unlink(missing_ok=True)
    return min(found, key=lambda f: f["seconds"])


def main(run: Run) -> None:
    """Seconds, megabytes above what the process held before, and the ratio, of each size."""
    for size in run.sizes:
        home = run.home(size)
        rows = run.count(size, TABLE)
        for ending in ("csv", "parquet"):
            ours, bare = (_measure(run, home, work, ending) for work in (_OURS, _COPY))
            ratio = ours["seconds"] / bare["seconds"]
            told = [f"{f['seconds']:.2f} s, +{f['megabytes']:.0f} MB" for f in (ours, bare)]
            target, met = ("<= 1.3 times", ratio <= 1.3) if rows > 500_000 else ("", None)
            run.tell(f"export of {rows:,} rows, {ending}", size, told[0], f"DuckDB COPY: {told[1]}", f"{ratio:.2f} times as long", target, met=met)
            run.point(f"export of the ledger, {ending}", "s", size, ours["seconds"])
            run.point(f"export of the ledger, {ending}", "MB more", size, max(ours["megabytes"], 0.1))
