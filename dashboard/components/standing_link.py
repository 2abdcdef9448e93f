"""A township's name as the link to its score under the rubric that is looked at."""

from __future__ import annotations

from html import escape

from dashboard.links import township_address
from dashboard.selection import Selection, asked
from pipelines.scoring.board import Standing


def standing_link(selection: Selection, standing: Standing, more: str = "") -> str:
    """The name, and `more` words after it inside the link; a place above the townships opens as its own board."""
    address = township_address(selection, standing.township, "standards", rubric=asked("rubric"))
    return f'<a class="plain" href="{escape(address)}" target="_self">{escape(standing.township)}{more}</a>'
