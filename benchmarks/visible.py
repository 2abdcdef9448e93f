"""An upload, from the bytes of one workbook to the rerun of 总览 that shows it, with a year's or five years' history behind it; the browser's own drawing is not counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.boards import board, let_rest
from benchmarks.child import measure
from benchmarks.lake import PROGRAMS, lake
from benchmarks.run import Run, timed
from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog
from pipelines.catalog.narrow import catalog_of_township
from pipelines.demo.make import LAST, plan_demo
from pipelines.home import Home
from pipelines.intake.load import load_bytes
from pipelines.intake.mend import settle
from pipelines.reports.template import write_template
from pipelines.warehouse.writer import open_writer
from tests.serve import Board, Tab

_SETTING = """
from datetime import date
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.intake.load import load_bytes
home, book, code, period = Home(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3], date.fromisoformat(sys.argv[4])
catalog, content = load_catalog(overlay=home.overlay), book.read_bytes()
"""
_UPLOAD = """
report = load_bytes(home, catalog, book.name, content, township_code=code, period=period, explanations={"*": "测量"})
assert report.status == "loaded", report.problems[:3]
"""
MOST = {"county": 1.0, "province": 3.0}  # seconds


def write_workbook(path: Path, catalog: Catalog, number: int) -> tuple[str, date]:
    """A township's workbook of the newest month with the demo county's rows; gives whose it is."""
    book = plan_demo(load_catalog(), 1, 100 + number)[number % 10]
    township = catalog.county.townships[number]
    write_template(path, catalog_of_township(catalog, township.code), township, LAST, replace(book, township=township).rows, "规模测量")
    return township.code, LAST


def _upload(home: Home, catalog: Catalog, path: Path, place: tuple[str, date]) -> None:
    code, period = place
    report = load_bytes(home, catalog, path.name, path.read_bytes(), township_code=code, period=period, explanations={"*": "测量"})
    assert report.status == "loaded", report.problems[:3]


def _measure(run: Run, home: Home, catalog: Catalog) -> tuple[float, float, float]:
    """Median seconds of an upload and of the first rerun after it; megabytes of a process that does nothing but an upload."""
    with open_writer(home, catalog) as writer:
        settle(home, writer)  # the day's first writer looks at all receipts
    books = [run.folder / f"upload-{n}.xlsx" for n in range(2 + min(run.times, 3))]
    places = [write_workbook(path, catalog, n) for n, path in enumerate(books)]
    with board(home) as (address, process):
        tab = Tab(Board(home, address, process))
        tab.run(seconds=300)
        _upload(home, catalog, books[0], places[0])  # the guard and the reader of files are up from here on
        tab.run(seconds=300)
        found = []
        for book, place in zip(books[2:], places[2:], strict=True):
            let_rest(process)
            upload = timed(lambda book=book, place=place: _upload(home, catalog, book, place))
            found.append((upload, timed(lambda: tab.run(seconds=300))))
        tab.close()
    memory = measure(_SETTING, _UPLOAD, home.path, books[1], *places[1]).whole
    return *sorted(found)[len(found) // 2], memory


def _tell(run: Run, size: str, store: str, upload: float, rerun: float, memory: float) -> None:
    most = MOST.get(size)
    told = f"{upload + rerun:.2f} s: upload and publishing {upload:.2f}, rerun of the overview {rerun:.2f}; {memory:.0f} MB for an upload"
    run.tell(f"upload to visible, {store}", size, told, "", "", f"<= {most:.0f} s" if most else "", met=upload + rerun <= most if most else None)
    run.point(f"upload and publishing, {store}", "s", size, upload)
    run.point(f"memory of an upload, {store}", "MB", size, memory)
    run.point(f"first overview after it, {store}", "s", size, rerun)


def main(run: Run) -> None:
    """Seconds of the upload and of the rerun, of each size and in each of the two stores."""
    for size in run.sizes:
        home = run.copy(size)
        catalog = load_catalog(overlay=home.overlay)
        _tell(run, size, "file", *_measure(run, home, catalog))
        if PROGRAMS:
            with lake(run, size) as home:
                _tell(run, size, "lake", *_measure(run, home, catalog))
