"""The unit of money columns: header beats unit row beats title; two that differ are an error at the header."""

from __future__ import annotations

import re
from unicodedata import normalize

from pipelines.catalog.names import money_unit
from pipelines.faults import Problem
from pipelines.intake.locate.regions import Region
from pipelines.intake.normalise.items import FIGURES, FORM
from pipelines.intake.sheet import Located, address

_MONEY = re.compile(r"(?:^|[\s、,/;:(\[【为以])(亿元|万元|千元|百元|元)(?=$|[\s、,/;。.()\]】为])")
_SUM = re.compile(r"(?<=\d)\s+")  # in `共 5 万元` the unit is the number's


def _title_unit(located: Located, region: Region) -> str:
    """The unit of money that stands by itself above the table: `单位：万元  填报时间：…`, `（万元）`, `经费以万元为单位`."""
    for _, row in located.sheet.rows[region.title : region.header[0]]:
        for cell in row:
            if isinstance(cell, str) and (found := _MONEY.search(_SUM.sub("", normalize("NFKC", cell)))):
                return found[1]
    return ""


def _row_units(located: Located, region: Region) -> dict[str, str]:
    row = next((r for n, r in located.sheet.rows[region.header[1] : region.end] if region.kinds.get(n) == "unit"), None)
    if row is None:
        return {}
    words = {key: money_unit(row[i]) for key, i in located.columns.items() if i < len(row) and isinstance(row[i], str)}
    return {key: word for key, word in words.items() if word}


def apply_units(located: Located, region: Region) -> list[Problem]:
    """Gives each column of money its unit, and the figures of 乡镇月报, which are money in some rows."""
    title, below, problems = _title_unit(located, region), _row_units(located, region), []
    for column in located.form.columns:
        if column.key not in located.columns or not (column.type == "money" or (located.form.key == FORM and column.key in FIGURES)):
            continue
        told = [(where, unit) for where, unit in (("列标题", located.units.get(column.key)), ("单位行", below.get(column.key)), ("表上方", title)) if unit]
        others = [(where, unit) for where, unit in told[1:] if unit != told[0][1]]
        if others:
            cell = address(located.columns[column.key], located.header_row)
            (first, unit), (second, other) = told[0], others[0]
            message = f"“{column.header}”的单位不一致：{first}写的是{unit}，{second}写的是{other}。"
            problems.append(Problem("unit_clash", "error", located.sheet.name, cell, column.key, unit, message, "请改成同一个单位。"))
        if told:
            located.units[column.key] = told[0][1]
    return problems
