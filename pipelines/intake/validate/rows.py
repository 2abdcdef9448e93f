"""Rules inside one form: required cells, dates of the month, the catalogue's row rules, rows named twice, totals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from pipelines.catalog.keys import ROW_OPERATORS
from pipelines.catalog.model import Column, Form, Rule
from pipelines.catalog.names import fold
from pipelines.catalog.period import name_period, shift_period
from pipelines.faults import Problem
from pipelines.intake.normalise.values import LARGEST
from pipelines.intake.sheet import Typed
from pipelines.intake.validate.shares import check_shares
from pipelines.intake.validate.totals import check_totals


def _problem(typed: Typed, key: str, index: int, code: str, message: str, remedy: str, severity: str = "error") -> Problem:
    column = next((c for c in typed.table.form.columns if c.key == key), None)
    value = typed.rows[index].get(key)
    hidden = column is not None and (column.personal or not column.stored)
    found = None if value is None or hidden else _shown(value)
    return Problem(code, "warning" if severity == "explain" else severity, typed.table.sheet.name, typed.cell(key, index), key, found, message, remedy, severity == "explain")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _unread(row: dict, key: str) -> bool:
    return key in row.get("_unread", ())


def _required(typed: Typed) -> Iterator[Problem]:
    needed = [c for c in typed.table.form.columns if c.required and c.key in typed.table.columns]
    for index, row in enumerate(typed.rows):
        for column in needed:
            if row.get(column.key) is None and column.stored and not _unread(row, column.key):
                yield _problem(typed, column.key, index, "missing_value", f"“{column.header}”漏填了。", _fill_in(column))


def _fill_in(column: Column) -> str:
    if column.choices:
        return f"请从下列内容中选一个：{'、'.join(column.choices)}。"
    return "没有发生的请填 0，有的请填实际数字。" if column.type in ("count", "money") else "请补填。"


def _dates(typed: Typed, period: date) -> Iterator[Problem]:
    end = shift_period(period, 1) - timedelta(days=1)
    for column in typed.table.form.columns:
        if column.type != "date" or column.future or column.key not in typed.table.columns:
            continue
        for index, row in enumerate(typed.rows):
            value = row.get(column.key)
            if value is None:
                continue
            if value > end:
                yield _problem(typed, column.key, index, "date_after_month", f"“{column.header}”写的是 {value}，晚于报送月份的月末 {end}。", "请核对日期；不属于本月的请报到相应月份。")
            elif not column.any_day and value < period:
                yield _problem(typed, column.key, index, "date_outside_month", f"“{column.header}”写的是 {value}，不在{name_period(period)}内。", f"请填 {period} 到 {end} 之间的日期；补报以前月份的，请重报那个月的月报。")


def _triggered(row: dict, rule: Rule) -> bool:
    value = row.get(rule.right)
    return ("true" if value else "false") == rule.value if isinstance(value, bool) else value == rule.value


def _breaks(row: dict, rule: Rule) -> bool:
    left, right = row.get(rule.left), row.get(rule.right)
    if rule.operator == "per_head":
        low, high = map(Decimal, rule.value.split(".."))
        return bool(left) and bool(right) and not low <= Decimal(left) / right <= high
    if rule.operator == "<=":
        return left is not None and right is not None and left > right and right != 0
    if not _triggered(row, rule):
        return False
    if rule.operator == "zero_when":
        return bool(left)
    return (left is None and not _unread(row, rule.left)) or (rule.left == "accident_level" and left == "无")


def _rule_problem(typed: Typed, rule: Rule, index: int) -> Problem:
    form, row = typed.table.form, typed.rows[index]
    left, right = form.column(rule.left).header, form.column(rule.right).header
    if rule.operator == "<=":
        message = f"{rule.message}：“{left}”是 {_shown(row[rule.left])}，“{right}”（{typed.cell(rule.right, index)}）是 {_shown(row[rule.right])}。"
        return _problem(typed, rule.left, index, "more_than", message, rule.instruction or f"请核对“{left}”和“{right}”，改正其中填错的一个。", rule.severity)
    if rule.operator == "per_head":
        each = (Decimal(row[rule.left]) / row[rule.right]).quantize(Decimal("0.01"))
        message = f"{rule.message}：“{left}”{_shown(row[rule.left])} ÷ “{right}”{row[rule.right]} = {each:f}。"
        return _problem(typed, rule.left, index, "per_head", message, rule.instruction, rule.severity)
    code = "not_zero" if rule.operator == "zero_when" else "missing_value"
    remedy = f"请补填“{left}”，或改正“{right}”。" if code == "missing_value" else f"请把“{left}”改为 0，或改正“{right}”。"
    return _problem(typed, rule.left, index, code, f"{rule.message}。", rule.instruction or remedy, rule.severity)


def _rules(typed: Typed) -> Iterator[Problem]:
    for rule in typed.table.form.rules:
        if rule.operator not in ROW_OPERATORS:
            continue
        for index, row in enumerate(typed.rows):
            if _breaks(row, rule):
                yield _rule_problem(typed, rule, index)


def _check_copies(parts: list[Typed]) -> Iterator[Problem]:
    seen: dict[tuple, tuple[int, str]] = {}
    for number, typed in enumerate(parts if len(parts) > 1 else []):
        for index, row in enumerate(typed.rows):
            content = tuple(sorted((k, str(v)) for k, v in row.items() if v is not None))
            key = typed.table.form.columns[0].key
            place = f"{typed.table.sheet.name} {typed.cell(key, index)}"
            other, first = seen.setdefault(content, (number, place))
            if other != number:
                yield _problem(typed, key, index, "repeated_row", f"这一行和 {first} 的一行完全相同，两张表里都有。", "请删掉重复的一行。")


def check_unique(form: Form, parts: list[Typed]) -> Iterator[Problem]:
    """A row named twice in the form's tables, or the same row in two tables, with both places."""
    if not form.unique:
        yield from _check_copies(parts)
        return
    seen: dict[tuple, str] = {}
    for typed in parts:
        for index, row in enumerate(typed.rows):
            name = tuple(fold(str(row.get(k))) for k in form.unique)
            if any(row.get(k) is None for k in form.unique):
                continue
            place = f"{typed.table.sheet.name} {typed.cell(form.unique[0], index)}"
            first = seen.setdefault(name, place)
            if first != place:
                shown = "、".join(str(row[k]) for k in form.unique)
                yield _problem(typed, form.unique[0], index, "repeated_row", f"“{shown}”出现了两次，第一次在 {first}。", "请删掉重复的一行，或改成正确的名称。")


