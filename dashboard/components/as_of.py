"""The choice 数据时点 in the menu, and the banner over a page whose figures are not the newest."""

from __future__ import annotations

import streamlit as st

from dashboard.asof import KEY
from dashboard.cached import list_releases_to_read
from dashboard.selection import pick, write_address
from pipelines.home import find_home
from pipelines.warehouse.earlier import find_readable
from pipelines.warehouse.releases import Release, read_current

NEWEST = "最新"


def _tell(release: Release) -> str:
    return f"{release.published_at:%m-%d %H:%M:%S}"


def choose_release() -> str | None:
    """Draws 数据时点 in the menu and gives the release; None for the newest. One that the address asks for is given even where it is not kept any more."""
    told = {r.id: _tell(r) for r in list_releases_to_read()}
    asked = st.query_params.get(KEY) or st.session_state.get(KEY)
    with st.sidebar:
        chosen = pick("数据时点", list(dict.fromkeys([NEWEST, *told, asked or NEWEST])), KEY, format_func=lambda r: told.get(r, r if r == NEWEST else f"{r}（读不到）"))
    write_address(KEY)
    return None if chosen == NEWEST else chosen


def _go_back() -> None:
    st.session_state[KEY] = NEWEST


def show_banner(release: str, live: bool) -> None:
    """Says that the figures are not the newest, with the way back; UserError where the release cannot be read. A `live` page shows the newest all the same."""
    with st.container(key="as_of", horizontal=True, vertical_alignment="center"):
        words = st.empty()
        st.button("看最新数据", on_click=_go_back)
    found = find_readable(find_home(), release)
    if live:
        words.html(f"<b>这一页总是最新数据</b>，其他页面看的是 {found.published_at:%Y-%m-%d %H:%M} 的数据")
    elif found.id == read_current(find_home()):
        words.html(f"看的是版本 {found.id}，现在就是最新的；以后有了新数据，这个链接仍看这一版")
    else:
        words.html(f"<b>正在看 {found.published_at:%Y-%m-%d %H:%M} 的数据，不是最新</b>（版本 {found.id}，{found.note or '没有说明'}）")
