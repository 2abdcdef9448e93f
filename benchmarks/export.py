"""The relief ledger (a million rows at a province's size) as CSV and Parquet, beside DuckDB's COPY of the same rows; each in a process of its own, for its memory."""

from __future__ import annotations

from benchmarks.child import Spent, measure
from benchmarks.run import Run
from pipelines.home import Home

TABLE = "relief"
_SETTING = """
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.reports.table import Selection, build_query, read_table
from pipelines.reports.export import write_export
from pipelines.warehouse.reader import open_reader
home, out = Home(Path(sys.argv[1])), Path(sys.argv[2])
reader, catalog, wish = open_reader(home, sparing=True), load_catalog(overlay=home.overlay), Selection(sys.argv[3])
"""
_OURS = "write_export(read_table(reader, catalog, wish), out)"
_BARE = """
import duckdb
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.releases import read_current
sql, parameters = build_query(reader, catalog, wish)
bare = duckdb.connect(str(release_path(home, read_current(home))), read_only=True)
bare.execute("set enable_progress_bar = false")
"""
_COPY = """bare.execute(f"copy ({sql}) to '{out}'", parameters)"""
WAYS = (_SETTING, _OURS), (_SETTING + _BARE, _COPY)


def _write(run: Run, home: Home, setting: str, work: str, ending: str) -> Spent:
    out = run.folder / f"export.{ending}"
    out.unlink(missing_ok=True)
    spent = measure(setting, work, home.path, out, TABLE)
    out.unlink()
    return spent


def _both(run: Run, home: Home, ending: str) -> tuple[Spent, Spent]:
    """Of each way the quickest of several in turn, for the machine is not equally fast for long."""
    rounds = [[_write(run, home, *way, ending) for way in WAYS] for _ in range(run.times)]
    ours, bare = (min(way, key=lambda spent: spent.seconds) for way in zip(*rounds, strict=True))
    return ours, bare


def main(run: Run) -> None:
    """Seconds, megabytes above what the process held before, and the ratio, of each size."""
    for size in run.sizes:
        home = run.home(size)
        rows = run.count(size, TABLE)
        for ending in ("csv", "parquet"):
            ours, bare = _both(run, home, ending)
            ratio = ours.seconds / bare.seconds
            told = [f"{f.seconds:.2f} s, +{f.more:.0f} MB" for f in (ours, bare)]
            target, met = ("<= 1.3 times", ratio <= 1.3) if rows > 500_000 else ("", None)
            run.tell(f"export of {rows:,} rows, {ending}", size, told[0], f"DuckDB COPY: {told[1]}", f"{ratio:.2f} times as long", target, met=met)
            run.point(f"export, by its rows, {ending}", "s", size, ours.seconds, rows)
            run.point(f"export, by its rows, {ending}", "MB more", size, max(ours.more, 0.1), rows)
