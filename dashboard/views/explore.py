"""明细导出: give me the table."""

from __future__ import annotations

from urllib.parse import urlencode

import pandas
import streamlit as st
from pandas.api.types import is_datetime64_any_dtype

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
from pipelines.reports.pivot import Pivot, build_pivot, list_pivot_columns
from pipelines.reports.table import Selection, build_query, more_tables, table_columns
from pipelines.warehouse.reader import Reader
from pipelines.warehouse.scope import SUPPRESSED

PREVIEW = 200
FILTERS = ("table", "first", "last", "township", "field", "value", "columns")  # in the address
OWN_FILTER = ("period", "township_code")  # columns that are chosen above already
FORMATS = (("csv", "CSV"), ("xlsx", "XLSX"), ("parquet", "Parquet"))
NAMES = {
    "township_code": "乡镇代码", "township": "乡镇", "period": "月份", "submission_id": "回执号", "source_file": "来源文件", "source_sheet": "工作表",
    "source_row": "行", "indicator": "指标", "numerator": "分子", "denominator": "分母", "value": "值", "at_least": "是否下限", "target": "目标",
    "attainment": "完成度", "pace": "按进度应达", "light": "灯", "status": "状态", "received_at": "收到时间", "due": "期限", "on_time": "按时", "versions": "版本数",
    "forms": "表数", "nil_forms": "零报告表数", "union_name": "工会", "standard": "标准", "standard_name": "标准名称", "item": "项目", "item_name": "项目名称",
    "met": "做到", "reported": "已自查", "sort_order": "次序", "severity": "级别", "code": "类别", "sheet": "工作表", "cell": "单元格", "field": "列",
    "found": "写的是", "message": "说明", "remedy": "办法", "position": "第几处", "explanation": "说明的原因", "sequence": "序号", "previous": "前一条指纹", "hash": "指纹", "happened_at": "时间", "actor": "经办", "action": "动作", "subject": "对象", "detail": "说明",
    "state": "审核状态", "resubmissions": "重报次数", "nil_return": "零报告", "supplementary": "补报", "corrected": "订正", "correction": "订正原因", "reminders": "催报次数",
    "reminded_at": "最近催报", "times_returned": "退回次数", "return_reason": "退回原因", "decided_by": "审核人", "decided_at": "审核时间",
    "open_warnings": "待核对处数", "explained_warnings": "已说明处数", "revised": "有订正", "old_value": "原值", "new_value": "现值", "old_numerator": "原分子",
    "new_numerator": "现分子", "old_denominator": "原分母", "new_denominator": "现分母", "reason": "原因", "revised_at": "订正时间", "revised_by": "订正人",
    "id_number_masked": "身份证号（掩码）", "id_number_hash": "身份证号（散列）", "not_applicable": "填了不适用的列", "as_written": "原来的写法",
    "suppressed": "隐去的小数", "indicator_name": "指标名称",
}  # fmt: skip


def column_names(catalog: Catalog, table: str, columns: list[str]) -> dict[str, str]:
    """Column key -> Chinese heading."""
    form = next((f for f in catalog.forms if f.key == table), None)
    headers = {c.key: c.header for c in form.columns} if form else {}
    names = {}
    for key in columns:
        base = key.removesuffix("_at_least")
        names[key] = f"{headers.get(base, base)}（下限）" if base != key and base in headers else headers.get(key) or NAMES.get(key, key)
    return names


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
    columns = table_columns(reader, catalog, table)
    names = column_names(catalog, table, columns)
    periods, code, where, chosen = _filters(catalog, columns, names)
    if periods[0] > periods[1]:
        st.warning("起始月份晚于截止月份，请重新选择。")
        return
    selection = Selection(table, periods, code, where, chosen, release=pinned(), place=seen_place())
    groups, numbers = list_pivot_columns(reader, catalog, selection)
    pivot = choose_pivot(_distinct(column_names(catalog, table, [*groups, *numbers])), groups, numbers)
    _show_rows(reader, catalog, selection, pivot, title, names)
    show_saved(*FILTERS, *KEYS)


def _distinct(names: dict[str, str]) -> dict[str, str]:
    """The headings, with the key behind one that stands for two columns."""
    twice = {n for n in names.values() if list(names.values()).count(n) > 1}
    return {key: f"{name}（{key}）" if name in twice else name for key, name in names.items()}


def _show_preview(frame: pandas.DataFrame, names: dict[str, str]) -> None:
    """The rows with Chinese headings; a day is a day, and only moments have a time."""
    days = [names.get(c, c) for c in frame.columns if is_datetime64_any_dtype(frame[c]) and not c.endswith("_at")]
    config = {name: st.column_config.DateColumn(format="YYYY-MM-DD") for name in days}
    st.dataframe(frame.rename(columns=names), hide_index=True, row_height=35, placeholder="", column_config=config)


def _show_rows(reader: Reader, catalog: Catalog, selection: Selection, pivot: Pivot | None, title: str, names: dict[str, str]) -> None:
    """How many rows, the links to fetch them, and the first of them."""
    sql, parameters = build_pivot(reader, catalog, selection, pivot) if pivot else build_query(reader, catalog, selection)
    more = more_tables(reader, selection)
    total = reader.rows(f"select count(*) from ({sql})", parameters, more)[0][0]
    show_finding(f"“{title}”透视成 {count(total - 1)} 行，另有合计" if pivot and total else f"“{title}”符合条件的有 {count(total)} 行")
    links = "　".join(f'<a class="plain" href="{_address(selection, pivot, e)}" download>下载 {w}</a>' for e, w in FORMATS)
    small = "" if visitor().may("see_personal") else f"1 至 {catalog.small_counts.least - 1} 人的人数留空{'，不计入合计' if pivot else f'，列名记在“{NAMES[SUPPRESSED]}”里'}。"
    what = "透视后的整张表" if pivot else "筛选后的全部行和所选的列"
    st.html(f'<div class="lead">{links}</div><div class="note">下载的就是{what}，列标题用数据库列名；姓名只保留姓。{small}</div>')
    if pivot is None:
        show_personal(catalog, selection, FORMATS)
    if total:
        frame = reader.frame(f"select * from ({sql}) limit {PREVIEW}", parameters, more)
        _show_preview(frame, names | column_names(catalog, selection.table, list(pivot.rows) if pivot else []))
        if total > PREVIEW:
            st.caption(f"只预览前 {PREVIEW} 行。")
    else:
        st.info("没有符合条件的行，请放宽筛选条件。")
