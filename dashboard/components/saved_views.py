"""Named views of the page 明细导出: open one, keep the present one, rename, delete; each has a link of its own."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.access import require, visitor
from dashboard.components.plain import plain
from dashboard.place import place_words
from dashboard.selection import open_address, tell_picks
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.workflow.saved import delete_view, find_view, list_views, may_change, rename_view, save_view

KEY = "view"  # in the address


def open_saved() -> None:
    """Where the address names a view, its filters take the place of what stood there; UserError where there is none."""
    if number := st.query_params.get(KEY):
        del st.query_params[KEY]
        view = find_view(find_home(), visitor(), number)
        open_address(view.query | place_words())
        st.toast(plain(f"已打开视图“{view.name}”"))


def _try(act: object, *told: object) -> None:
    try:
        act(find_home(), require("export"), *told)
    except UserError as fault:
        st.warning(plain(f"{fault.message}{fault.remedy}"))
    else:
        st.rerun()


def _show_list() -> None:
    person = visitor()
    for view in list_views(find_home(), person):
        with st.container(key=f"view_{view.id}", horizontal=True, vertical_alignment="center"):
            whose = "全县共享" if view.shared else "自己用"
            by = f"，{view.account}" if view.shared and view.account != person.account else ""
            st.html(f'<a class="plain" href="/explore?{KEY}={view.id}">{escape(view.name)}</a>　<small>{whose}{escape(by)}，{view.at[:10]}</small>')
            if may_change(person, view):
                with st.popover("改名"):
                    name = st.text_input("新名称", view.name, key=f"name {view.id}")
                    if st.button("改名", key=f"rename {view.id}"):
                        _try(rename_view, view.id, name)
                with st.popover("删除"):
                    st.write(plain(f"删除“{view.name}”？别人手里的链接会打不开。"))
                    if st.button("确定删除", key=f"delete {view.id}"):
                        _try(delete_view, view.id)


def show_saved(*keys: str) -> None:
    """The kept views and the form to keep what the filters `keys` tell now."""
    with st.expander("保存的视图"):
        with st.container(key="save_view", horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("把现在的筛选和透视存为", key="view_name", placeholder="例如：各乡镇春节慰问")
            shared = st.checkbox("全县共享", key="view_shared") if visitor().township_code is None else False
            if st.button("保存视图"):
                _try(save_view, name, tell_picks(*keys), shared)
        _show_list()
