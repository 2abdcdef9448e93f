"""One township's month in a sentence: where it stands, until when, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from dashboard.cached import find_catalog, find_reader, query
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.state import state_html
from dashboard.components.table import show_table
from pipelines.catalog.period import due_date, name_period, shift_period
from pipelines.reports.numbers import is_missing


@dataclass(frozen=True, slots=True)
class Month:
    """A township's month; `row` is its line of `submission_status`, None where nobody has reported that month yet."""

    township_code: str
    township: str
    period: date
    row: object | None

    @property
    def state(self) -> str:
        """Where it stands: a state of `submission_status`."""
        return self.row.state if self.row is not None else "missing"


def month_to_report(today: date | None = None) -> date:
    """The month whose workbook is due now: the last one that is over."""
    return shift_period((today or date.today()).replace(day=1), -1)


def find_month(township_code: str, period: date) -> Month:
    """Where the township's month stands."""
    name = find_catalog().township(township_code).name
    rows = query("returns_of_month", period=period) if find_reader().release else None
    found = [r for r in rows.itertuples() if r.township_code == township_code] if rows is not None else []
    return Month(township_code, name, period, found[0] if found else None)


def _deadline(month: Month) -> str:
    due = due_date(find_catalog(), month.period)
    days = (due - date.today()).days
    left = f"还有 {days} 天" if days > 0 else "就是今天" if days == 0 else f"已过 {-days} 天"
    return f"期限 {due.month}月{due.day}日，{left}"


NEXT = {
    "missing": "下一步：下载预填模板或用自己的表，填好后放到第 1 步；各张台账本月都没有发生的，用下面的“零报告”。",
    "submitted": "下一步：等县总工会审核。发现填错了，把改好的表再报一次就行。",
    "resubmitted": "下一步：等县总工会审核。",
    "returned": "下一步：下载带批注的表，按意见改好，放到第 1 步重新上报。",
    "approved": "这个月的工作完成了。确实要改数的，上报时会请您写明订正原因，原来的数和改后的数都会保留。",
    "locked": "这个月已经上报锁定。要改数，请告诉县总工会，由县总工会解锁或订正。",
}


SAID = {"missing": "还没有报", "submitted": "已报，等待审核", "resubmitted": "已重报，等待审核", "returned": "被退回，请改好再报", "approved": "已审核通过", "locked": "已审核并锁定"}


def headline(month: Month) -> str:
    """`龙坝镇2026年10月月报被退回，请改好再报，期限 11月5日，已过 19 天`."""
    return f"{month.township}{name_period(month.period)}月报{SAID[month.state]}" + (f"，{_deadline(month)}" if month.state in ("missing", "returned") else "")


def show_month(month: Month) -> None:
    """State, what to do next, and the county's remarks where it was returned."""
    light = state_html(month.row) if month.row is not None else light_html("none", "未报")
    told = f"　第 {month.row.versions} 次报送，{month.row.received_at.month}月{month.row.received_at.day}日 {month.row.received_at:%H:%M} 收到" if month.row is not None and month.row.versions else ""
    reminded = f"　县总工会催报过 {month.row.reminders} 次" if month.row is not None and month.row.reminders and month.state in ("missing", "returned") else ""
    st.html(f'<div class="lead">{light}{told}{reminded}</div><div class="note">{NEXT[month.state]}</div>')
    if month.state == "returned":
        _show_remarks(month)


def _show_remarks(month: Month) -> None:
    number = month.row.submission_id
    cells = query("returned_cells", submission=number)
    show_section(f"退回原因：{month.row.return_reason}", f"{month.row.decided_by}，{month.row.decided_at:%Y-%m-%d %H:%M}")
    if len(cells):
        show_table(["工作表", "单元格", "县总工会的意见"], [[escape(c.sheet), escape(c.cell), "见退回原因" if is_missing(c.note) or not c.note else escape(c.note)] for c in cells.itertuples()], text=(0, 1, 2))
    st.html(f'<a class="plain" href="/files/returned/{number}.xlsx" download>下载带批注的表</a>')
