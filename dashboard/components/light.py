"""A light as it is drawn: colour, shape and word, told apart without colour."""

from __future__ import annotations

from pipelines.catalog.lights import LIGHTS

UNTARGETED = "没有设定目标"


def _is_figure(text: str | None) -> bool:
    return (text or "").removeprefix("≥ ")[:1].isdigit()


def light_html(light: str, text: str | None = None) -> str:
    """The light with its word, or with a figure in the word's place; a figure without a target stands bare, as ○ says that there is none."""
    shape, word = LIGHTS[light]
    if light == "none" and _is_figure(text):
        return f'<span class="light" title="{UNTARGETED}">{text}</span>'
    return f'<span class="light {light}" title="{word}">{shape} {word if text is None else text}</span>'
