"""`check` of a usual workbook and of a 50,000-row ledger, beside pandas with openpyxl reading the same bytes."""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas
import xlsxwriter

from pipelines.catalog.load import load_catalog
from pipelines.demo.make import plan_demo, write_workbooks
from pipelines.intake.load import check_bytes

ROWS = 50_000
_CHILD = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from pipelines.catalog.load import load_catalog
from pipelines.intake.load import check_bytes
catalog, content = load_catalog(), Path(sys.argv[1]).read_bytes()
start = time.perf_counter()
report = check_bytes(None, catalog, "ledger.xlsx", content, township_code="420324107", period=date(2026, 3, 1))
peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak, "rows": sum(t.rows for t in report.forms["relief"]), "status": report.status}))
"""


def write_ledger(path: Path) -> None:
    """A relief ledger of 50,000 rows."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    page = book.add_worksheet("帮扶救助台账")
    page.write_row(0, 0, ["日期", "发放单位", "救助类别", "对象类别", "姓名", "人次(户)", "金额", "备注"])
    for n in range(ROWS):
        page.write_row(n + 1, 0, [f"2026-03-{n % 28 + 1:02d}", f"第{n % 300}村工会", "送温暖慰问", "困难职工", f"张某{n}", 1, 500 + n % 100, "已签收"])
    book.close()


def _median(work, times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def _pandas(content: bytes) -> None:
    pandas.read_excel(io.BytesIO(content), sheet_name=None, header=None, engine="openpyxl")


def main() -> None:
    """Prints milliseconds, seconds and megabytes, and the ratios."""
    catalog = load_catalog()
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbooks(Path(folder) / "demo", plan_demo(catalog, 1, 7))[0]
        content = path.read_bytes()
        check_bytes(None, catalog, path.name, content)  # the guard is up from here on
        ours, slow = _median(lambda: check_bytes(None, catalog, path.name, content), 25), _median(lambda: _pandas(content), 5)
        print(f"check of a usual workbook, warm   {ours * 1000:6.0f} ms   pandas + openpyxl reads it in {slow * 1000:.0f} ms: {slow / ours:.1f} times as long")
        ledger = Path(folder) / "ledger.xlsx"
        write_ledger(ledger)
        found = json.loads(subprocess.run([sys.executable, "-c", _CHILD, str(ledger)], check=True, capture_output=True, text=True).stdout)
        slow = _median(lambda: _pandas(ledger.read_bytes()), 1)
        assert (found["rows"], found["status"]) == (ROWS, "valid")
        print(f"check of a {ROWS:,}-row ledger     {found['seconds']:6.1f} s    {found['megabytes']:.0f} MB, reader and judge together; pandas + openpyxl reads it in {slow:.1f} s: {slow / found['seconds']:.1f} times as long")
