"""A light as it is drawn: colour, shape and word, told apart without colour."""

from __future__ import annotations

from pipelines.catalog.lights import LIGHTS


def light_html(light: str, text: str | None = None) -> str:
    """The light with its word, or with a figure in the word's place."""
    shape, word = LIGHTS[light]
    return f'<span class="light {light}" title="{word}">{shape} {word if text is None else text}</span>'
