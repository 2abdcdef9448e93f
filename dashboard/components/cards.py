"""The strip of headline cards."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from dashboard.components.figure_link import link_html
from dashboard.components.light import light_html
from dashboard.components.mark import mark_html


@dataclass(frozen=True, slots=True)
class Card:
    """One headline figure; `light` None draws no light, `trend` is drawn as a small line."""

    label: str
    value: str
    unit: str = ""
    light: str | None = None
    rows: list[tuple[str, str]] = field(default_factory=list)
    trend: list[float] = field(default_factory=list)
    address: str | None = None  # where the figure is opened: `figure_link.py`
    marks: str = ""  # of `mark.py`


def spark_html(values: list[float]) -> str:
    """A small line of the last values as a picture; empty for fewer than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    points = [(60 * i / (len(values) - 1) + 2, 20 - 16 * (v - low) / span) for i, v in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 66 24">'
        f'<polyline points="{line}" fill="none" stroke="#7A8698" stroke-width="1.5"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="#3E7BD0"/></svg>'
    )
    return f'<img alt="" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'


def _card(card: Card) -> str:
    light = light_html(card.light) if card.light else ""
    rows = "".join(f'<div class="row"><span>{escape(a)}</span><span>{escape(b)}</span></div>' for a, b in card.rows)
    value = f"<span>{link_html(escape(card.value), card.address)}<small>{escape(card.unit)}</small>{mark_html(card.marks)}</span>{spark_html(card.trend)}"
    return f'<div class="card"><div class="head"><span>{escape(card.label)}</span>{light}</div><div class="value">{value}</div>{rows}</div>'


def show_cards(cards: list[Card]) -> None:
    """The cards in one hairline strip."""
    columns = 4 if len(cards) in (4, 8) else min(6, len(cards))
    st.html(f'<div class="cards of{columns}">{"".join(map(_card, cards))}</div>')
