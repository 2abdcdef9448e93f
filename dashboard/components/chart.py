"""Draws a chart under a title that states its finding."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.page import show_section
from dashboard.level_words import say

CONFIG = {"displayModeBar": False, "displaylogo": False, "locale": "zh-CN", "scrollZoom": False}


def is_dark() -> bool:
    """Whether the visitor's theme is the dark one."""
    return st.context.theme.type == "dark"


def show_chart(figure: go.Figure, title: str, note: str, key: str) -> None:
    """The chart; its title is also what a screen reader says."""
    show_section(title, note)
    st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=say(f"{title}。{note}"))
