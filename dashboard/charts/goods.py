"""A township's groups of a rubric: points as bars of the full ones, the county's median as a dashed tick."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.bars import bars_figure
from dashboard.charts.theme import colours


def goods_figure(
    names: Sequence[str], points: Sequence[float], full: Sequence[float], medians: Sequence[float | None], labels: Sequence[str], *, dark: bool, weakest: str | None
) -> go.Figure:
    """Bars in the order given, each before its full length; the weakest group in ink blue."""
    tone = colours(dark)
    figure = bars_figure(names, points, labels, unit="", dark=dark, chosen=weakest, top=max(full))
    figure.add_bar(x=[f - p for f, p in zip(full, points, strict=True)], y=list(names), orientation="h", marker_color=tone["grid"], hoverinfo="skip")
    known = [(n, m) for n, m in zip(names, medians, strict=True) if m is not None]
    figure.add_scatter(
        x=[m for _, m in known], y=[n for n, _ in known], mode="markers", hovertemplate="%{y} 全县中位 %{x:.1f}<extra></extra>",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": tone["ink"]}},
    )  # fmt: skip
    figure.update_layout(barmode="stack", height=60 + 34 * max(len(names), 1), margin_t=8, margin_b=8)
    figure.update_xaxes(visible=False)
    return figure
