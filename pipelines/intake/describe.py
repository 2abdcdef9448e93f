"""Tells a person how a file was read: tables, columns, units, totals left out, and the change to last month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from pipelines.catalog.period import shift_period
from pipelines.intake.report import ColumnRead, FileReport, TableRead
from pipelines.intake.sheet import Typed, letters
from pipelines.intake.validate.review import Figures, total_figures


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _columns(parts: list[Typed]) -> list[ColumnRead]:
    table, first = parts[0].table, parts[0].rows[0] if parts[0].rows else {}
    read = []
    for key, index in sorted(table.columns.items(), key=lambda pair: pair[1]):
        column = table.form.column(key)
        example = "（不显示）" if column.personal or not column.stored else _shown(first.get(key))
        read.append(ColumnRead(letters(index), table.headers[key].strip(), key, table.units.get(key, ""), example))
    return read


def _changes(parts: list[Typed], last: dict[str, Decimal] | None) -> dict[str, tuple[Decimal, Decimal]]:
    if not last:
        return {}
    now = total_figures(parts[0].table.form, [row for typed in parts for row in typed.rows])
    return {key: (last[key], value) for key, value in now.items() if key in last}


def describe(report: FileReport, forms: dict[str, list[Typed]], figures: Callable[[str, str, date], Figures], period: date) -> None:
    """Fills the report's account of the reading."""
    for form, parts in forms.items():
        report.forms[form] = [TableRead(t.table.sheet.name, t.table.range, len(t.rows)) for t in parts]
        report.columns[form] = _columns(parts)
        report.totals[form] = [number for t in parts for number, _ in t.table.totals]
        report.changes[form] = _changes(parts, figures(report.township_code or "", form, period).get(shift_period(period, -1)))
