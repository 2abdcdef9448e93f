"""报送与审核: who has not reported, what is to be reviewed, and the words to send."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas
import streamlit as st

from dashboard.access import require, visitor
from dashboard.cached import find_catalog, find_reader, query_month, slow_work
from dashboard.components.cards import Card, show_cards
from dashboard.components.page import open_page, show_finding, show_section
from dashboard.components.review import show_review
from dashboard.components.state import LEGEND, SHORT, state_html
from dashboard.components.table import show_table
from dashboard.components.told import show_told, tell_and_redraw
from dashboard.place import is_looking
from dashboard.selection import Selection
from pipelines.home import find_home
from pipelines.reports.numbers import is_missing, name_few
from pipelines.workflow.reminders import read_reminders
from pipelines.workflow.review import approve, lock, remind, unlock

WAITING = ("submitted", "resubmitted")


def _is_early(due: object, today: date | None = None) -> bool:
    """Whether the deadline is not over: nobody is late or missing yet."""
    return not is_missing(due) and pandas.Timestamp(today or date.today()) <= pandas.Timestamp(due)


def finding(rows: pandas.DataFrame, period: date, today: date | None = None) -> str:
    """How many reported, what waits, and who is missing; before the deadline nobody is."""
    missing = rows[rows.state == "missing"].township.tolist()
    returned = rows[rows.state == "returned"].township.tolist()
    waiting = int(rows.state.isin(WAITING).sum())
    parts = [f"{period.month}月已报 {len(rows) - len(missing)} 个"]
    parts += [f"{waiting} 个待审"] if waiting else []
    parts += [f"退回{'、'.join(returned)}"] if returned else []
    if missing and _is_early(rows.due.iloc[0], today):
        return "，".join([*parts, f"其余 {len(missing)} 个还没到期"])
    parts += [f"还差{name_few(missing, '个', 4)}"] if missing else ["全部到齐"]
    return "，".join(parts)


NEAR = 0.9  # of all, as the overview has it for an indicator close to its target


def _light(count: int, total: int, early: bool) -> str | None:
    if early and count < total:
        return None
    return "green" if count == total else "amber" if count >= NEAR * total else "red"


def cards(rows: pandas.DataFrame, today: date | None = None) -> list[Card]:
    """What was due, what came, what came in time, and what was approved, which nobody is judged by; before the deadline by none of them."""
    total = len(rows)
    reported, on_time, passed = (int(mask.sum()) for mask in (rows.state != "missing", rows.on_time, rows.state.isin(("approved", "locked"))))
    rate = lambda n: [("占应报", f"{n / total * 100:.0f}%")] if total else []  # noqa: E731
    due = rows.due.iloc[0] if total else None
    early = _is_early(due, today)
    return [
        Card("应报", str(total), "个", None, [("期限", f"{due.month}月{due.day}日")] if due is not None else []),
        Card("已报", str(reported), "个", _light(reported, total, early), rate(reported)),
        Card("按时报送", str(on_time), "个", _light(on_time, total, early), rate(on_time)),
        Card("审核通过", str(passed), "个", None, rate(passed)),
    ]


def board_title(rows: pandas.DataFrame, today: date | None = None) -> str:
    """How often somebody was late or missing; whose deadline is not over is neither."""
    missing, early = rows.state == "missing", rows.due.map(lambda due: _is_early(due, today))
    waiting = int((missing & early).sum())
    text = f"{rows.period.nunique()} 个月里迟报 {int((rows.status == 'late').sum())} 次，未报 {int((missing & ~early).sum())} 次"
    return text + (f"，还没到期 {waiting} 次" if waiting else "")


def _board(rows: pandas.DataFrame, selection: Selection) -> None:
    months = sorted(rows.period.unique(), reverse=True)  # the newest beside the names, where a phone shows it
    cells = {(r.township, r.period): r for r in rows.itertuples()}
    heads = ["乡镇", *(f"<b>{pandas.Timestamp(m).month}月</b>" if pandas.Timestamp(m).date() == selection.period else f"{pandas.Timestamp(m).month}月" for m in months)]
    table = [[escape(name), *(state_html(cells[name, m], short=True) if (name, m) in cells else "" for m in months)] for name in dict.fromkeys(rows.township)]
    show_section(board_title(rows), LEGEND)
    show_table(heads, table, text=tuple(range(len(heads))))


def _units(rows: pandas.DataFrame) -> None:
    """How many monthly reports of each place below are there; they are reviewed in the county."""
    short = int((rows.units - rows.units_reported).sum())
    show_section(f"下面 {int(rows.units.sum())} 份月报{f'还差 {short} 份' if short else '都到了'}", "审核、退回、催报在县里做，从页面上方选到县")
    table = [[escape(r.township), str(r.units), str(r.units_reported), str(r.units - r.units_reported) if r.units > r.units_reported else "—"] for r in rows.itertuples()]
    show_table(["乡镇", "应报（份）", "已报（份）", "还差（份）"], table)


def _reminders(selection: Selection) -> None:
    told = read_reminders(find_reader(), find_catalog(), selection.period)
    if not told.each:
        show_section("没有要催的乡镇", "全部已报，也没有退回未改的")
        return
    show_section(f"催报 {len(told.each)} 个乡镇", "点右上角复制，贴到微信群或短信")
    st.code(told.everyone, language=None, wrap_lines=True)
    with st.expander("分别发给每个乡镇"):
        for reminder in told.each:
            st.caption(reminder.township)
            st.code(reminder.text, language=None, wrap_lines=True)
    if visitor().may("review") and st.button("记为已催报", key="remind"):
        by = require("review").account
        with st.spinner("正在登记……"), slow_work():
            remind(find_home(), find_catalog(), [r.township_code for r in told.each], selection.period, by)
        tell_and_redraw("returns", f"已登记催报 {len(told.each)} 个乡镇。")


def _act(label: str, key: str, words: str, work) -> None:
    """A button for many at once, behind a tick."""
    sure = st.checkbox("我确定", key=f"{key} sure")
    if st.button(label, key=key, disabled=not sure):
        by = require("review").account
        with st.spinner("正在处理……"), slow_work():
            work(by)
        del st.session_state[f"{key} sure"]
        tell_and_redraw("returns", words)


def _bulk(rows: pandas.DataFrame, selection: Selection) -> None:
    clean = rows[rows.state.isin(WAITING) & (rows.open_warnings == 0)]
    passed, locked = rows[rows.state == "approved"], rows[rows.state == "locked"]
    left, right = st.columns(2, gap="large")
    with left:
        show_section(f"{len(clean)} 份没有提示，可以一起通过", "、".join(clean.township) or "没有")
        if len(clean):
            _act(f"通过这 {len(clean)} 份", "approve_clean", f"已通过 {len(clean)} 份。", lambda by: approve(find_home(), find_catalog(), clean.submission_id.tolist(), by))
    with right:
        show_section(f"{len(passed)} 个已通过，可以锁定", "上报以后锁定，乡镇不能再改；要改先解锁")
        if len(passed):
            _act(f"锁定这 {len(passed)} 个", "lock_all", f"已锁定 {len(passed)} 个乡镇。", lambda by: lock(find_home(), find_catalog(), passed.township_code.tolist(), selection.period, by))
        if len(locked):
            show_section(f"{len(locked)} 个已锁定", "解锁要写原因，乡镇看得到")
            chosen = st.multiselect("解锁哪些乡镇", locked.township.tolist(), key="unlock_places", placeholder="请选择")
            reason = st.text_input("解锁原因", key="unlock_reason", max_chars=200)
            codes = locked[locked.township.isin(chosen)].township_code.tolist()
            if st.button("解锁", key="unlock", disabled=not (codes and reason.strip())):
                by = require("review").account
                with st.spinner("正在解锁……"), slow_work():
                    unlock(find_home(), find_catalog(), codes, selection.period, reason, by)
                tell_and_redraw("returns", f"已解锁{'、'.join(chosen)}。")


def show() -> None:
    """The month in one sentence, the board, the words to send, and the desk."""
    require("oversee")
    selection = open_page("报送与审核", township=False, readings=False, newest=True)
    if selection is None:
        return
    rows = query_month(selection, "returns_of_month")
    show_finding(finding(rows, selection.period))
    show_told("returns")
    show_cards(cards(rows))
    may = visitor().may("review")
    _board(query_month(selection, "returns_board"), selection)
    if may:
        left, right = st.columns([2, 3], gap="large")
        with left:
            _reminders(selection)
        with right:
            _bulk(rows, selection)
    if is_looking():
        _units(rows)
    else:
        show_review(rows, selection, may)


__all__ = ["SHORT", "cards", "finding", "show"]
