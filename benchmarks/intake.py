"""Intake of the demo's workbooks beside pandas with openpyxl over the same files, and beside raw calamine over the same bytes."""

from __future__ import annotations

import io
import shutil
from functools import partial
from pathlib import Path

import pandas
from python_calamine import CalamineWorkbook

from benchmarks.child import measure
from benchmarks.run import Run, in_turns
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.intake.load import load_files

_SETTING = """
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.intake.load import load_files
home, catalog, paths = Home(Path(sys.argv[1])), load_catalog(), [Path(p) for p in sys.argv[2:]]
"""
_LOAD = "load_files(home, catalog, paths)"
PARTS = (4, 2, 1)  # of the workbooks, for the growth
SLOW_SHARE = 6  # pandas with openpyxl reads one file in so many: its rate does not depend on how many


def read_with_pandas(paths: list[Path]) -> None:
    """What a county clerk's script would do."""
    for path in paths:
        pandas.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


def read_with_calamine(paths: list[Path]) -> None:
    """Cells only, nothing judged, nothing kept."""
    for path in paths:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def _load_anew(home: Home, paths: list[Path]) -> None:
    shutil.rmtree(home.path, ignore_errors=True)
    load_files(home, load_catalog(), paths)


def _grow(run: Run, paths: list[Path]) -> None:
    """Seconds and megabytes of a load, by the number of workbooks."""
    home = run.folder / "intake"
    for part in PARTS:
        shutil.rmtree(home, ignore_errors=True)
        count = len(paths) // part
        spent = measure(_SETTING, _LOAD, home, *paths[:count])
        run.point("load, by its workbooks", "s", str(count), spent.seconds, count)
        run.point("load, by its workbooks", "MB in all", str(count), spent.whole, count)


def main(run: Run) -> None:
    """Workbooks per second of each, and the ratios."""
    paths = sorted(run.model().demo.rglob("*.xlsx"))
    slow = paths[::SLOW_SHARE]
    works = partial(read_with_calamine, paths), partial(_load_anew, Home(run.folder / "intake"), paths), partial(read_with_pandas, slow)
    raw, ours, usual = (len(read) / spent for read, spent in zip((paths, paths, slow), in_turns(works, run.times), strict=True))
    told = f"load of {len(paths)} workbooks", "county", f"{ours:.1f}/s"
    run.tell(*told, f"pandas + openpyxl, reading only: {usual:.1f}/s", f"{ours / usual:.1f} times as fast", ">= 10 times", met=ours >= 10 * usual)
    run.tell(*told, f"raw calamine, reading only: {raw:.1f}/s", f"{raw / ours:.1f} times as long", "<= 5 times", met=raw <= 5 * ours)
    _grow(run, paths)
