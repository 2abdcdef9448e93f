"""A pure ASGI layer: says 404 to a file for a page that another process serves, so that nginx asks that one.

nginx sends a visitor to the process that the session's cookie points to; after that one was started anew a page that went elsewhere meanwhile stays
there, while its files arrive here. Streamlit would say 400, which nginx passes on.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import PlainTextResponse
from streamlit.runtime import exists, get_instance

ROOM = "/_stcore/upload_file/"


def _is_here(path: str) -> bool:
    number = path.removeprefix(ROOM).partition("/")[0]
    return exists() and get_instance().is_active_session(number)


class Elsewhere:
    """Wraps what stands behind the guard."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"].startswith(ROOM) and not _is_here(scope["path"]):
            await PlainTextResponse("这个页面不在这里，请刷新后再试。", 404, {"cache-control": "no-store"})(scope, receive, send)
            return
        await self.app(scope, receive, send)
