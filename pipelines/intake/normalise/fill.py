"""What a table leaves unsaid and the workbook's rules supply: defaults of the register, and what a matrix says of every row."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import fold
from pipelines.catalog.period import shift_period
from pipelines.faults import Problem
from pipelines.intake.sheet import Typed

FILLED = ("date", "employer_kind")  # columns that a matrix may lack


def fill_defaults(typed: Typed) -> None:
    """The two defaults that the workbook knows: one covered unit, and no members where there is no union."""
    if typed.table.form.key != "register":
        return
    for row in typed.rows:
        joint = row.get("employer_kind") == "行业(区域)联合" or "联合" in (row.get("union_name") or "")
        if row.get("covered_units") is None and not joint:
            row["covered_units"] = 1
        if row.get("members") is None and row.get("has_union") is False:
            row["members"] = 0


def _guess_kind(catalog: Catalog, employer: str) -> str:
    return next((kind for kind, endings in catalog.employer_kinds if employer.endswith(endings)), "其他")


def fill_matrix(catalog: Catalog, typed: Typed, period: date, last_register: list[dict]) -> list[Problem]:
    """The constants of a matrix, the month's last day for its dates, and the kind of each employer as last reported or by its name."""
    table = typed.table
    if not table.matrix:
        return []
    last_day = shift_period(period, 1) - timedelta(days=1)
    for row in typed.rows:
        row |= table.constants
        if any(c.key == "date" for c in table.form.columns) and row.get("date") is None:
            row["date"] = last_day
    return _fill_kinds(catalog, typed, last_register) if table.form.key == "register" and "employer_kind" not in table.columns else []


def _fill_kinds(catalog: Catalog, typed: Typed, last_register: list[dict]) -> list[Problem]:
    known = {fold(r["employer"]): r["employer_kind"] for r in last_register if r.get("employer_kind")}
    problems = []
    for index, row in enumerate(typed.rows):
        employer = row.get("employer") or ""
        row["employer_kind"] = known.get(fold(employer)) or _guess_kind(catalog, employer)
        if employer and fold(employer) not in known:
            problems.append(Problem("guessed_kind", "warning", typed.table.sheet.name, typed.cell("employer", index), "employer_kind", employer,
                f"表里没有“单位类型”，按名称把“{employer}”算作“{row['employer_kind']}”。", "不对的请加上“单位类型”一列填写。"))  # fmt: skip
    return problems
