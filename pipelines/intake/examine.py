"""Raw sheets through every step to typed forms and problems; nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipelines.catalog.model import Catalog
from pipelines.faults import Problem
from pipelines.intake.describe import describe
from pipelines.intake.locate.county import catalog_for
from pipelines.intake.locate.headers import learned_for
from pipelines.intake.locate.identity import find_identity, likely_township, read_strong
from pipelines.intake.locate.months import leave_aside
from pipelines.intake.locate.tables import locate_tables
from pipelines.intake.normalise.fill import fill_defaults, fill_matrix
from pipelines.intake.normalise.rows import Reading, type_table
from pipelines.intake.report import FileReport
from pipelines.intake.sheet import Sheet, Typed
from pipelines.intake.stage import build_form
from pipelines.intake.validate.monthly import check_monthly, match_items
from pipelines.intake.validate.places import check_places
from pipelines.intake.validate.review import Figures, Month, check_month
from pipelines.intake.validate.rows import check_rows, check_unique
from pipelines.intake.validate.unions import adopt_spellings, check_unions
from pipelines.warehouse.submission import FormRows


@dataclass(frozen=True, slots=True)
class History:
    """What earlier months say; the default says nothing."""

    last_register: Callable[[str, date], tuple[date, list[dict]] | None] = lambda code, before: None
    monthly_so_far: Callable[[str, date], dict[str, dict[int, Decimal]]] = lambda code, period: {}
    figures: Callable[[str, str, date], Figures] = lambda code, form, period: {}


@dataclass(slots=True)
class Asked:
    """What the caller says about a file: its name, and the township and month if chosen."""

    name: str
    township_code: str | None = None
    period: date | None = None


@dataclass(slots=True)
class Examined:
    """A file's report and, when it holds no error, its forms; `typed` has the same rows as they were read, for tests."""

    report: FileReport
    forms: tuple[FormRows, ...] = ()
    typed: dict[str, list[Typed]] = field(default_factory=dict)


def _file_problem(code: str, message: str, remedy: str) -> Problem:
    return Problem(code, "error", None, None, None, None, message, remedy)


def refuse(asked: Asked, problem: Problem) -> Examined:
    """A file that could not be opened at all."""
    return Examined(FileReport(asked.name, "refused", asked.township_code, asked.period, problems=[problem]))


def _group(parts: list[Typed]) -> dict[str, list[Typed]]:
    forms: dict[str, list[Typed]] = {}
    for typed in parts:
        if typed.rows or typed.table.nil_row:
            forms.setdefault(typed.table.form.key, []).append(typed)
    return forms


def _joined(forms: dict[str, list[Typed]]) -> list[Problem]:
    return [
        Problem("joined", "warning", t.table.sheet.name, t.table.range.split(":")[0], None, None, f"“{t.table.form.title}”有 {len(parts)} 张表，已合在一起读入。", "如果不是同一张表，请分开上报。")
        for parts in forms.values()
        for t in parts[1:]
        if not t.table.matrix
    ]


def _check(catalog: Catalog, parts: list[Typed], code: str, period: date, history: History) -> tuple[dict[str, list[Typed]], list[Problem]]:
    problems: list[Problem] = []
    last = history.last_register(code, period)
    for typed in parts:
        problems += fill_matrix(catalog, typed, period, last[1] if last else [])
        fill_defaults(typed)
        if typed.table.form.key == "monthly":
            problems += match_items(catalog, typed)
        problems += check_rows(typed, period)
    forms = _group(parts)
    problems += _joined(forms)
    for tables in forms.values():
        problems += check_unique(tables[0].table.form, tables)
    for typed in forms.get("monthly", []):
        problems += check_monthly(catalog, typed, history.monthly_so_far(code, period), period)
    problems += check_month(Month(forms, period, lambda form: history.figures(code, form, period)))
    township = catalog.township(code)
    if township:
        adopt_spellings(forms, last[1] if last else [])
        problems += check_unions(forms, last, township, period)
        problems += check_places(catalog, forms, township)
    return forms, problems


def _drop_doubled(problems: list[Problem]) -> None:
    """A cell whose formula gives nothing is no cell that somebody forgot."""
    broken = {(p.sheet, p.cell) for p in problems if p.code in ("error_cell", "uncached_formula")}
    problems[:] = [p for p in problems if p.code not in ("missing_value", "missing_item") or (p.sheet, p.cell) not in broken]


def _place(sheets: list[Sheet]) -> Callable[[Problem], tuple]:
    """Tells where in the file a problem stands: what holds for the whole file or sheet comes before its cells."""
    order = {sheet.name: n for n, sheet in enumerate(sheets)}

    def place(problem: Problem) -> tuple:
        column = (problem.cell or "").rstrip("0123456789")
        row = (problem.cell or "")[len(column) :]
        return (order.get(problem.sheet, -1), int(row or 0), len(column), column)

    return place


def examine(catalog: Catalog, sheets: list[Sheet] | Problem, asked: Asked, id_key: bytes, history: History) -> Examined:
    """Locates, types and checks one workbook; every problem at once, in the order of sheets and rows."""
    if isinstance(sheets, Problem):
        return refuse(asked, sheets)
    catalog = catalog_for(catalog, sheets, asked.name, asked.township_code)
    claims = read_strong(catalog, sheets, asked.name, asked.township_code, asked.period)
    tables, problems = locate_tables(catalog, sheets, learned_for(catalog, likely_township(catalog, sheets, claims)))
    tables, aside = leave_aside(tables, claims.periods[0].value if claims.periods else None)
    problems = [p for p in problems if p.sheet not in {a.sheet for a in aside}] + aside
    who = find_identity(catalog, claims, tables)
    asked_month = any(p.code == "several_months" for p in aside)
    problems += [p for p in who.problems if not (asked_month and p.code == "contradiction" and p.field == "period")]
    report = FileReport(asked.name, "refused", who.township_code, who.period, problems=problems)
    if asked.township_code not in (None, who.township_code):
        history = History()  # the caller may see no other township's months, whatever a cover says; the file is refused anyway
    if not tables and not any(p.severity == "error" and p.code == "no_header" for p in problems):
        problems.append(_file_problem("no_form", "文件里没有找到任何一张月报的表。", "请使用本系统下载的模板，或按规定的列标题制表。"))
    # Without a month the cells are still read, against this month, so that all faults are told at once; the file is refused anyway.
    period = who.period or date.today().replace(day=1)
    reading = Reading(catalog, period, id_key)
    parts = []
    for table in tables:
        typed, faults = type_table(table, reading)
        parts.append(typed)
        problems += faults
    forms, faults = _check(catalog, parts, who.township_code or "", period, history)
    problems += [f for f in faults if who.period or not f.code.startswith("date_")]
    describe(report, forms, history.figures, period)
    if not forms and not any(p.severity == "error" for p in problems):
        problems.append(_file_problem("no_form", "文件里的表都是空的，没有可以上报的内容。", "请填写数据；本月没有发生的，在表里填“零报告”。"))
    _drop_doubled(problems)
    problems.sort(key=_place(sheets))
    if any(p.severity == "error" for p in problems):
        return Examined(report)
    return Examined(report, tuple(build_form(parts) for parts in forms.values()), forms)
