"""Horizontal bars: one per township or category, sorted, with the value printed and the target as a dashed line."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.theme import CATEGORIES, colours, dashed_upright, draw_figure, end_label, month_ticks

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
NAMES = {"autorange": "reversed", "showgrid": False, "type": "category"}


def bars_figure(
    names: Sequence[str], values: Sequence[float], labels: Sequence[str], *, unit: str, dark: bool, chosen: str | None = None,
    target: float | None = None, target_label: str = "", hover: Sequence[str] | None = None, top: float | None = None,
) -> go.Figure:  # fmt: skip
    """Bars from the largest (top) down; `labels` stand right of the plot, `hover` is told on pointing."""
    tone = colours(dark)
    bars = {
        "type": "bar", "x": list(values), "y": list(names), "orientation": "h", "hovertext": list(hover or labels), "hoverinfo": "y+text",
        "marker": {"color": [tone["blue"] if n == chosen else tone["bar"] for n in names]},
    }  # fmt: skip
    marks = [end_label(name, label, tone["ink"]) for name, label in zip(names, labels, strict=True)]
    marks += dashed_upright(target, target_label, dark) if target is not None else []
    xaxis = {"range": [0, top] if top else None, "rangemode": "tozero", "ticksuffix": unit, "nticks": 4, "tickangle": 0}
    return draw_figure(dark, 80 + 26 * max(len(names), 1), [bars], margin={"r": 110, "l": 96}, xaxis=xaxis, yaxis=NAMES, marks=marks)


def parts_figure(names: Sequence[str], parts: dict[str, tuple[str, Sequence[float]]], labels: Sequence[str], *, unit: str, dark: bool) -> go.Figure:
    """Horizontal bars of parts of a whole; `parts` maps a part's name to its colour and values, `labels` stand right of the plot."""
    bars = [
        {"type": "bar", "x": list(values), "y": list(names), "orientation": "h", "name": part, "marker": {"color": colour},
         "hovertemplate": f"%{{y}} {part} %{{x:,.0f}} {unit}<extra></extra>"}
        for part, (colour, values) in parts.items()
    ]  # fmt: skip
    marks = [end_label(name, label, colours(dark)["ink"]) for name, label in zip(names, labels, strict=True)]
    xaxis = {"rangemode": "tozero", "nticks": 4, "tickangle": 0, "tickformat": ",d"}
    margin = {"r": 128, "l": 96, "t": 48}
    return draw_figure(dark, 100 + 26 * max(len(names), 1), bars, margin=margin, xaxis=xaxis, yaxis=NAMES, marks=marks, barmode="stack", showlegend=True, legend=LEGEND)


def stacked_figure(months: Sequence[str], parts: dict[str, Sequence[float]], *, unit: str, dark: bool, tones: Sequence[str] = CATEGORIES) -> go.Figure:
    """Stacked columns by month, at most six parts, named in the legend in the same order as they are stacked; the unit stands above the axis."""
    bars = [
        {"type": "bar", "x": list(months), "y": list(values), "name": name, "marker": {"color": colour}, "hovertemplate": f"%{{x}} {name} %{{y:,.2f}} {unit}<extra></extra>"}
        for colour, (name, values) in zip(tones, parts.items(), strict=False)
    ]
    upright = {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -8, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 8, "text": unit, "showarrow": False}
    xaxis = {"showgrid": False, "type": "category", "tickangle": 0, "tickfont": {"size": 13}} | month_ticks(list(months))
    return draw_figure(dark, 340, bars, margin={"l": 64, "t": 52}, xaxis=xaxis, yaxis={"rangemode": "tozero"}, marks=[upright], barmode="stack", showlegend=True, legend=LEGEND)


def funnel_figure(names: Sequence[str], values: Sequence[float], labels: Sequence[str], *, dark: bool) -> go.Figure:
    """Steps of one process as bars, first step on top."""
    figure = bars_figure(names, values, labels, unit="", dark=dark)
    figure.data[0].marker.color = colours(dark)["blue"]
    return figure
