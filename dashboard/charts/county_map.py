"""The county drawn by its townships' boundaries, each in the colour of its light; nothing is fetched from anywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.theme import FONT, colours
from pipelines.catalog.lights import LIGHTS

NO_GLYPHS = "data:application/x-protobuf,{fontstack}{range}"  # Chinese is drawn with the fonts of the machine; without an address the map stops at its first name
NO_SOURCE = {"none": {"type": "geojson", "data": {"type": "Point", "coordinates": [0, 0]}}}  # the style must have one; an empty object is dropped on the way
ORDER = tuple(LIGHTS)
FILLS = {False: ("#8FCBAB", "#F1D27F", "#F2AA9E", "#DDE2E8"), True: ("#246445", "#75581A", "#8A3A2E", "#313B48")}  # names stand on them
HEIGHT = 460


def _steps(fills: Sequence[str]) -> list[tuple[float, str]]:
    n = len(fills)
    return [(at, fill) for i, fill in enumerate(fills) for at in (i / n, (i + 1) / n)]


def _zoom(bounds: tuple[float, float, float, float]) -> float:
    """The zoom at which the whole county fits: 512 pixels show the world at zoom 0."""
    west, south, east, north = bounds
    wide, high = max(east - west, 1e-4), max(north - south, 1e-4) / math.cos(math.radians((south + north) / 2))
    return min(math.log2(300 / 512 * 360 / wide), math.log2((HEIGHT - 40) / 512 * 360 / high))


def _above(spot: tuple[float, float], pixels: float, zoom: float) -> tuple[float, float]:
    """So many pixels north: the library cannot place words beside a point that has no mark."""
    x, y = spot
    return x, y + pixels * 360 / (512 * 2**zoom) * math.cos(math.radians(y))


def map_figure(
    shapes: dict, bounds: tuple[float, float, float, float], codes: Sequence[str], lights: Sequence[str], names: Sequence[str], words: Sequence[str], hover: Sequence[str], *,
    middles: dict[str, tuple[float, float]], dark: bool,
) -> go.Figure:
    """One area per code of `shapes` (GeoJSON by feature id); `words` stand below the names, `hover` is told on pointing."""
    tone = colours(dark)
    figure = go.Figure(
        go.Choroplethmap(
            geojson=shapes, locations=list(codes), z=[ORDER.index(light) for light in lights], zmin=-0.5, zmax=3.5, colorscale=_steps(FILLS[dark]), showscale=False,
            marker={"line": {"color": tone["page"], "width": 1.5}, "opacity": 0.9}, hovertext=list(hover), hoverinfo="text",
        )
    )  # fmt: skip
    zoom = _zoom(bounds)
    for written, pixels in ((names, 12), (words, -12)):  # closer ones would hide each other
        spots = [_above(middles[code], pixels, zoom) for code in codes]
        figure.add_scattermap(lon=[x for x, _ in spots], lat=[y for _, y in spots], text=list(written), mode="text", textfont={"size": 13, "color": tone["ink"]}, hoverinfo="skip", showlegend=False)
    background = {"version": 8, "sources": NO_SOURCE, "glyphs": NO_GLYPHS, "layers": [{"id": "background", "type": "background", "paint": {"background-color": tone["page"]}}]}
    west, south, east, north = bounds
    figure.update_layout(
        template=None, height=HEIGHT, margin={"l": 0, "r": 0, "t": 0, "b": 0}, paper_bgcolor="rgba(0,0,0,0)", font={"family": FONT, "size": 14},
        map={"style": background, "center": {"lon": (west + east) / 2, "lat": (south + north) / 2}, "zoom": zoom}, dragmode=False,
        hoverlabel={"bgcolor": tone["page"], "font": {"family": FONT, "size": 14, "color": tone["ink"]}},
    )  # fmt: skip
    return figure
