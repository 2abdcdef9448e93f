"""Workbooks that keep a year: the sheets of other months are left aside, by name, never mixed in."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from pipelines.catalog.names import fold
from pipelines.catalog.period import name_period
from pipelines.faults import Problem
from pipelines.intake.locate.identity import title_period
from pipelines.intake.sheet import Located

_MONTH = re.compile(r"(?<![\d])(1[0-2]|0?[1-9])月(?!\d)")


def own_period(table: Located, year: int | None) -> date | None:
    """The month that a table's sheet says of itself, in its name or above the header; a month alone is one of the given year."""
    texts = [table.sheet.name, *(c for n, row in table.sheet.rows[:12] if n < table.header_row for c in row if isinstance(c, str) and c)]
    if said := next(filter(None, map(title_period, texts)), None):
        return said
    found = _MONTH.search(fold(table.sheet.name))
    return date(year, int(found[1]), 1) if found and year else None


def _ask_month(tables: list[Located]) -> list[Problem]:
    """One error where nothing names the month and the sheets bring several of one form."""
    said: dict[str, dict[date, str]] = {}
    for table in tables:
        if period := own_period(table, None):
            said.setdefault(table.form.key, {})[period] = table.sheet.name
    months = max(said.values(), key=len, default={})
    if len(months) < 2:
        return []
    named = "、".join(name_period(m) for m in sorted(months))
    return [Problem("several_months", "error", None, None, "period", named, f"文件里有 {len(months)} 个月的表（{named}），不知道要报哪个月。", "请在上传时选择要报的月份，其他月份的表会放在一边。")]


def leave_aside(tables: list[Located], wanted: date | None) -> tuple[list[Located], list[Problem]]:
    """The tables of the wanted month, and a warning for each sheet of another one.

    A table of another month whose form no other table brings stays: that is a wrong title, and told as a contradiction.
    """
    if wanted is None:
        return tables, _ask_month(tables)
    periods = [own_period(t, wanted.year) for t in tables]
    right = Counter(t.form.key for t, p in zip(tables, periods, strict=True) if p in (None, wanted))
    kept, aside = [], {}
    for table, period in zip(tables, periods, strict=True):
        if period not in (None, wanted) and right[table.form.key]:
            aside[table.sheet.name] = period
        else:
            kept.append(table)
    problems = [
        Problem("other_month", "warning", name, None, None, name_period(period), f"工作表“{name}”是{name_period(period)}的，不是{name_period(wanted)}的，没有读入。", "不用处理；要补报那个月，请在上传时选那个月份。")
        for name, period in aside.items()
    ]
    return kept, problems
