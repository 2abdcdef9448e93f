"""The audit record on a page: what was done, by whom, and whether the chain holds."""

from __future__ import annotations

from collections import deque
from html import escape

import streamlit as st

from dashboard.cached import find_catalog, slow_work
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from pipelines.audit.log import ACTIONS, Record, read_records, verify_chain
from pipelines.catalog.period import name_period
from pipelines.home import find_home
from pipelines.reports.numbers import count
from pipelines.reports.record_words import say_detail, say_subject
from pipelines.warehouse.releases import list_audit_heads

SHOWN = 200
ALL = "全部"


def _row(record: Record) -> list[str]:
    event, catalog = record.event, find_catalog()
    place = township.name if (township := catalog.township(event.township_code or "")) else ""
    month = name_period(event.period) if event.period else ""
    return [str(record.sequence), f"{record.happened_at:%Y-%m-%d %H:%M:%S}", escape(event.actor), ACTIONS.get(event.action, event.action), escape(say_subject(event, catalog)),
            f"{place}{month}" or "—", escape(say_detail(event, catalog))]  # fmt: skip


def _show_verdict() -> None:
    with slow_work():
        verdict = verify_chain(find_home(), list_audit_heads(find_home()))
    if verdict.fault:
        st.html(light_html("red", f"记录被动过：{escape(verdict.fault)}请维护人员用备份核对。"))
        return
    st.html(light_html("green", f"共 {count(verdict.count)} 条，前后相连，没有被改动过"))
    if verdict.note:
        st.caption(verdict.note)
    st.caption(f"最新一条的指纹：{verdict.head}。抄下它，以后用 verify-audit --head 可以证明后来没有人删改过。")


def show_record() -> None:
    """The newest events that fit, and the way to all of them as a file."""
    _show_verdict()
    with st.container(key="record_filters", horizontal=True):
        action = st.selectbox("做了什么", [ALL, *ACTIONS.values()], key="record_action")
        actor = st.text_input("谁", key="record_actor", placeholder="账号")
        subject = st.text_input("对什么", key="record_subject", placeholder="文件名、表名或账号")
    fits = (r for r in read_records(find_home())
            if action in (ALL, ACTIONS.get(r.event.action)) and actor.strip().casefold() in r.event.actor.casefold() and (subject.strip() in r.event.subject or subject.strip() in say_subject(r.event, find_catalog())))  # fmt: skip
    with slow_work():
        newest = list(deque(fits, SHOWN))
    show_section(f"最近 {len(newest)} 条", f"新的在前，最多列 {SHOWN} 条；全部记录请下载")
    st.html('<a class="plain" href="/export/audit.csv" download>下载全部记录（CSV）</a>　<a class="plain" href="/export/audit.xlsx" download>下载全部记录（XLSX）</a>')
    if newest:
        show_table(["序号", "时间", "谁", "做了什么", "对什么", "乡镇和月份", "说明"], [_row(r) for r in reversed(newest)], text=(1, 2, 3, 4, 5, 6))
    else:
        st.info("没有符合条件的记录。")
