"""The one look of what stands in front of the board: the forms of signing in, and what somebody reads who is not let in."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

_PAGE = Template((Path(__file__).parent / "components" / "front.html").read_text("utf-8"))
_TITLES = {503: "看板暂时打不开", 404: "没有这个页面"}
_WAYS = {503: '<a class="button" href="">再试一次</a>', 404: '<a class="button" href="/">回到总览</a>'}


def front_page(title: str, inside: str, fault: str = "", county: str = "", is_demo: bool = False) -> str:
    """The HTML of a page; `inside` is HTML, the rest are plain words."""
    told = f'<p class="fault" role="alert">{escape(fault)}</p>' if fault else ""
    demo = '<span class="demo">演示数据</span>' if is_demo else ""
    return _PAGE.substitute(county=escape(county), title=escape(title), fault=told, inside=inside, demo=demo)


def refusal_page(status: int, words: str) -> str:
    """The same for somebody who is refused with an HTTP status, and a way on where there is one. It asks nothing of the store, which may be what is gone."""
    return front_page(_TITLES.get(status, "打不开"), _WAYS.get(status, ""), words)
