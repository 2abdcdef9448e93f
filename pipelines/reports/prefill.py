"""What last month's stock forms hold, ready to stand in the next template."""

from __future__ import annotations

from datetime import date

from pipelines.catalog.model import Catalog
from pipelines.warehouse.reader import Reader

_LATEST = """select {columns} from "{form}" where township_code = $code
and period = (select max(period) from "{form}" where township_code = $code and period < $period) order by source_sheet, source_row"""
MONTH_ONLY = ("new_members", "left_members")  # they tell of one month and are never carried over


def read_stock_rows(reader: Reader, catalog: Catalog, township_code: str, period: date) -> dict[str, list[dict]]:
    """Form key -> rows of the newest month before this one, for the forms that are carried over; closed issues stay behind."""
    if reader.release is None:
        return {}
    rows = {}
    for form in catalog.forms:
        if form.nature != "stock" or form.key == "monthly":
            continue
        names = [c.key for c in form.columns if c.stored and c.key not in MONTH_ONLY]
        sql = _LATEST.format(form=form.key, columns=", ".join(f'"{n}"' for n in names))
        found = [dict(zip(names, row, strict=True)) for row in reader.rows(sql, {"code": township_code, "period": period})]
        rows[form.key] = [r for r in found if r.get("status") != "已完成"] if form.key == "issues" else found
    return rows
