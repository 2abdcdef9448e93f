"""The choice of a place over a page: the way down to it, and its children where they are no townships. Nothing on a one-county board."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.cached import find_catalog, find_whole
from dashboard.components.plain import plain
from dashboard.place import KEY, see_place
from dashboard.selection import follow, write_address
from pipelines.access.model import Person
from pipelines.catalog.levels import words_of
from pipelines.catalog.places import TOWNSHIP, Tree
from pipelines.faults import UserError
from pipelines.warehouse.scope import home_place, may_see

_BELOW = "place_below"


def _children(tree: Tree, code: str) -> list[str]:
    return [child for child in tree.children.get(code, ()) if tree.places[child].level != TOWNSHIP]


def choose_place(person: Person) -> UserError | None:
    """Has the run show the place that the address or this tab says, else the one where the person's board begins. The refusal of a place outside it."""
    catalog = find_whole()
    tree = catalog.places
    if not tree.is_deep():
        see_place(None, False)
        return None
    home, asked = home_place(catalog, person), st.query_params.get(KEY)
    chosen = follow(KEY, lambda code: bool(code) and may_see(catalog, person, code), home)
    see_place(chosen, bool(_children(tree, chosen)))
    write_address(KEY)
    if asked and not may_see(catalog, person, asked):
        return UserError("没有这个地方，或不在您的账号能看的范围里。", f"现在显示的是{tree.places[chosen].name}，可以从页面上方另选。")
    return None


def _go_below() -> None:
    st.session_state[KEY] = st.session_state[_BELOW] or st.session_state[KEY]
    st.session_state[_BELOW] = None


def show_places(person: Person, page: str) -> None:
    """The bar: each step a link, the last one where the page is, and the children to go on to."""
    catalog = find_whole()
    tree = catalog.places
    if not tree.is_deep():
        return
    here, home = find_catalog().county.code, home_place(catalog, person)
    path = [place for place in tree.path(here) if tree.holds(home, place.code)]
    children = _children(tree, here)
    if len(path) == 1 and not children:
        return
    links = [f'<li><a href="/{page}?{urlencode({KEY: place.code})}">{escape(place.name)}</a></li>' for place in path[:-1]]
    with st.container(key="places", horizontal=True, vertical_alignment="center"):
        st.html(f'<nav class="crumbs" aria-label="地方"><ol>{"".join(links)}<li aria-current="page">{escape(path[-1].name)}</li></ol></nav>')
        if children:
            one = words_of(find_catalog()).one
            st.selectbox(f"看一个{one}", children, index=None, key=_BELOW, on_change=_go_below, format_func=lambda code: plain(tree.places[code].name),
                         placeholder=f"看一个{one}（{len(children)} 个）", label_visibility="collapsed", width=200)  # fmt: skip
