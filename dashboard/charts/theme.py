"""Colours and the bare layout that every chart starts from; `dark` chooses the theme."""

from __future__ import annotations

import plotly.graph_objects as go

LIGHT = {"ink": "#17202E", "second": "#465264", "muted": "#5F6B7C", "grid": "#EBEEF2", "bar": "#B4BDC9", "blue": "#1B4B8F", "red": "#BF2F1B", "page": "#FFFFFF"}
DARK = {"ink": "#E7ECF2", "second": "#B3BDCA", "muted": "#929EAD", "grid": "#232B35", "bar": "#566273", "blue": "#8AB8F5", "red": "#FF8B78", "page": "#11161D"}
CATEGORIES = ("#3E7BD0", "#D08A2E", "#5A9E8B", "#A65E9E", "#8A8F3C", "#7A8698")
FONT = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif"


def colours(dark: bool) -> dict[str, str]:
    """The colours of one theme by their role."""
    return DARK if dark else LIGHT


def bare_figure(dark: bool, height: int, **margins: int) -> go.Figure:
    """An empty figure without template, background and drag."""
    tone = colours(dark)
    figure = go.Figure()
    figure.update_layout(
        template=None, height=height, margin={"l": 84, "r": 24, "t": 28, "b": 36} | margins, paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)", font={"family": FONT, "size": 14, "color": tone["second"]}, dragmode=False, showlegend=False, bargap=0.38,
        hoverlabel={"bgcolor": tone["page"], "font": {"family": FONT, "size": 14, "color": tone["ink"]}},
    )  # fmt: skip
    axis = {"fixedrange": True, "gridcolor": tone["grid"], "zeroline": False, "ticklabelstandoff": 8, "automargin": True}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def month_ticks(months: list[str]) -> dict:
    """At most four months named, year above month, the last one always: so many stand side by side on a phone."""
    named = months[::-1][:: max(1, -(-len(months) // 4))][::-1]
    return {"tickvals": named, "ticktext": named}
