"""Horizontal bars: one per township or category, sorted, with the value printed and the target as a dashed line."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.theme import CATEGORIES, bare_figure, colours, month_ticks


def bars_figure(
    names: Sequence[str], values: Sequence[float], labels: Sequence[str], *, unit: str, dark: bool, chosen: str | None = None,
    target: float | None = None, target_label: str = "", hover: Sequence[str] | None = None, top: float | None = None,
) -> go.Figure:  # fmt: skip
    """Bars from the largest (top) down; `labels` stand right of the plot, `hover` is told on pointing."""
    tone = colours(dark)
    figure = bare_figure(dark, 80 + 26 * max(len(names), 1), r=110, l=96)
    figure.add_bar(
        x=list(values), y=list(names), orientation="h", marker_color=[tone["blue"] if n == chosen else tone["bar"] for n in names],
        hovertext=list(hover or labels), hoverinfo="y+text",
    )  # fmt: skip
    for name, label in zip(names, labels, strict=True):
        figure.add_annotation(xref="paper", x=1, xshift=8, xanchor="left", y=name, text=label, showarrow=False, font={"color": tone["ink"]})
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    figure.update_xaxes(range=[0, top] if top else None, rangemode="tozero", ticksuffix=unit, nticks=4, tickangle=0)
    if target is not None:
        figure.add_vline(x=target, line={"dash": "dash", "color": tone["ink"], "width": 1.5})
        figure.add_annotation(x=target, yref="paper", y=1, yanchor="bottom", text=target_label, showarrow=False, font={"color": tone["ink"]})
    return figure


def parts_figure(names: Sequence[str], parts: dict[str, tuple[str, Sequence[float]]], labels: Sequence[str], *, unit: str, dark: bool) -> go.Figure:
    """Horizontal bars of parts of a whole; `parts` maps a part's name to its colour and values, `labels` stand right of the plot."""
    tone = colours(dark)
    figure = bare_figure(dark, 100 + 26 * max(len(names), 1), r=128, l=96, t=48)
    for part, (colour, values) in parts.items():
        figure.add_bar(x=list(values), y=list(names), orientation="h", name=part, marker_color=colour, hovertemplate=f"%{{y}} {part} %{{x:,.0f}} {unit}<extra></extra>")
    for name, label in zip(names, labels, strict=True):
        figure.add_annotation(xref="paper", x=1, xshift=8, xanchor="left", y=name, text=label, showarrow=False, font={"color": tone["ink"]})
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    figure.update_layout(barmode="stack", showlegend=True, legend=legend)
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    figure.update_xaxes(rangemode="tozero", nticks=4, tickangle=0, tickformat=",d")
    return figure


def stacked_figure(months: Sequence[str], parts: dict[str, Sequence[float]], *, unit: str, dark: bool, tones: Sequence[str] = CATEGORIES) -> go.Figure:
    """Stacked columns by month, at most six parts, named in the legend in the same order as they are stacked."""
    figure = bare_figure(dark, 340, l=64, t=52)
    for colour, (name, values) in zip(tones, parts.items(), strict=False):
        figure.add_bar(x=list(months), y=list(values), name=name, marker_color=colour, hovertemplate=f"%{{x}} {name} %{{y:,.2f}} {unit}<extra></extra>")
    figure.update_layout(barmode="stack", showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"})
    figure.update_yaxes(rangemode="tozero", title={"text": unit, "standoff": 8})
    figure.update_xaxes(showgrid=False, type="category", tickangle=0, tickfont={"size": 13}, **month_ticks(list(months)))
    return figure


def funnel_figure(names: Sequence[str], values: Sequence[float], labels: Sequence[str], *, dark: bool) -> go.Figure:
    """Steps of one process as bars, first step on top."""
    figure = bars_figure(names, values, labels, unit="", dark=dark)
    figure.update_traces(marker_color=colours(dark)["blue"])
    return figure
