"""明细导出: give me the table."""

from __future__ import annotations

from urllib.parse import urlencode

import pyarrow
import streamlit as st
from pyarrow import types

from dashboard.access import require, visitor
from dashboard.asof import KEY as RELEASE
from dashboard.asof import pinned
from dashboard.cached import find_catalog, find_export_reader, find_reader, is_demo
from dashboard.components.page import EMPTY, show_finding
from dashboard.components.personal import show_personal
from dashboard.components.pivot import KEYS, choose_pivot, pivot_words
from dashboard.components.saved_views import open_saved, show_saved
from dashboard.level_words import say
from dashboard.place import KEY as PLACE
from dashboard.place import seen_place
from dashboard.routes import tables_for
from dashboard.selection import ALL, list_periods, pick, pick_many, write, write_address
from pipelines.catalog.model import Catalog
from pipelines.catalog.period import format_period, name_period
from pipelines.reports.numbers import count
from pipelines.reports.pivot import Pivot, build_pivot, list_pivot_columns, spread_words
from pipelines.reports.table import Selection, build_query, more_tables, table_columns
from pipelines.reports.words import Words, table_words, tell_rows
from pipelines.warehouse.reader import Reader
from pipelines.warehouse.scope import SUPPRESSED

PREVIEW = 200
FILTERS = ("table", "first", "last", "township", "field", "value", "columns")  # in the address
OWN_FILTER = ("period", "township_code")  # columns that are chosen above already
FORMATS = (("csv", "CSV"), ("xlsx", "XLSX"), ("parquet", "Parquet"))


def _filters(catalog: Catalog, columns: list[str], names: dict[str, str]) -> tuple[tuple, str | None, dict[str, str], tuple[str, ...]]:
    months = {name_period(p): p for p in reversed(list_periods())}
    with st.container(key="explore_filters", horizontal=True):
        first = pick("起始月份", list(months), "first", list(months)[max(0, len(months) - 3)])
        last = pick("截止月份", list(months), "last", list(months)[-1])
        own = visitor().township_code
        names_of = [t.name for t in catalog.county.townships if own in (None, t.code)]
        township = pick(say("乡镇"), names_of if own else [ALL, *names_of], "township", format_func=say)
        shown = {names[c]: c for c in columns}
        field = pick("筛选列", ["不筛选", *(n for n, c in shown.items() if c not in OWN_FILTER)], "field")
        value = write("等于", "value", disabled=field == "不筛选")
    chosen = pick_many("只要这些列（不选就是全部列）", list(shown), "columns")
    write_address(*FILTERS)
    code = next((t.code for t in catalog.county.townships if t.name == township), None)
    where = {shown[field]: value} if field in shown and value else {}
    return (months[first], months[last]), code, where, tuple(shown[c] for c in chosen)


def _address(selection: Selection, pivot: Pivot | None, ending: str) -> str:
    first, last = selection.periods
    words = {"period": f"{format_period(first)}..{format_period(last)}", "township_code": selection.township_code or "", **selection.where}
    words |= {"columns": ",".join(selection.columns), RELEASE: selection.release or "", PLACE: selection.place or "", **pivot_words(pivot)}
    return f"/export/{selection.table}.{ending}?" + urlencode({k: v for k, v in words.items() if v})


def show() -> None:
    """A table, its filters, a preview, and the same rows as a file."""
    require("export")
    mark = '<span class="demo">演示数据</span>' if is_demo() else ""
    st.html(f'<div class="topline">明细导出{mark}</div>')
    catalog = find_catalog()
    if find_reader().release is None or not list_periods():
        st.html(EMPTY)
        return
    open_saved()
    titles = tables_for(visitor())
    title = pick("要看的表", list(titles.values()), "table")
    table = next(k for k, t in titles.items() if t == title)
    reader = find_export_reader(visitor(), table, release=pinned())
    words, columns = table_words(catalog, table), table_columns(reader, catalog, table)
    periods, code, where, chosen = _filters(catalog, columns, words.over(columns))
    if periods[0] > periods[1]:
        st.warning("起始月份晚于截止月份，请重新选择。")
        return
    selection = Selection(table, periods, code, where, chosen, release=pinned(), place=seen_place())
    groups, numbers = list_pivot_columns(reader, catalog, selection)
    pivot = choose_pivot(words.over([*groups, *numbers]), groups, numbers)
    _show_rows(reader, catalog, selection, pivot, title, words)
    show_saved(*FILTERS, *KEYS)


def _show_preview(batches: pyarrow.RecordBatchReader, words: Words) -> None:
    """The rows as a workbook has them; a day is a day, and only moments have a time."""
    rows = tell_rows(batches, words).read_all()
    plain = pyarrow.schema([f.with_type(pyarrow.float64()) if types.is_decimal(f.type) else f for f in rows.schema])
    config = {f.name: st.column_config.DateColumn(format="YYYY-MM-DD") for f in rows.schema if types.is_date(f.type)}
    st.dataframe(rows.cast(plain).to_pandas(date_as_object=False), hide_index=True, row_height=35, placeholder="", column_config=config)


def _show_rows(reader: Reader, catalog: Catalog, selection: Selection, pivot: Pivot | None, title: str, words: Words) -> None:
    """How many rows, the links to fetch them, and the first of them."""
    sql, parameters = build_pivot(reader, catalog, selection, pivot) if pivot else build_query(reader, catalog, selection)
    more = more_tables(reader, selection)
    total = reader.rows(f"select count(*) from ({sql})", parameters, more)[0][0]
    show_finding(f"“{title}”透视成 {count(total - 1)} 行，另有合计" if pivot and total else f"“{title}”符合条件的有 {count(total)} 行")
    links = "　".join(f'<a class="plain" href="{_address(selection, pivot, e)}" download>下载 {w}</a>' for e, w in FORMATS)
    small = "" if visitor().may("see_personal") else f"1 至 {catalog.small_counts.least - 1} 人的人数留空{'，不计入合计' if pivot else f'，列名记在“{words.headings[SUPPRESSED]}”里'}。"
    what = "透视后的整张表" if pivot else "筛选后的全部行和所选的列"
    st.html(f'<div class="lead">{links}</div><div class="note">下载的就是{what}，姓名只保留姓。{small}XLSX 和下面看到的一样；CSV、Parquet 供程序使用，用数据库列名和代码。</div>')
    if pivot is None:
        show_personal(catalog, selection, FORMATS)
    if total:
        batches = reader.arrow(f"select * from ({sql}) limit {PREVIEW}", parameters, more)
        _show_preview(batches, spread_words(words, pivot, batches.schema.names) if pivot else words)
        if total > PREVIEW:
            st.caption(f"只预览前 {PREVIEW} 行。")
    else:
        st.info("没有符合条件的行，请放宽筛选条件。")
