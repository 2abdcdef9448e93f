"""What only paper shows: a head with the page's title, its filters, when it was printed, and whether the figures are invented."""

from __future__ import annotations

from datetime import datetime
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.asof import pinned
from dashboard.cached import find_catalog, is_demo
from dashboard.selection import tell_picks

SCRIPT = """<script>
(() => {
  if (window.unionBoardPrints) return;
  window.unionBoardPrints = true;
  const two = number => String(number).padStart(2, "0");
  addEventListener("beforeprint", () => document.querySelectorAll(".printed time").forEach(place => {
    const now = new Date();
    place.textContent = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}`;
  }));
  document.addEventListener("click", event => { if (event.target.closest?.("a.print")) { event.preventDefault(); print(); } });
})();
</script>"""


def show_printed(place: DeltaGenerator, title: str) -> None:
    """Fills the head, after the page said what is chosen on it."""
    told = [title, *tell_picks("period", "township", "reading").values()]
    told += [f"数据版本 {pinned()}"] if pinned() else []
    demo = '<b class="demo">演示数据</b>' if is_demo() else ""
    now = f"打印于 <time>{datetime.now():%Y-%m-%d %H:%M}</time>"
    place.html(f'<div class="printed"><span>{escape(find_catalog().county.name)}工会看板　{escape(" · ".join(told))}　{demo}</span><span>{now}</span></div>')


def show_ways_out() -> None:
    """Print this page, or show views in turn on a wall, at the foot of the menu."""
    st.sidebar.html('<div class="account"><a class="print" href="#">打印本页</a>　<a href="/watch" target="_blank">值守模式</a></div>')
