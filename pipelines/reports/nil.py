"""A nil return without a file: the small workbook that says of every ledger not reported yet that nothing happened."""

from __future__ import annotations

import io
from datetime import date, datetime

import xlsxwriter

from pipelines.catalog.model import Catalog, Form, Township
from pipelines.catalog.period import format_period, name_period
from pipelines.faults import UserError
from pipelines.reports.template import header_text
from pipelines.warehouse.reader import Reader

_REPORTED = "select distinct form from form_load where township_code = $code and period = $period and superseded_by is null"


def list_unreported(reader: Reader, catalog: Catalog, township_code: str, period: date) -> list[Form]:
    """The ledgers that the township has not reported for the month, in the catalogue's order; what stands for itself at month end is not among them."""
    asked = {"code": township_code, "period": period}
    reported = {form for (form,) in reader.rows(_REPORTED, asked)} if reader.release else set()
    return [f for f in catalog.forms if f.nature == "flow" and f.key not in reported]


def nil_name(township: Township, period: date) -> str:
    """The file's name."""
    return f"{township.name}{name_period(period)}零报告.xlsx"


def make_nil(reader: Reader, catalog: Catalog, township: Township, period: date) -> bytes:
    """The workbook, read by `load_bytes` like any other; UserError when every ledger of the month was reported."""
    forms = list_unreported(reader, catalog, township.code, period)
    if not forms:
        message = f"{township.name}{name_period(period)}的各张台账都已报过，没有可以零报告的。"
        raise UserError(message, "要改已报的台账，请上报改正后的表格。")
    target, word = io.BytesIO(), catalog.words["nil"][0]
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": f"{township.name}{name_period(period)}零报告", "created": datetime(period.year, period.month, 1)})
        cover = book.add_worksheet("封面")
        for number, row in enumerate((("填报单位", township.name), ("报送月份", format_period(period)))):
            cover.write_row(number, 0, row)
        for form in forms:
            sheet = book.add_worksheet(form.title)
            sheet.write_string(0, 0, f"{township.name}{form.title}（{name_period(period)}）")
            sheet.write_row(1, 0, [header_text(c) for c in form.columns])
            sheet.write_string(2, 0, word)
    return target.getvalue()
