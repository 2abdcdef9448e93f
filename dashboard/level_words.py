"""Says what is written for a county and its townships of the place that the page shows."""

from __future__ import annotations

from dashboard.cached import find_catalog
from pipelines.catalog.levels import words_of


def say(text: str) -> str:
    """`全市`, `各县` in the place of `全县`, `各乡镇` above the counties; the text as it is in a county."""
    return words_of(find_catalog()).say(text)
