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


def draw_figure(dark: bool, height: int, traces: list[dict], *, margin: dict, xaxis: dict, yaxis: dict, marks: list[dict] = (), **layout: object) -> go.Figure:
    """The traces over our bare layout, without template, background and drag. `marks` are annotations, or lines, which have a `type`.

    A figure is told whole: plotly.py takes ten times as long to add the same part by part.
    """
    tone = colours(dark)
    axis = {"fixedrange": True, "gridcolor": tone["grid"], "zeroline": False, "ticklabelstandoff": 8, "automargin": True}
    bare = {
        "height": height, "margin": {"l": 84, "r": 24, "t": 28, "b": 36} | margin, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 14, "color": tone["second"]}, "dragmode": False, "showlegend": False, "bargap": 0.38,
        "hoverlabel": {"bgcolor": tone["page"], "font": {"family": FONT, "size": 14, "color": tone["ink"]}},
        "shapes": [m for m in marks if "type" in m], "annotations": [m for m in marks if "type" not in m],
        "xaxis": axis | xaxis, "yaxis": axis | yaxis,
    }  # fmt: skip
    figure = go.Figure(traces, bare | layout)
    figure.layout.template = None
    return figure


def end_label(y: object, text: str, colour: str) -> dict:
    """Words right of the plot, at the height of what they belong to."""
    return {"xref": "paper", "x": 1, "xshift": 8, "xanchor": "left", "y": y, "text": text, "showarrow": False, "font": {"color": colour}}


def dashed_upright(x: float, text: str, dark: bool) -> list[dict]:
    """A target on the x axis: a dashed line through the plot, named above it."""
    ink = colours(dark)["ink"]
    line = {"type": "line", "x0": x, "x1": x, "yref": "y domain", "y0": 0, "y1": 1, "line": {"dash": "dash", "color": ink, "width": 1.5}}
    return [line, {"x": x, "yref": "paper", "y": 1, "yanchor": "bottom", "text": text, "showarrow": False, "font": {"color": ink}}]


def dashed_level(y: float, text: str, dark: bool) -> list[dict]:
    """A target on the y axis: a dashed line through the plot, named on its left end."""
    ink = colours(dark)["ink"]
    line = {"type": "line", "y0": y, "y1": y, "xref": "x domain", "x0": 0, "x1": 1, "line": {"dash": "dash", "color": ink, "width": 1.5}}
    return [line, {"xref": "paper", "x": 0, "xanchor": "left", "y": y, "yshift": 12, "text": text, "showarrow": False, "font": {"color": ink}}]


def month_ticks(months: list[str]) -> dict:
    """At most four months named, year above month, the last one always: so many stand side by side on a phone."""
    named = months[::-1][:: max(1, -(-len(months) // 4))][::-1]
    return {"tickvals": named, "ticktext": named}
