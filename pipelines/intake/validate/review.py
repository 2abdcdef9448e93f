"""The review rules that compare a whole form with another form, with last month, with last year; their data stand in `rules.toml`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from pipelines.catalog.keys import FORM_OPERATORS
from pipelines.catalog.model import Form, Rule
from pipelines.catalog.period import format_period, name_period, shift_period
from pipelines.faults import Problem
from pipelines.intake.sheet import Typed, address

Figures = dict[date, dict[str, Decimal]]  # month -> column -> total; "rows" counts them
NUMBERS = ("count", "money", "decimal")
TEN_THOUSAND = (Decimal(3000), Decimal(30_000))  # how far off a slip between 元 and 万元 puts a total
MONTHS_BACK = 6
FEW_ROWS = 3


@dataclass(frozen=True, slots=True)
class Month:
    """What the form rules look at: the typed forms of the upload, its month, and the totals of earlier months by form."""

    forms: dict[str, list[Typed]]
    period: date
    figures: Callable[[str], Figures]


def total_figures(form: Form, rows: list[dict]) -> dict[str, Decimal]:
    """The totals of a form's number columns, and its rows."""
    totals = {c.key: Decimal(sum([r.get(c.key) or 0 for r in rows])) for c in form.columns if c.type in NUMBERS}
    return totals | {"rows": Decimal(len(rows))}


def _rows(month: Month, form: str) -> list[dict]:
    return [row for typed in month.forms.get(form, []) for row in typed.rows]


def _unit(form: Form, rule: Rule) -> str:
    """The unit of the rule's column as it follows a figure, ` 元`."""
    unit = next((c.unit for c in form.columns if c.key == rule.left), "")
    return f" {unit}" if unit else ""


def _change(rule: Rule, now: dict[str, Decimal], then: dict[str, Decimal] | None, when: date, unit: str) -> str:
    before, value = (then or {}).get(rule.left), now[rule.left]
    if not before:
        return ""
    share = (value - before) / before
    told = f"：{name_period(when)}是 {before.normalize():f}{unit}，本月是 {value.normalize():f}{unit}。"
    if rule.operator == "change_within":
        return told if abs(share) > Decimal(rule.value) else ""
    factor = Decimal(rule.value)
    return told if value and not 1 / factor < value / before < factor else ""


def _magnitude(rule: Rule, now: dict[str, Decimal], figures: Figures, period: date) -> str:
    past = [f[rule.left] for m, f in figures.items() if shift_period(period, -MONTHS_BACK) <= m < period and f.get(rule.left)]
    value = now[rule.left]
    if len(past) < FEW_ROWS or not value:
        return ""
    usual = median(past)
    low, high = TEN_THOUSAND
    if low <= value / usual <= high or low <= usual / value <= high:
        return f"：前几个月一般是 {usual.normalize():f} 元，本月是 {value.normalize():f} 元。"
    return ""


def _breach(rule: Rule, month: Month, now: dict[str, Decimal], rows: list[dict], unit: str) -> str:
    """How the month breaks the rule, as the end of its sentence; empty when it does not."""
    figures, last, year = month.figures(rule.form), shift_period(month.period, -1), shift_period(month.period, -12)
    if rule.operator == "change_within":
        return _change(rule, now, figures.get(last), last, unit)
    if rule.operator == "year_change_within":
        return _change(rule, now, figures.get(year), year, unit)
    if rule.operator == "magnitude":
        return _magnitude(rule, now, figures, month.period)
    if rule.operator == "not_copied":
        same = any(v for k, v in now.items() if k != "rows") and now == figures.get(last)
        return f"（{name_period(last)}，{len(rows)} 行）。" if same and len(rows) >= FEW_ROWS else ""
    if rule.operator == "not_all_equal":
        both = [(r.get(rule.left), r.get(rule.right)) for r in rows if r.get("has_union") is not False]
        return "。" if len(both) >= FEW_ROWS and all(a == b and a for a, b in both) else ""
    if rule.operator == "expected_in":
        return "。" if format_period(month.period) in rule.value.split(",") and not now[rule.left] else ""
    return _between_forms(rule, month, now, rows, unit)


def _between_forms(rule: Rule, month: Month, now: dict[str, Decimal], rows: list[dict], unit: str) -> str:
    if rule.operator == "text_denies":
        open_issues = [r for r in _rows(month, rule.right) if rule.value in str(r.get("problem") or "") and r.get("status") != "已完成"]
        return f"：“{open_issues[0]['problem']}”。" if open_issues and rows and all(r.get(rule.left) for r in rows) else ""
    item = next((r["value"] for r in _rows(month, "monthly") if r.get("indicator_code") == rule.right and r.get("value") is not None), None)
    return f"：合计 {now[rule.left].normalize():f}{unit}，月报里是 {item.normalize():f}{unit}。" if item is not None and now[rule.left] > item else ""


def check_month(month: Month) -> Iterator[Problem]:
    """Every form rule that the upload breaks, at the header of the rule's column."""
    for parts in month.forms.values():
        form, table = parts[0].table.form, parts[0].table
        found = {key for typed in parts for key in typed.table.columns}  # a column that is not there has no total, not a total of 0
        rules = [r for r in form.rules if r.operator in FORM_OPERATORS and (r.left in found or r.operator == "not_copied")]
        rows = _rows(month, form.key) if rules else []
        now = total_figures(form, rows)
        for rule in rules:
            if ending := _breach(rule, month, now, rows, _unit(form, rule)):
                cell = address(table.columns.get(rule.left, min(table.columns.values())), table.header_row)
                severity = "warning" if rule.severity == "explain" else rule.severity
                yield Problem(rule.operator, severity, table.sheet.name, cell, rule.left, None, f"{rule.message}{ending}", rule.instruction, rule.severity == "explain")
