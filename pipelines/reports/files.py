"""The files that people fetch: a township's template for a month, and any original exactly as it was sent."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import name_period
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.keep import read_original
from pipelines.reports.prefill import read_stock_rows
from pipelines.reports.template import write_template
from pipelines.warehouse.reader import Reader

_FOUND = "select sha256, source_file from submission where submission_id = $id"


def make_template(reader: Reader, catalog: Catalog, township_code: str, period: date) -> tuple[str, bytes]:
    """Name and content of the pre-filled workbook. UserError for a township that there is not, or that the reader may not see."""
    township = catalog.township(township_code)
    if township is None:
        raise UserError("没有这个乡镇。", "请在“数据上报”页面选择乡镇后下载。")
    with tempfile.TemporaryDirectory(prefix="union-board-") as folder:
        path = Path(folder) / "template.xlsx"
        rows = read_stock_rows(reader, catalog, township_code, period) if reader.release else {}
        write_template(path, catalog, township, period, rows)
        return f"{township.name}{name_period(period)}工会月报.xlsx", path.read_bytes()


def find_submitted(home: Home, reader: Reader, submission_id: str) -> tuple[str, bytes]:
    """Name and content of an upload as it was sent. UserError where the reader sees no such upload, or its file is gone."""
    found = reader.rows(_FOUND, {"id": submission_id}) if reader.release else []
    if not found:
        raise UserError(f"没有回执号为 {submission_id} 的报送。", "请在“历次报送”里下载。")
    sha256, name = found[0]
    content = read_original(home, sha256)
    if content is None:
        raise UserError("原始文件不见了。", "请维护人员从备份恢复。")
    return name, content
