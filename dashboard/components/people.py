"""Accounts: the list, a new one, a new password, closing and opening again."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.access import require
from dashboard.cached import find_catalog, find_whole, slow_work
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.plain import plain
from dashboard.components.table import show_table
from pipelines.access.accounts import PLACED, Account, add_account, list_accounts, reset_password, set_disabled
from pipelines.access.model import ROLES, Person
from pipelines.catalog.places import Tree
from pipelines.faults import UserError
from pipelines.home import find_home

MEANING = {
    "leader": "看所管地方的所有页面，不改任何数据",
    "county_clerk": "催报、审核、退回，可以代任何乡镇上报，可以看到姓名",
    "township_clerk": "只看、只报自己的乡镇",
    "admin": "管账号、数据版本和操作记录，能看页面，不改业务数据",
}


def _state(account: Account) -> str:
    if account.disabled:
        return light_html("none", "已停用")
    return light_html("amber", "待改初始密码") if account.must_change else light_html("green", "正常")


def _rows(accounts: list[Account]) -> list[list[str]]:
    places = find_whole().places.places
    return [
        [escape(a.person.account), escape(a.person.name), ROLES[a.person.role], place.name if (place := places.get(a.person.township_code or a.person.place_code or "")) else "—",
         escape(a.external or "—"), f"{a.created_at:%Y-%m-%d}", _state(a)]
        for a in accounts
    ]  # fmt: skip


def _tell(words: str, password: str | None = None) -> None:
    st.session_state["people_told"] = (words, password)
    st.rerun()


def _show_told() -> None:
    words, password = st.session_state.pop("people_told", ("", None))
    if words:
        st.success(plain(words))
    if password:
        st.code(password, language=None)
        st.caption("初始密码只显示这一次，请当面或打电话告诉本人；第一次登录时会要求修改。")


def _choose_place(tree: Tree) -> str | None:
    """Whose subtree the account sees; None for all."""
    codes = [p.code for p in tree.above()]
    chosen = st.selectbox("能看的地方（连同下级）", codes, format_func=lambda code: plain(" › ".join(p.name for p in tree.path(code))), key="new_place")
    return None if chosen == tree.root.code else chosen


def _add() -> None:
    catalog = find_catalog()
    townships, tree = {t.name: t.code for t in catalog.county.townships}, find_whole().places
    role = st.selectbox("角色", list(ROLES), format_func=ROLES.get, key="new_role")
    st.caption(MEANING[role])
    with st.form("new_account", clear_on_submit=False, border=False):
        township = st.selectbox("乡镇", list(townships), key="new_township") if role == "township_clerk" else None
        place = _choose_place(tree) if role in PLACED and tree.is_deep() else None
        name = st.text_input("账号（登录用，拼音、工号都可以）", max_chars=40, key="new_name")
        shown = st.text_input("姓名或称呼", max_chars=40, key="new_shown")
        external = st.text_input("统一身份认证里的名称（没有就留空）", max_chars=80, key="new_external")
        if not st.form_submit_button("新增账号", type="primary"):
            return
    by = require("manage")
    with slow_work():
        first = add_account(find_home(), name, role, name=shown, township_code=townships.get(township or ""), place_code=place, external=external or None, by=by.account)
    _tell(f"已新增{ROLES[role]}账号“{name}”，初始密码：", first)


def _change(accounts: list[Account]) -> None:
    chosen = st.selectbox("账号", [a.person.account for a in accounts], key="changed_account")
    account = next(a for a in accounts if a.person.account == chosen)
    sure = st.checkbox(plain(f"确定要改 {chosen}"), key=f"sure {chosen}")
    left, right = st.columns(2)
    if left.button("重设密码", disabled=not sure):
        by = require("manage")
        with slow_work():
            first = reset_password(find_home(), chosen, by.account)
        _tell(f"“{chosen}”的密码已重设，原来的登录已全部退出。新密码：", first)
    if right.button("恢复使用" if account.disabled else "停用账号", disabled=not sure):
        by: Person = require("manage")
        set_disabled(find_home(), chosen, not account.disabled, by.account)
        _tell(f"“{chosen}”已恢复使用。" if account.disabled else f"“{chosen}”已停用，打开着的页面也已退出。")


def show_people() -> None:
    """The list, and beside it what can be done."""
    _show_told()
    accounts = list_accounts(find_home())
    if accounts:
        show_table(["账号", "姓名或称呼", "角色", "乡镇", "统一身份", "建立日期", "状态"], _rows(accounts), text=(0, 1, 2, 3, 4, 5, 6))
    else:
        st.html('<div class="lead">新增第一个账号以后，打开看板就要登录。请先新增一个系统管理员，记下初始密码。</div>')
    left, right = st.columns(2, gap="large")
    try:
        with left:
            show_section("新增账号")
            _add()
        with right:
            if accounts:
                show_section("重设密码、停用和恢复")
                _change(accounts)
    except UserError as fault:
        st.warning(plain(f"{fault.message}{fault.remedy}"))
