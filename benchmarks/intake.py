"""Intake of the demo's workbooks beside pandas with openpyxl over the same files, and beside raw calamine over the same bytes."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pandas
from python_calamine import CalamineWorkbook

from benchmarks.run import Run, timed
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.intake.load import load_files

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


def main(run: Run) -> None:
    """Workbooks per second of each, and the ratios."""
    paths = sorted(run.model().demo.rglob("*.xlsx"))
    home = Home(run.folder / "intake")
    shutil.rmtree(home.path, ignore_errors=True)
    raw = len(paths) / timed(lambda: read_with_calamine(paths))
    ours = len(paths) / timed(lambda: load_files(home, load_catalog(), paths))
    slow = paths[::SLOW_SHARE]
    usual = len(slow) / timed(lambda: read_with_pandas(slow))
    told = f"load of {len(paths)} workbooks", "county", f"{ours:.1f}/s"
    run.tell(*told, f"pandas + openpyxl, reading only: {usual:.1f}/s", f"{ours / usual:.1f} times as fast", ">= 10 times", met=ours >= 10 * usual)
    run.tell(*told, f"raw calamine, reading only: {raw:.1f}/s", f"{raw / ours:.1f} times as long", "<= 5 times", met=raw <= 5 * ours)
