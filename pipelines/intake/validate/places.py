"""A column beside a form's own that names townships: rows of another township than the file's are an error."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.catalog.model import Catalog, Township
from pipelines.catalog.names import find_township, fold
from pipelines.faults import Problem
from pipelines.intake.sheet import Typed, address

HEADERS = frozenset(["乡镇", "乡镇名称", "所属乡镇", "所在乡镇", "乡(镇)", "乡镇(街道)", "街道(乡镇)"])


def _foreign(catalog: Catalog, typed: Typed, township: Township) -> Iterator[Problem]:
    table = typed.table
    for index, header in table.others:
        if fold(header) not in HEADERS:
            continue
        for number, row in table.rows:
            told = str(row[index]).strip() if index < len(row) else ""
            other = find_township(catalog, told) if told else None
            if other and other.code != township.code:
                message = f"这一行写的是“{told}”，而这份文件是{township.name}的月报。"
                yield Problem("foreign_row", "error", table.sheet.name, address(index, number), None, told, message, f"请只报{township.name}的数据；别的乡镇的行请删掉，由该乡镇自己上报。")


def check_places(catalog: Catalog, forms: dict[str, list[Typed]], township: Township) -> list[Problem]:
    """An error at each row that names another township, once for a sheet's row however many forms read it."""
    found = (p for parts in forms.values() for typed in parts for p in _foreign(catalog, typed, township))
    return list({(p.sheet, p.cell): p for p in found}.values())
