"""/watch: 值守模式, chosen views in turn over the whole screen, anew as soon as a release is published."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard.cached import find_catalog, is_demo
from dashboard.shell import LIVE, pages_of
from pipelines.access.model import Person

PAGE = Template((Path(__file__).parent / "components" / "watch.html").read_text("utf-8"))
SHORTEST, USUAL, LONGEST = 5, 30, 3600  # seconds that a view stays
LEFT_OUT = LIVE | {"explore"}  # nothing to look at from afar


def watched_views(person: Person) -> dict[str, str]:
    """The views that can be shown to the person in turn: path -> title."""
    return {path: title for pages in pages_of(person).values() for path, title, _ in pages if path not in LEFT_OUT}


def read_wish(parameters: dict[str, str], known: dict[str, str]) -> tuple[list[str], int]:
    """The views of `views=overview,relief` that there are, each once, and the seconds within their bounds."""
    views = [v for v in dict.fromkeys(parameters.get("views", "").split(",")) if v in known]
    told = parameters.get("seconds", "")
    return views, min(max(int(told), SHORTEST), LONGEST) if told.isdecimal() and len(told) < 9 else USUAL


async def watch(request: Request) -> Response:
    """The choice of views, and the rotation itself where the address names them."""
    known = watched_views(request.scope["entry"].person)
    views, seconds = read_wish(dict(request.query_params), known)
    boxes = "".join(
        f'<label><input type="checkbox" name="view" value="{path}"{" checked" if path in views or (not views and path == "overview") else ""}> {escape(title)}</label>' for path, title in known.items()
    )
    county, demo = escape(find_catalog().county.name), '<span class="demo">演示数据</span>' if is_demo() else ""
    told = json.dumps({"views": views, "seconds": seconds, "titles": known}, ensure_ascii=False).replace("<", "\\u003c")
    page = PAGE.substitute(county=county, demo=demo, boxes=boxes, seconds=seconds, shortest=SHORTEST, longest=LONGEST, told=told)
    return HTMLResponse(page, headers={"cache-control": "no-store"})
