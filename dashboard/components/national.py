"""The statistical year under the item names of the national return, ready to copy."""

from __future__ import annotations

from contextlib import suppress
from html import escape

import streamlit as st

from dashboard.cached import find_catalog, find_reader
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.selection import Selection
from pipelines.catalog.reading import first_month
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.national.read import NationalReturn, read_national, to_text


def _read(selection: Selection) -> NationalReturn:
    """Of the year that the chosen month stands in; from October to December of the one just ended, which is being returned then."""
    year = first_month("statistical_year", selection.period).year + 1
    told = find_reader(), find_home(), find_catalog(), selection.place_code
    if selection.period.month >= 10:
        with suppress(UserError):
            return read_national(*told, str(year - 1))
    return read_national(*told, str(year))


def show_national(selection: Selection) -> None:
    """The table of the statistical year, and the same as words to copy."""
    found = _read(selection)
    empty = sum(not line.value for line in found.lines)
    show_section(found.title, f"统计年度为上年 10 月 1 日至 9 月 30 日；{len(found.lines)} 项中 {empty} 项没有数可填。项目名称参照公开的年鉴，填报前请与当年正式表核对。")
    rows = [[escape(line.section), escape(line.name), escape(line.unit), line.value or "—", escape(line.remark) or "—"] for line in found.lines]
    show_table(["类别", "项目", "计量单位", "数值", "说明"], rows, text=(0, 1, 2, 4))
    with st.expander("复制到表格：点右上角的复制，再粘贴到 WPS 表格"):
        st.code(to_text(found), language=None)
