"""The county drawn by its townships' boundaries, each in the colour of its light; nothing is fetched from anywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.theme import FONT, colours

LIGHTS = ("green", "amber", "red", "none")
FILLS = {False: ("#17734A", "#D9A21B", "#BF2F1B", "#C9D0D9"), True: ("#3F9E70", "#C8952F", "#D9604C", "#3A4554")}


def _steps(fills: Sequence[str]) -> list[tuple[float, str]]:
    n = len(fills)
    return [(at, fill) for i, fill in enumerate(fills) for at in (i / n, (i + 1) / n)]


def _zoom(bounds: tuple[float, float, float, float], height: int) -> float:
    """The zoom at which the whole county fits: 512 pixels show the world at zoom 0."""
    west, south, east, north = bounds
    wide, high = max(east - west, 1e-4), max(north - south, 1e-4) / math.cos(math.radians((south + north) / 2))
    return min(math.log2(300 / 512 * 360 / wide), math.log2((height - 40) / 512 * 360 / high))


def map_figure(
    shapes: dict, bounds: tuple[float, float, float, float], codes: Sequence[str], lights: Sequence[str], hover: Sequence[str], *, dark: bool, height: int = 460
) -> go.Figure:
    """One area per code of `shapes` (GeoJSON by feature id); `hover` is told on pointing."""
    tone = colours(dark)
    figure = go.Figure(
        go.Choroplethmap(
            geojson=shapes, locations=list(codes), z=[LIGHTS.index(light) for light in lights], zmin=-0.5, zmax=3.5, colorscale=_steps(FILLS[dark]), showscale=False,
            marker={"line": {"color": tone["page"], "width": 1.5}, "opacity": 0.9}, hovertext=list(hover), hoverinfo="text",
        )
    )  # fmt: skip
    background = {"version": 8, "sources": {}, "layers": [{"id": "background", "type": "background", "paint": {"background-color": tone["page"]}}]}
    west, south, east, north = bounds
    figure.update_layout(
        template=None, height=height, margin={"l": 0, "r": 0, "t": 0, "b": 0}, paper_bgcolor="rgba(0,0,0,0)", font={"family": FONT, "size": 14},
        map={"style": background, "center": {"lon": (west + east) / 2, "lat": (south + north) / 2}, "zoom": _zoom(bounds, height)}, dragmode=False,
        hoverlabel={"bgcolor": tone["page"], "font": {"family": FONT, "size": 14, "color": tone["ink"]}},
    )  # fmt: skip
    return figure
