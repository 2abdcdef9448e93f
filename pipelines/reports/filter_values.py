"""Which values a filter on a column may have: a number, a day, a month or 是 and 否 where the column holds these, any text elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.reports.table import Selection, column_types
from pipelines.reports.words import table_words
from pipelines.warehouse.reader import Reader


def _is_number(text: str) -> bool:
    try:
        return text.isascii() and Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_whole(text: str) -> bool:
    return _is_number(text) and Decimal(text) == Decimal(text).to_integral_value()


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        return bool(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_KINDS: tuple[tuple[str, Callable[[str], bool], str, str], ...] = (  # how the type's name begins, what fits it, what it is called, an example
    ("BOOLEAN", {"true", "false"}.__contains__, "是非", "是"),
    ("DECIMAL", _is_number, "数", "3000"), ("DOUBLE", _is_number, "数", "3000"),
    ("BIGINT", _is_whole, "整数", "12"), ("INTEGER", _is_whole, "整数", "12"),
    ("TIMESTAMP", _is_moment, "时间", "2026-10-05 09:30:00"), ("DATE", _is_day, "日期", "2026-10-05"),
)  # fmt: skip
_MONTH = ("period", lambda text: _is_day(f"{text}-01"), "月份", "2026-10")


def check_values(reader: Reader, catalog: Catalog, selection: Selection) -> None:
    """UserError for a filter whose value can stand in no row of its column; a column that does not exist is told where the table is read."""
    types, words = column_types(reader, catalog, selection.table), table_words(catalog, selection.table)
    for name, value in selection.where.items():
        kind = _MONTH if name == "period" else next((k for k in _KINDS if types.get(name, "").startswith(k[0])), None)
        if kind and not kind[1](words.find_code(name, value)):
            over = words.headings.get(name, name)
            raise UserError(f"“{over}”这一列是{kind[2]}，不能等于“{value[:40]}”，没有导出。", f"请写成 {over}={kind[3]} 这样。")
