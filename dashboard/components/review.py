"""One township's month on the county's desk: what it says, what changed, what was doubted and explained; approve it or return it."""

from __future__ import annotations

import re
from html import escape

import pandas
import streamlit as st

from dashboard.access import require
from dashboard.cached import find_catalog, find_reader, query_month, slow_work
from dashboard.components.page import show_section
from dashboard.components.plain import plain
from dashboard.components.state import SHORT, state_html
from dashboard.components.table import show_table, word
from dashboard.components.told import tell_and_redraw
from dashboard.components.versions import show_versions
from dashboard.selection import Selection
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.numbers import figure, is_missing
from pipelines.warehouse.decision import ACTIONS, Cell
from pipelines.workflow.review import approve, return_submission

ORDER = ("resubmitted", "submitted", "returned", "approved", "locked", "missing")
_LINE = re.compile(r"\s*(?P<sheet>[^!！]+)[!！]\s*(?P<cell>[A-Za-z]{1,3}[0-9]{1,7})[\s,，:：=]*(?P<note>.*)")
CHANGES = 12


def read_cells(text: str) -> list[Cell]:
    """`工作表!C7 说明` a line; UserError that names the first line which is none."""
    cells = []
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _LINE.fullmatch(line)
        if not found:
            raise UserError(f"“{line}”看不懂。", "每行写一处：工作表!单元格 说明，例如 帮扶救助台账!H4 金额与发放表不符。")
        cells.append(Cell(found["sheet"].strip(), found["cell"].upper(), found["note"].strip()))
    return cells


def _changes(selection: Selection, code: str) -> None:
    rows = query_month(selection, "month_changes", township=code)
    if rows.empty:
        show_section("与上月相比没有可比的变化", "上月没有报，或各项都没有变")
        return
    shown = [[escape(r.name), " ".join(figure(float(r.before), _unit(r))), " ".join(figure(float(r.now), _unit(r)))] for r in rows.head(CHANGES).itertuples(index=False)]
    show_section(f"与上月相比，{len(rows)} 项有变化", f"变化大的在前，最多列 {CHANGES} 项")
    show_table(["指标", "上月", "本月"], shown)


def _unit(row: object) -> str:
    return "%" if row.kind == "ratio" and row.unit in ("%", "") else row.unit


def _where(row: object) -> str:
    if is_missing(row.sheet):
        return "整个文件"
    return escape(row.sheet) if is_missing(row.cell) else f"{escape(row.sheet)} {escape(row.cell)}"


def _warnings(rows: pandas.DataFrame) -> None:
    if rows.empty:
        show_section("没有需要核对的提示", "报送时没有发现疑点")
        return
    explained = int(rows.explanation.notna().sum())
    show_section(f"{len(rows)} 处提示，乡镇说明了 {explained} 处", "提示不影响入库，请看说明是否合理")
    show_table(["位置", "提示", "乡镇的说明"],
               [[_where(r), escape(r.message), word(r.explanation)] for r in rows.itertuples()], text=(0, 1, 2))  # fmt: skip


def _history(selection: Selection, code: str) -> None:
    rows = query_month(selection, "decisions_of_month", township=code)
    if len(rows):
        show_section("办理经过", "新的在前")
        table = [[f"{r.decided_at:%Y-%m-%d %H:%M}", escape(r.decided_by), ACTIONS[r.action], word(r.submission_id), word(r.reason)] for r in rows.itertuples()]
        show_table(["时间", "经办", "办理", "回执号", "原因"], table, text=(0, 1, 2, 3, 4))


def _decide(row: object, warnings: pandas.DataFrame) -> None:
    if row.state in ("missing", "locked"):
        return
    show_section("审核", "退回后还可以再通过，通过后还可以再退回；锁定以后才不能改")
    if row.state != "approved" and st.button(f"审核通过：{row.township}", type="primary", key=f"approve {row.submission_id}"):
        by = require("review").account
        with st.spinner("正在登记……"), slow_work():
            approve(find_home(), find_catalog(), [row.submission_id], by)
        tell_and_redraw("returns", f"{row.township}月报已审核通过。")
    with st.form(f"return {row.submission_id}", border=False):
        reason = st.text_area("退回原因（乡镇看得到）", max_chars=500, height=80)
        places = {f"{w.sheet}!{w.cell}　{w.message}": Cell(w.sheet, w.cell, w.message) for w in warnings.itertuples() if not (is_missing(w.sheet) or is_missing(w.cell))}
        picked = st.multiselect("要改的单元格：从提示里选", list(places), placeholder="可以不选") if places else []
        typed = st.text_area("要改的单元格：自己写，每行一处", placeholder="帮扶救助台账!H4 金额与发放表不符", height=80)
        if st.form_submit_button(f"退回修改：{row.township}"):
            by = require("review").account
            cells = [*(places[p] for p in picked), *read_cells(typed)]
            with st.spinner("正在退回……"), slow_work():
                return_submission(find_home(), find_catalog(), row.submission_id, reason, cells, by)
            tell_and_redraw("returns", f"已退回{row.township}，原因和单元格乡镇都看得到。")


def show_review(rows: pandas.DataFrame, selection: Selection, may: bool) -> None:
    """The queue and the chosen one; `may` says whether the visitor decides."""
    queue = sorted(rows.itertuples(), key=lambda r: (ORDER.index(r.state), r.township_code))
    names = {f"{r.township}　{SHORT[r.state]}": r for r in queue if r.state != "missing"}
    waiting = sum(r.state in ("submitted", "resubmitted") for r in queue)
    show_section(f"{waiting} 份等待审核" if waiting else "没有等待审核的月报", "选一个乡镇查看；重报的在前")
    if not names:
        return
    row = names[st.selectbox("乡镇", list(names), key="review_place", label_visibility="collapsed")]
    links = f'<a class="plain" href="/files/original/{row.submission_id}" download>下载原表</a>' if may else ""
    st.html(f'<div class="lead">{state_html(row)}　第 {row.versions} 次报送，{row.received_at:%Y-%m-%d %H:%M} 收到，{row.forms} 张表　{links}</div>')
    if row.correction:
        st.html(f'<div class="note">订正原因：{escape(row.correction)}</div>')
    warnings = query_month(selection, "warnings_of", township=row.township_code)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _warnings(warnings)
        _changes(selection, row.township_code)
        show_versions(find_reader(), find_catalog(), query_month(selection, "versions_of_month", township=row.township_code))
    with right:
        if may:
            try:
                _decide(row, warnings)
            except UserError as fault:
                st.warning(plain(f"{fault.message}{fault.remedy}"))
        _history(selection, row.township_code)
