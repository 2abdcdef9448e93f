"""Published releases: which is in force, and the way back to an earlier one."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.access import require
from dashboard.cached import slow_work
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.table import show_table
from pipelines.home import find_home
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse.releases import list_releases
from pipelines.workflow.daily import backup_state
from pipelines.workflow.unattended import read_fault

SHOWN = 30


def _show_backups() -> None:
    state = backup_state(find_home())
    light = "red" if state.fault else "green" if state.newest else "none"
    words = state.fault or (f"最近一次 {state.made_at:%Y-%m-%d %H:%M}，共保留 {state.count} 份，写完都核对过" if state.newest else "还没有做过" if state.enabled else "已关闭")
    show_section("自动备份", f"每天一次，放在 {state.folder}")
    st.html(light_html(light, escape(words)))
    for fault in filter(None, (read_fault(find_home(), "delivery"), read_fault(find_home(), "start_up"))):
        st.html(light_html("red", escape(fault)))


def show_releases() -> None:
    """The newest releases, going back to one, and rebuilding from the originals."""
    releases = list(reversed(list_releases(find_home())))
    if not releases:
        st.info("还没有发布版本。第一份月报入库以后，这里就有了。")
        return
    rows = [[r.id, f"{r.published_at:%Y-%m-%d %H:%M}", f"{r.bytes / 1e6:.1f}", light_html("green", "当前") if r.current else "", escape(r.note)] for r in releases[:SHOWN]]
    _show_backups()
    show_section("发布版本", f"每次入库、审核都会发布一个版本；最近 {SHOWN} 个")
    show_table(["版本", "发布时间", "大小（MB）", "", "说明"], rows, text=(1, 3, 4))
    left, right = st.columns(2, gap="large")
    with left:
        show_section("恢复到以前的版本", "恢复后是一个新版本，还可以再恢复回来；在那以后入库的报送会标为未完成，原表都在")
        chosen = st.selectbox("版本", [r.id for r in releases if not r.current], key="rollback_to", label_visibility="collapsed", placeholder="没有更早的版本")
        if st.button("恢复到这个版本", disabled=chosen is None or not st.checkbox("我确定", key=f"rollback sure {chosen}")):
            by = require("manage").account
            with st.spinner("正在恢复……"), slow_work():
                roll_back(find_home(), chosen, by)
            st.rerun()
    with right:
        show_section("由原始文件重建", "数据库文件损坏时用；按收到的先后重新读一遍全部原表，结果应与现在完全相同")
        if st.button("重建", disabled=not st.checkbox("我确定", key="rebuild sure")):
            by = require("manage").account
            with st.spinner("正在重建，请不要关闭页面……"), slow_work():
                rebuild(find_home(), by)
            st.rerun()
