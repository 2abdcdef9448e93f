"""The outermost ASGI layer: a number for each request, and a line in the log when it is done."""

from __future__ import annotations

import secrets
import time
from typing import Any

from dashboard.logs import tell

QUIET = ("/static/", "/_stcore/health", "/healthz", "/whoami")  # asked for all day long; told only when they fail
FIXED = ("/", "/login", "/logout", "/password", "/whoami", "/healthz", "/oauth2callback", "/auth/login", "/_stcore/stream", "/_stcore/health", "/_stcore/host-config")
ROOMS = ("/export/", "/files/template/", "/files/original/", "/files/marked/", "/files/returned/", "/_stcore/upload_file/", "/media/", "/static/", "/component/")


def name_route(path: str, pages: frozenset[str]) -> str:
    """The kind of address, without what somebody may have typed into it."""
    if path in FIXED or path.strip("/") in pages:
        return path
    return next((f"{room}…" for room in ROOMS if path.startswith(room)), "…")


class RequestLog:
    """Answers carry `X-Request-Id`; the line tells route, status, milliseconds, role and township, and nothing else of the person."""

    def __init__(self, app: Any, pages: frozenset[str] = frozenset()) -> None:
        self.app, self.pages = app, pages

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        number, started, answer, seen = secrets.token_hex(6), time.perf_counter(), {"status": None}, {}

        async def send_numbered(message: dict) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                message = message | {"headers": [*message.get("headers", []), (b"x-request-id", number.encode())]}
            elif message["type"] == "websocket.accept":
                answer["status"] = 101
                self._tell(scope, "websocket_open", number, started, answer["status"], seen)
            elif message["type"] == "websocket.close" and answer["status"] is None:
                answer["status"] = 403
            await send(message)

        try:
            await self.app(scope | {"request_id": number, "seen": seen}, receive, send_numbered)
        finally:
            self._tell(scope, "request" if scope["type"] == "http" else "websocket_closed", number, started, answer["status"], seen)

    def _tell(self, scope: dict, event: str, number: str, started: float, status: int | None, seen: dict) -> None:
        path = scope["path"]
        if path.startswith(QUIET) and status is not None and status < 400:
            return
        person = seen.get("person")
        tell(event, request=number, method=scope.get("method"), route=name_route(path, self.pages), status=status or 500,
             ms=round((time.perf_counter() - started) * 1000), role=person.role if person else None, township=person.township_code if person else None)  # fmt: skip
