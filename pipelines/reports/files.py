"""The files that people fetch: a township's template for a month, and any original exactly as it was sent."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import name_period
from pipelines.faults import Problem, UserError
from pipelines.home import Home
from pipelines.intake.keep import read_original
from pipelines.intake.reply.marked import mark_file
from pipelines.reports.prefill import read_stock_rows
from pipelines.reports.template import write_template
from pipelines.warehouse.reader import Reader

_REMARKS = """select c.sheet, c.cell, c.note, d.reason from decision as d left join decision_cell as c on c.sequence = d.sequence
where d.sequence = (select max(sequence) from decision where action = 'return' and submission_id = $id) order by c.sheet, c.cell"""
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


def _mark(name: str, content: bytes, problems: list[Problem]) -> tuple[str, bytes]:
    copy = mark_file(content, problems)
    if isinstance(copy, Problem):
        raise UserError(copy.message, copy.remedy)
    return f"{Path(name).stem}-核对.xlsx", copy


def mark_problems(name: str, content: bytes, problems: Sequence[Problem]) -> tuple[str, bytes]:
    """Name and content of a file with every problem marked in its cell. UserError where it cannot be opened."""
    return _mark(name, content, list(problems))


def mark_returned(home: Home, reader: Reader, submission_id: str) -> tuple[str, bytes]:
    """The upload as it was sent, with the county's remarks pinned to the cells. UserError where it was not returned."""
    name, content = find_submitted(home, reader, submission_id)
    remarks = reader.rows(_REMARKS, {"id": submission_id})
    if not remarks:
        raise UserError("这次报送没有被退回。", "请在“历次报送”里查看。")
    reason = remarks[0][3]
    cells = [(sheet, cell, note) for sheet, cell, note, _ in remarks if cell]
    problems = [Problem("returned", "error", sheet, cell, None, None, f"县总工会：{note or reason}", "请按意见改好后重新上报。") for sheet, cell, note in cells]
    return _mark(name, content, problems or [Problem("returned", "error", None, None, None, None, f"县总工会：{reason}", "请按意见改好后重新上报。")])
