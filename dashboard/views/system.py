"""系统: people and rights, the audit record, releases and the way back."""

from __future__ import annotations

import streamlit as st

from dashboard.access import require, visitor
from dashboard.cached import is_demo
from dashboard.components.catalogue import show_catalogue
from dashboard.components.page import show_finding
from dashboard.components.people import show_people
from dashboard.components.record import show_record
from dashboard.components.releases import show_releases
from pipelines.access.accounts import has_accounts, list_accounts
from pipelines.home import find_home

PARTS = {"账号": ("manage", show_people), "操作记录": ("read_audit", show_record), "数据版本": ("manage", show_releases), "指标目录": ("manage", show_catalogue)}


def _headline() -> str:
    home = find_home()
    if not has_accounts(home):
        return "还没有账号：看板只能在本机打开，不用登录"
    accounts = list_accounts(home)
    closed = sum(a.disabled for a in accounts)
    waiting = sum(a.must_change and not a.disabled for a in accounts)
    return f"共 {len(accounts)} 个账号" + (f"，{waiting} 个还没有改初始密码" if waiting else "") + (f"，{closed} 个已停用" if closed else "")


def show() -> None:
    """One part at a time, remembered in the address."""
    require("manage")
    mark = '<span class="demo">演示数据</span>' if is_demo() else ""
    st.html(f'<div class="topline">系统{mark}</div>')
    show_finding(_headline())
    person = visitor()
    allowed = [name for name, (right, _) in PARTS.items() if person.may(right)]
    part = st.segmented_control("部分", allowed, default=allowed[0], key="part", bind="query-params", label_visibility="collapsed") or allowed[0]
    PARTS[part][1]()
