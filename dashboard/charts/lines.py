"""Trend lines: at most four, each named at its end; and the two readings of one rate as a dumbbell."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.theme import colours, dashed_level, dashed_upright, draw_figure, end_label, month_ticks


def trend_figure(
    months: Sequence[str], lines: dict[str, Sequence[float]], *, unit: str, dark: bool, chosen: str | None = None, target: float | None = None
) -> go.Figure:
    """Lines over months; gaps stay gaps, the target is dashed."""
    tone = colours(dark)
    traces, marks = [], dashed_level(target, f"目标 {target:g}{unit}", dark) if target is not None else []
    for name, values in lines.items():
        colour = tone["blue"] if name == chosen or len(lines) == 1 else tone["muted"]
        traces.append({
            "type": "scatter", "x": list(months), "y": list(values), "mode": "lines", "line": {"color": colour, "width": 2}, "name": name,
            "connectgaps": False, "hovertemplate": f"%{{x}} {name} %{{y:.1f}}{unit}<extra></extra>",
        })  # fmt: skip
        ends = [v for v in values if v is not None and v == v]
        if ends:
            marks.append(end_label(ends[-1], f"{name} {ends[-1]:.1f}{unit}", colour))
    xaxis = {"showgrid": False, "type": "category", "tickangle": 0, "tickfont": {"size": 13}} | month_ticks(list(months))
    return draw_figure(dark, 320, traces, margin={"l": 56, "r": 116}, xaxis=xaxis, yaxis={"ticksuffix": unit}, marks=marks)


def dumbbell_figure(
    names: Sequence[str], left: Sequence[float], right: Sequence[float], *, words: tuple[str, str], dark: bool, chosen: str | None, target: float | None
) -> go.Figure:
    """Two readings of one rate per township, joined: hollow for the first, full for the second, in percent."""
    tone = colours(dark)
    traces = []
    for name, a, b in zip(names, left, right, strict=True):
        colour = tone["blue"] if name == chosen else tone["muted"]
        traces.append({
            "type": "scatter", "x": [a, b], "y": [name, name], "mode": "lines+markers", "line": {"color": colour, "width": 2}, "hoverinfo": "text",
            "marker": {"size": 9, "color": [tone["page"], colour], "line": {"color": colour, "width": 2}},
            "hovertext": [f"{name} {words[0]} {a:.1f}%", f"{name} {words[1]} {b:.1f}%"],
        })  # fmt: skip
    marks = dashed_upright(target, f"目标 {target:g}%", dark) if target is not None else []
    yaxis = {"autorange": "reversed", "type": "category"}
    return draw_figure(dark, 80 + 26 * max(len(names), 1), traces, margin={"l": 96, "r": 24}, xaxis={"ticksuffix": "%", "nticks": 5}, yaxis=yaxis, marks=marks)
