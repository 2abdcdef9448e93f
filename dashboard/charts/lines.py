"""Trend lines: at most four, each named at its end; and the two readings of one rate as a dumbbell."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.theme import bare_figure, colours, month_ticks


def trend_figure(
    months: Sequence[str], lines: dict[str, Sequence[float]], *, unit: str, dark: bool, chosen: str | None = None, target: float | None = None
) -> go.Figure:
    """Lines over months; gaps stay gaps, the target is dashed."""
    tone = colours(dark)
    figure = bare_figure(dark, 320, l=56, r=116)
    for name, values in lines.items():
        colour = tone["blue"] if name == chosen or len(lines) == 1 else tone["muted"]
        figure.add_scatter(
            x=list(months), y=list(values), mode="lines", line={"color": colour, "width": 2}, name=name, connectgaps=False,
            hovertemplate=f"%{{x}} {name} %{{y:.1f}}{unit}<extra></extra>",
        )  # fmt: skip
        ends = [v for v in values if v is not None and v == v]
        if ends:
            text = f"{name} {ends[-1]:.1f}{unit}"
            figure.add_annotation(xref="paper", x=1, xanchor="left", xshift=8, y=ends[-1], text=text, showarrow=False, font={"color": colour})
    if target is not None:
        figure.add_hline(y=target, line={"dash": "dash", "color": tone["ink"], "width": 1.5})
        figure.add_annotation(xref="paper", x=0, xanchor="left", y=target, yshift=12, text=f"目标 {target:g}{unit}", showarrow=False)
    figure.update_xaxes(showgrid=False, type="category", tickangle=0, tickfont={"size": 13}, **month_ticks(list(months)))
    figure.update_yaxes(ticksuffix=unit)
    return figure


def dumbbell_figure(
    names: Sequence[str], left: Sequence[float], right: Sequence[float], *, words: tuple[str, str], dark: bool, chosen: str | None, target: float | None
) -> go.Figure:
    """Two readings of one rate per township, joined: hollow for the first, full for the second, in percent."""
    tone = colours(dark)
    figure = bare_figure(dark, 80 + 26 * max(len(names), 1), l=96, r=24)
    for name, a, b in zip(names, left, right, strict=True):
        colour = tone["blue"] if name == chosen else tone["muted"]
        figure.add_scatter(
            x=[a, b], y=[name, name], mode="lines+markers", line={"color": colour, "width": 2}, hoverinfo="text",
            marker={"size": 9, "color": [tone["page"], colour], "line": {"color": colour, "width": 2}},
            hovertext=[f"{name} {words[0]} {a:.1f}%", f"{name} {words[1]} {b:.1f}%"],
        )  # fmt: skip
    if target is not None:
        figure.add_vline(x=target, line={"dash": "dash", "color": tone["ink"], "width": 1.5})
        figure.add_annotation(x=target, yref="paper", y=1, yanchor="bottom", text=f"目标 {target:g}%", showarrow=False)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(ticksuffix="%", nticks=5)
    return figure