def _unit_slips(typed: Typed) -> Iterator[Problem]:
    """An amount over a thousand times the column's median: most often 万元 and 元 mixed up."""
    for column in typed.table.form.columns:
        values = [r[column.key] for r in typed.rows if r.get(column.key)] if column.type == "money" else []
        bound = 1000 * median(values) if len(values) >= 3 else None
        for index, row in enumerate(typed.rows if bound else []):
            if (row.get(column.key) or 0) > bound:
                shown = f"{row[column.key]:f}"
                message = f"“{column.header}”是 {shown} 元，比本列一般的金额（{bound / 1000:f} 元）大一千倍以上，可能把元和万元弄混了。"
                yield _problem(typed, column.key, index, "unit_slip", message, "请核对金额和单位；没有错的可以不改。", "warning")


def check_nil(typed: Typed) -> Iterator[Problem]:
    """A nil return beside data rows, or a table with neither."""
    table = typed.table
    if table.nil_row and table.rows:
        place = f"{typed.table.range.split(':')[0].rstrip('0123456789')}{table.nil_row}"
        yield Problem("nil_with_data", "error", table.sheet.name, place, None, "零报告", "写了“零报告”，又填了数据行，不知道该按哪个算。", "有数据的请删掉“零报告”一行，没有发生的请删掉数据行。")
    elif not table.rows and not table.nil_row:
        yield Problem("empty_form", "warning", table.sheet.name, table.range.split(":")[0], None, None, f"“{table.form.title}”没有数据行，按未报处理。", "本月没有发生的，请在标题行下面填“零报告”。")


def _sums(typed: Typed) -> Iterator[Problem]:
    """Columns whose cells are each thinkable and whose sum is not."""
    for key in typed.table.columns:
        values = [value for row in typed.rows if isinstance(value := row.get(key), Decimal)]
        if sum(values) > LARGEST:
            header = next((c.header for c in typed.table.form.columns if c.key == key), key)
            yield Problem("out_of_range", "error", typed.table.sheet.name, None, key, f"{sum(values):f}", f"“{header}”一列合计大得不合常理。", "请核对数字和单位（元、万元）后填写。")


def check_rows(typed: Typed, period: date) -> list[Problem]:
    """Every fault inside one table."""
    found = [*check_nil(typed), *check_totals(typed)]
    if typed.table.nil_row and typed.table.rows:
        return found
    return [*found, *_required(typed), *_dates(typed, period), *_rules(typed), *_sums(typed), *check_shares(typed), *_unit_slips(typed)]
