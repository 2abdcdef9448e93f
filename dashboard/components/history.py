"""Every upload of a township, with its receipt and its original."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cached import find_catalog, find_reader, query
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from dashboard.components.versions import show_versions
from pipelines.access.accounts import list_accounts
from pipelines.catalog.period import name_period
from pipelines.home import find_home


def show_history(township_code: str) -> None:
    """The newest uploads, and what two of the same month say differently."""
    rows = query("versions", township=township_code)
    if rows.empty:
        show_section("还没有报送过", "第一次报送以后，每一次的原表和回执都列在这里")
        return
    show_section("历次报送", "最近 24 份；沿用表数是现在仍在使用的表，指纹可以核对原表没有变过")
    people = {a.person.account: a.person.name for a in list_accounts(find_home())}
    table = [
        [f'<a class="plain" href="/files/original/{r.submission_id}" download>{r.submission_id}</a>', name_period(r.period), f"{r.received_at:%Y-%m-%d %H:%M}",
         escape(people.get(r.received_by, r.received_by)), escape(r.source_file), str(r.forms_in_force), r.sha256[:12]]
        for r in rows.itertuples()
    ]  # fmt: skip
    show_table(["回执号（下载原表）", "月份", "收到时间", "经办", "文件", "沿用表数", "指纹"], table, text=(0, 1, 2, 3, 4, 6))
    months = [p for p, n in rows.period.value_counts(sort=False).items() if n > 1]
    if months:
        with st.expander("比较同一个月的两次报送"):
            names = {name_period(m): m for m in sorted(months, reverse=True)}
            chosen = names[st.selectbox("月份", list(names), key="compare_month")]
            show_versions(find_reader(), find_catalog(), query("versions_of_month", period=chosen.date(), township=township_code))
