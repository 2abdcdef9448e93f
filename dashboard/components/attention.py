"""What needs attention as a list, each with the page that shows more: on 总览 for all, on 乡镇画像 for one township."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.attention import Item
from dashboard.components.light import light_html
from dashboard.level_words import say


def attention_html(items: Sequence[Item]) -> str:
    """The items in their order, or that there are none; a sentence's full stop is gap enough before its link."""
    if not items:
        return '<div class="lead">没有需要特别关注的事项。</div>'
    rows = (f'<li>{light_html(i.light, "")}<span>{escape(say(i.words))}<a href="{i.address}">{escape(say(i.link))}</a></span></li>' for i in items)
    return f'<ul class="attention">{"".join(rows)}</ul>'
