"""Intake of the demo's workbooks beside pandas with openpyxl over the same files, and beside raw calamine over the same bytes."""

from __future__ import annotations

import io
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas
from python_calamine import CalamineWorkbook

from pipelines.catalog.load import load_catalog
from pipelines.demo.make import plan_demo, write_workbooks
from pipelines.home import Home
from pipelines.intake.load import load_files

SLOW_SHARE = 6  # pandas with openpyxl reads one file in so many: its rate does not depend on how many


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


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


def main(months: int = 24) -> None:
    """Prints workbooks per second of each, and the ratios."""
    catalog = load_catalog()
    with tempfile.TemporaryDirectory() as folder:
        books = plan_demo(catalog, months, 7)
        paths = write_workbooks(Path(folder) / "workbooks", books)
        raw = len(paths) / timed(lambda: read_with_calamine(paths))
        ours = len(paths) / timed(lambda: load_files(Home(Path(folder) / "home"), catalog, paths))
        slow = paths[::SLOW_SHARE]
        pandas_rate = len(slow) / timed(lambda: read_with_pandas(slow))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {len(paths)} workbooks")
    print(f"load (guarded, judged, stored, published)  {ours:8.1f} workbooks/s")
    print(f"pandas + openpyxl, read only               {pandas_rate:8.1f} workbooks/s   load is {ours / pandas_rate:.1f} times as fast")
    print(f"raw calamine, read only                    {raw:8.1f} workbooks/s   load takes {raw / ours:.1f} times as long")
