"""Where the lights are: the county's map where it has boundaries, else a grid of tiles, one per township."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

import pandas
import streamlit as st

from dashboard.cached import find_catalog
from dashboard.charts.county_map import map_figure
from dashboard.comparison import compare_townships
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import link_points
from dashboard.components.light import UNTARGETED, light_html
from dashboard.components.page import show_section
from dashboard.links import township_address
from dashboard.selection import Selection
from pipelines.catalog.boundaries import Boundaries, find_boundaries, stamp_boundaries
from pipelines.catalog.lights import LIGHTS
from pipelines.catalog.model import Township
from pipelines.home import find_home
from pipelines.reports.numbers import NO_DATA, count, is_missing, percent

LEGEND = "　".join(f"{shape} {word}" for shape, word in LIGHTS.values())


def place_tiles(townships: tuple[Township, ...]) -> dict[str, tuple[int, int]]:
    """Township code -> (column, row): as the catalogue says, the others below these in their official order, in a grid as wide as high."""
    told = {t.code: (t.tile[0], t.tile[1]) for t in townships if t.tile}
    rest = [t.code for t in townships if not t.tile]
    wide = max([column + 1 for column, _ in told.values()], default=math.ceil(math.sqrt(len(rest) or 1)))
    below = max([row + 1 for _, row in told.values()], default=0)
    return told | {code: (n % wide, below + n // wide) for n, code in enumerate(rest)}


def _words(row: object) -> str:
    if is_missing(row.value):
        return NO_DATA
    return f"{percent(row.value)}%"


def _is_bare(row: object) -> bool:
    """Whether there is a figure and no target to judge it by."""
    return row.light == "none" and not is_missing(row.value)


def _tile(row: object, place: tuple[int, int], selection: Selection) -> str:
    column, line = place
    kind = "bare" if _is_bare(row) else row.light
    mine = " chosen" if row.township == selection.township else ""
    return (
        f'<a class="tile {kind}{mine}" style="grid-column:{column + 1};grid-row:{line + 1}" href="{township_address(selection, row.township)}">'
        f"<b>{escape(row.township)}</b>{light_html(row.light, _words(row))}</a>"
    )


def _show_tiles(rows: pandas.DataFrame, selection: Selection) -> None:
    places = place_tiles(find_catalog().county.townships)
    tiles = "".join(_tile(r, places[r.township_code], selection) for r in sorted(rows.itertuples(), key=lambda r: places[r.township_code][::-1]))
    st.html(f'<div class="tiles">{tiles}</div>')


def _hover(row: object) -> str:
    light = UNTARGETED if _is_bare(row) else " ".join(LIGHTS[row.light])
    share = "" if is_missing(row.value) else f" {percent(row.value)}%（{count(row.numerator)}/{count(row.denominator)}）"
    return f"{row.township} {light}{share}"


def _show_map(rows: pandas.DataFrame, boundaries: Boundaries, selection: Selection, title: str) -> None:
    drawn = rows[rows.township_code.isin(boundaries.middles)]
    hover = [_hover(r) for r in drawn.itertuples()]
    words = [_words(r) if _is_bare(r) else LIGHTS[r.light][1] for r in drawn.itertuples()]
    figure = map_figure(boundaries.shapes, boundaries.bounds, drawn.township_code.tolist(), drawn.light.tolist(), drawn.township.tolist(), words, hover, middles=boundaries.middles, dark=is_dark())
    addresses = [township_address(selection, r.township) for r in drawn.itertuples()]
    show_chart(link_points(figure, addresses), title, f"{_legend(rows)}；点一个乡镇看它", "county_map")
    links = "　".join(f'<a class="plain" href="{escape(address)}">{escape(name)}</a>' for name, address in zip(drawn.township, addresses, strict=True))
    st.html(f'<div class="note">看乡镇：{links}</div>')


def _legend(rows: pandas.DataFrame) -> str:
    return LEGEND + (f"　没有符号：本期{UNTARGETED}" if any(_is_bare(r) for r in rows.itertuples()) else "")


def map_title(rows: pandas.DataFrame, name: str) -> str:
    """How many townships stand in each light; a figure without a target is not without data."""
    bare = sum(_is_bare(r) for r in rows.itertuples())
    lights = rows.light.value_counts().to_dict()
    lights["none"] = lights.get("none", 0) - bare
    told = [f"{word} {lights[light]} 个" for light, (_, word) in LIGHTS.items() if lights.get(light)]
    if bare:
        told.insert(0, f"本期{UNTARGETED}" + (f" {bare} 个" if bare + lights["none"] < len(rows) else ""))
    return f"{name}：{'、'.join(told)}"


@drawn
def _draw(selection: Selection, indicator: str, stamp: tuple[Path, int, int] | None) -> None:
    boundaries, rows = find_boundaries(find_catalog(), find_home().overlay), compare_townships(selection, indicator)
    title = map_title(rows, find_catalog().indicator(indicator).name)
    if boundaries.shapes:
        _show_map(rows, boundaries, selection, title)
    else:
        show_section(title, f"{_legend(rows)}；方格是位置示意，不是边界，点方格看这个乡镇")
        _show_tiles(rows, selection)
    if boundaries.fault:
        st.html(f'<div class="note">{escape(boundaries.fault)}。</div>')


def show_map(selection: Selection, indicator: str) -> None:
    """The map of one indicator; what is wrong with the boundaries is said below."""
    _draw(selection, indicator, stamp_boundaries(find_home().overlay))
