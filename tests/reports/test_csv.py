"""CSV made column by column in Arrow is, byte for byte, what Python's own writer makes of the rows."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pyarrow
import pytest

from pipelines.reports.csv import BOM, escape_formula, format_value, iter_csv
from pipelines.reports.mark import COLUMN, Mark

AMOUNTS = ["1.2300", None, "0", "-100.0000", "1000", "0.0001", "-0.5", "10.0100", "120", "7", "99999999999999.9999"]
ROWS = pyarrow.table({
    "文字": ["a", None, "=1+1", 'x"y,z', "行\n二", "", "－5", "'q", "\t", "r\r", "a=b"],
    "是否": pyarrow.array([True, None, False] * 3 + [True, None]),
    "人数": pyarrow.array([1, None, -3, 4, 5, 6, 7, 8, 9, 10, 11], pyarrow.int64()),
    "金额": pyarrow.array([None if a is None else Decimal(a) for a in AMOUNTS], pyarrow.decimal128(18, 4)),
    "整数": pyarrow.array([Decimal("100"), None] + [Decimal("10")] * 9, pyarrow.decimal128(18, 0)),
    "日期": pyarrow.array([date(2026, 1, 2), None] + [date(1999, 12, 31)] * 9),
    "时间": pyarrow.array([datetime(2026, 1, 2, 3, 4, 5, 678900), None] + [datetime(1969, 1, 1, 0, 0, 0, 999999)] * 9, pyarrow.timestamp("us")),
    "小数": pyarrow.array([1.0, None, 0.1, 1e20, -2.5, 3.0, 1e-7, 4, 5, 6, 7]),
    "多个": pyarrow.array([["a"], None] + [["b", "c"]] * 9),
    "=表头,一": ["x"] * 11,
})  # fmt: skip


def _by_python(rows: pyarrow.Table, sentence: str = "") -> bytes:
    text = io.StringIO()
    writer, last = csv.writer(text), [sentence] if sentence else []
    writer.writerow([*map(escape_formula, rows.column_names), *([COLUMN] if sentence else [])])
    writer.writerows([*map(format_value, row), *last] for row in zip(*(c.to_pylist() for c in rows.columns), strict=True))
    return BOM + text.getvalue().encode()


@pytest.mark.parametrize("batch", [1, 3, 100])
@pytest.mark.parametrize("rows", [ROWS, ROWS.slice(3), ROWS.slice(0, 0), *(ROWS.select([name]) for name in ROWS.column_names)], ids=lambda r: f"{r.num_columns}x{r.num_rows}")
def test_the_bytes_are_those_of_python(rows, batch):
    assert b"".join(iter_csv(rows.to_reader(batch))) == _by_python(rows)


def test_a_mark_stands_in_every_row():
    mark = Mark("王干事", datetime(2026, 10, 1, 8, 0), "帮扶救助台账", "全部", "核对,\"一\"")
    assert b"".join(iter_csv(ROWS.to_reader(4), mark)) == _by_python(ROWS, mark.sentence)
