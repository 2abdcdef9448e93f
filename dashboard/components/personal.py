"""The switch 含个人信息 of an export: a reason, then links that work once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.access import require, session_key, visitor
from dashboard.components.plain import plain
from dashboard.grants import SECONDS, give_grant
from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.mark import LONGEST, check_personal, check_reason
from pipelines.reports.table import Selection, find_personal

EXAMPLE = "例如：核对春节慰问金发放名册"
HINT = "理由会写进操作记录和下载的文件，请不要写姓名、电话。"


def _give(catalog: Catalog, selection: Selection, reason: str) -> str:
    person = require("see_personal")
    check_personal(catalog, selection)
    return give_grant(find_home(), session_key(), person.account, replace(selection, personal=True), check_reason(reason))


def show_personal(catalog: Catalog, selection: Selection, formats: Sequence[tuple[str, str]]) -> None:
    """Draws the switch for whoever may see personal data, where the table has any; `formats` are endings and their names."""
    if not visitor().may("see_personal") or not find_personal(catalog, selection.table):
        return
    if not st.toggle("含个人信息（姓名不遮盖）", key="personal"):
        return
    with st.container(key="personal_reason", horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("导出理由", key="reason", max_chars=LONGEST, placeholder=EXAMPLE)
        asked = st.button("生成下载链接", key="grant", type="primary")
    if not asked:
        st.html(f'<div class="note">{HINT}</div>')
        return
    try:
        token = _give(catalog, selection, reason)
    except UserError as fault:
        st.warning(plain(f"{fault.message}{fault.remedy}"))
        return
    links = "　".join(f'<a class="plain" href="/export/{selection.table}.{ending}?grant={token}" download>含个人信息的 {name}</a>' for ending, name in formats)
    st.html(f'<div class="lead">{links}</div><div class="note">链接 {SECONDS:g} 秒内有效，只能用一次，选一种格式；下载会记入操作记录，文件里写明导出人、时间、条件和理由。</div>')
