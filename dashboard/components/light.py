"""The four lights: colour, shape and word, told apart without colour."""

LIGHTS = {"green": ("●", "达标"), "amber": ("▲", "接近"), "red": ("■", "未达标"), "none": ("○", "无数据")}


def light_html(light: str, text: str | None = None) -> str:
    """The light with its word, or with a figure in the word's place."""
    shape, word = LIGHTS[light]
    return f'<span class="light {light}" title="{word}">{shape} {word if text is None else text}</span>'
