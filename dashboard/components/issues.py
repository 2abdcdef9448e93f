"""Problems with cause, measure, owner and date as a table: on 问题与计划 for all, on 乡镇画像 for one township."""

from __future__ import annotations

import pandas
import streamlit as st

from dashboard.charts.bars import stacked_figure
from dashboard.charts.theme import colours
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.figure_link import link_html, row_address
from dashboard.components.light import light_html
from dashboard.components.table import day, show_table, show_twin, word
from dashboard.figures import month_label
from dashboard.selection import Selection
from pipelines.catalog.period import name_period

SHOWN = 40
HEADS = ["乡镇", "问题", "领域", "原因与措施", "责任岗位", "期限", "状态", "登记于", "出处"]


def state_html(row: object) -> str:
    """`■ 逾期 31 天`, `● 按期完成`, `▲ 迟 12 天完成`, 未到期."""
    if row.done:
        return light_html("amber", f"迟 {row.late_days} 天完成") if row.late_days else light_html("green", "按期完成")
    return light_html("red", f"逾期 {row.overdue_days} 天") if row.overdue_days else f"{word(row.status)}，未到期"


def spread_plans(rows: pandas.DataFrame) -> pandas.DataFrame:
    """One row per month from the first to the last in which plans are due, with how many were done in time, done late, are overdue, and are not due yet."""
    told = pandas.DataFrame({
        "month": pandas.to_datetime(rows.due).dt.to_period("M").dt.to_timestamp(), "按期完成": rows.done & (rows.late_days == 0),
        "迟完成": rows.late_days > 0, "逾期没完成": rows.overdue_days > 0, "没有到期": ~rows.done & (rows.overdue_days == 0),
    })  # fmt: skip
    wide = told.groupby("month").sum().astype(int)
    return wide.reindex(pandas.date_range(wide.index.min(), wide.index.max(), freq="MS", name="month"), fill_value=0)


def show_plans(rows: pandas.DataFrame, title: str) -> None:
    """Plans by the month in which they are due, done and not done."""
    wide, tone = spread_plans(rows), colours(is_dark())
    tones = (tone["bar"], tone["muted"], tone["red"], tone["blue"])
    chart = stacked_figure([month_label(m) for m in wide.index], {name: wide[name].tolist() for name in wide}, unit="项", dark=is_dark(), tones=tones)
    show_chart(chart, title, "整改措施，项，按计划完成的月份", "issue_plans")
    show_twin(wide.reset_index().assign(month=[f"{m:%Y-%m}" for m in wide.index]), {"month": "计划完成月份", **{n: f"{n}（项）" for n in wide}}, "各月到期的计划")


def show_issues(rows: pandas.DataFrame, selection: Selection, one_place: bool) -> None:
    """The rows of `issues_log.sql` in their order; without the township's column where there is only one."""
    if rows.empty:
        st.html('<div class="note">没有这样的问题。</div>')
        return
    table = [
        [word(r.township), word(r.problem), word(r.domain), f"原因：{word(r.cause)}<br>措施：{word(r.measure)}", word(r.owner), day(r.due), state_html(r),
         f'<span class="day">{name_period(r.since)}</span>', link_html(f"第 {r.source_row} 行", row_address(selection, "issues", "", r))]
        for r in rows.head(SHOWN).itertuples()
    ]  # fmt: skip
    cut = 1 if one_place else 0
    show_table(HEADS[cut:], [row[cut:] for row in table], text=tuple(range(len(HEADS) - cut)))
    if len(rows) > SHOWN:
        st.caption(f"另有 {len(rows) - SHOWN} 个，请到“明细导出”查看问题与计划。")
