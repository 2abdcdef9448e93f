"""Who is signed in, at the foot of the menu, with the way out."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cached import find_catalog, find_whole
from pipelines.access.model import OPEN, ROLES, Person
from pipelines.catalog.levels import words_of
from pipelines.warehouse.scope import home_place

LEAVE = """<script>
(() => {
  const leave = document.querySelector('a.leave');
  if (leave) leave.onclick = event => { event.preventDefault(); fetch('/logout', {method: 'POST'}).finally(() => location.assign('/login')); };
  if (window.unionBoardWatch) return;
  window.unionBoardWatch = true;
  const look = () => fetch('/whoami').then(answer => { if (answer.status === 401) location.assign('/login?next=' + encodeURIComponent(location.pathname + location.search)); }).catch(() => {});
  setInterval(look, 30000);
  document.addEventListener('visibilitychange', () => document.hidden || look());
})();
</script>"""


def show_account(person: Person) -> None:
    """Name, role and township; nothing on a board without accounts."""
    if person.role == OPEN:
        return
    places = find_whole().places.places
    township = places[code].name if (code := person.township_code or person.place_code) in places else ""
    role = ROLES[person.role].replace("县", words_of(find_catalog(home_place(find_whole(), person))).office)
    links = '<a href="/password" target="_self">修改密码</a>　<a class="leave" href="/login" target="_self">退出登录</a>'
    st.sidebar.html(f'<div class="account"><b>{escape(person.name)}</b><br>{township}{role}<br>{links}</div>')
    st.html(LEAVE, unsafe_allow_javascript=True)
