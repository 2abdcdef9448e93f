"""`check` of a usual workbook and of a 50,000-row ledger, beside pandas with openpyxl reading the same bytes."""

from __future__ import annotations

import io
from pathlib import Path

import pandas
import xlsxwriter

from benchmarks.child import measure
from benchmarks.run import Run, best, timed
from pipelines.catalog.load import load_catalog
from pipelines.intake.load import check_bytes

_SETTING = """
from datetime import date
from pipelines.catalog.load import load_catalog
from pipelines.intake.load import check_bytes
catalog, content = load_catalog(), Path(sys.argv[1]).read_bytes()
"""
_CHECK = """
report = check_bytes(None, catalog, "ledger.xlsx", content, township_code="420324107", period=date(2026, 3, 1))
assert (sum(t.rows for t in report.forms["relief"]), report.status) == (int(sys.argv[2]), "valid"), report.problems[:3]
"""
PARTS = (25, 5)  # of the ledger's rows, for its growth


def write_ledger(path: Path, rows: int) -> None:
    """A relief ledger."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    page = book.add_worksheet("帮扶救助台账")
    page.write_row(0, 0, ["日期", "发放单位", "救助类别", "对象类别", "姓名", "人次(户)", "金额", "备注"])
    for n in range(rows):
        page.write_row(n + 1, 0, [f"2026-03-{n % 28 + 1:02d}", f"第{n % 300}村工会", "送温暖慰问", "困难职工", f"张某{n}", 1, 500 + n % 100, "已签收"])
    book.close()


def _pandas(content: bytes) -> None:
    pandas.read_excel(io.BytesIO(content), sheet_name=None, header=None, engine="openpyxl")


def _tell(run: Run, what: str, ours: float, usual: float, more: str = "") -> None:
    run.tell(what, "county", f"{ours * 1000:.0f} ms{more}", f"pandas + openpyxl, reading only: {usual * 1000:.0f} ms", f"{usual / ours:.1f} times as fast")


def main(run: Run) -> None:
    """Milliseconds and megabytes, and the ratios."""
    path = sorted(run.model().demo.rglob("*.xlsx"))[-1]
    content, catalog = path.read_bytes(), load_catalog()
    check_bytes(None, catalog, path.name, content)  # the guard is up from here on
    _tell(run, "check of a usual workbook, warm", best(lambda: check_bytes(None, catalog, path.name, content), 5 * run.times), best(lambda: _pandas(content), run.times))
    ledger = run.folder / "ledger.xlsx"
    for rows in (*(run.ledger_rows // part for part in PARTS), run.ledger_rows):
        write_ledger(ledger, rows)
        spent = measure(_SETTING, _CHECK, ledger, rows)
        run.point("check of a ledger, by its rows", "s", f"{rows:,}", spent.seconds, rows)
        run.point("check of a ledger, by its rows", "MB in all", f"{rows:,}", spent.whole, rows)
    told = f", {spent.whole:.0f} MB, reader and judge together"
    _tell(run, f"check of a ledger of {rows:,} rows", spent.seconds, timed(lambda: _pandas(ledger.read_bytes())), told)
