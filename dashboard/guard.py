"""The one door: a pure ASGI layer that lets nobody past without a session, on http and on the websocket alike.

What stands behind it can rely on `scope["entry"]` and on the header that names the session to a page; both come from here alone. Whether the
person may do what is asked is decided by each route and, for every query, by the reader that is limited to the person's township.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool

from dashboard.front import refusal_page
from dashboard.request import COOKIE, INSIDE, client_address, cookie, header, host_name, is_proxied, is_same_origin, is_secure, without_private
from dashboard.settings import LOOPBACK, Settings
from pipelines.access.accounts import find_external, has_accounts
from pipelines.access.model import VISITOR, Person
from pipelines.access.sessions import HOURS, Session, find_session, start_session, token_key
from pipelines.faults import UserError
from pipelines.home import find_home

PUBLIC = ("/healthz", "/login")
SIGN_IN_PROVIDER = ("/auth/login", "/oauth2callback")  # public where an identity provider signs people in
CLOSED = ("/_stcore/metrics", "/_stcore/agent/", "/_stcore/script-health-check", "/auth/")
WATCH_SECONDS = 2
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who is let in: the person, the session (None on an open board), and a cookie to hand out with the answer."""

    person: Person
    session: Session | None
    cookie: bytes | None = None

    @property
    def key(self) -> str:
        """What the page is told."""
        return self.session.key if self.session else "open"


def make_cookie(token: str, secure: bool) -> bytes:
    """The Set-Cookie value of a session; an empty token takes the cookie away."""
    age = HOURS * 3600 if token else 0
    return f"{COOKIE}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}".encode()


def is_open(settings: Settings) -> bool:
    """Whether the board needs no sign-in: reachable from this machine only, passwords not handed over to others, and nobody has an account."""
    return settings.loopback and settings.sign_in == "password" and not has_accounts(find_home())


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: Any, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.sockets: dict[str, set[asyncio.Event]] = {}  # session -> what ends its open websockets
        self.watching: asyncio.Task | None = None

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        told = header(scope, self.settings.proxy_header) if self.settings.sign_in == "proxy" and is_proxied(scope, self.settings) else ""
        scope = scope | {"headers": without_private(scope["headers"], self.settings.proxy_header), "settings": self.settings}
        if scope["type"] == "http":
            await self._http_or_why(scope, receive, send, told)
        else:
            await self._websocket(scope, receive, send, told)

    def _enter(self, scope: dict, told: str) -> Entry | None:
        """Who comes; None for somebody who has to sign in first. It may wait for disk and server, so that it never runs in the event loop."""
        if is_open(self.settings):
            return Entry(VISITOR, None) if host_name(scope) in LOOPBACK else None
        token = cookie(scope, COOKIE)
        session = find_session(find_home(), token_key(token)) if token else None
        if self.settings.sign_in == "proxy":
            return self._enter_by_proxy(scope, told, session)
        return Entry(session.person, session) if session else None

    def _enter_by_proxy(self, scope: dict, told: str, session: Session | None) -> Entry | None:
        """The proxy's word on every request: the session only carries it to the pages, and ends when the proxy names another person."""
        account = find_external(find_home(), [told]) if told else None
        if account is None:
            return None
        if session and session.person.account == account.person.account:
            return Entry(session.person, session)
        if scope["type"] == "websocket":  # a page was fetched before
            return None
        token = start_session(find_home(), account.person, "proxy", client_address(scope, self.settings))
        found = find_session(find_home(), token_key(token))
        return Entry(account.person, found, make_cookie(token, is_secure(scope, self.settings))) if found else None

    async def _http_or_why(self, scope: dict, receive: Any, send: Any, told: str) -> None:
        """Where the sessions, or the catalogue that a route needs, cannot be read, the answer is the sentence that says so."""
        begun = False

        async def sending(message: dict) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._http(scope, receive, sending, told)
        except UserError as fault:
            if begun:
                raise
            await _answer(send, scope, 503, f"{fault.message}{fault.remedy}")

    async def _http(self, scope: dict, receive: Any, send: Any, told: str) -> None:
        path, provider = scope["path"], self.settings.sign_in == "oidc"
        if scope["method"] not in _SAFE and is_same_origin(scope) is not True:
            await _answer(send, scope, 403, "这个请求不是从看板页面发出的，没有处理。")
            return
        if path in PUBLIC or (provider and path in SIGN_IN_PROVIDER):
            await self.app(scope, receive, send)
            return
        entry = await run_in_threadpool(self._enter, scope, told)
        if entry is None:
            await self._turn_away(scope, send, told)
        elif entry.session and entry.session.must_change and path not in ("/password", "/logout"):
            await _go(send, scope, "/password")
        elif path.startswith(CLOSED):
            await _answer(send, scope, 404, "没有这个地址。")
        else:
            await self.app(_with_entry(scope, entry), receive, _handing_out(send, entry.cookie))

    async def _turn_away(self, scope: dict, send: Any, told: str) -> None:
        if self.settings.sign_in == "proxy":
            words = f"账号“{told}”还没有开通看板，或已停用。" if told else "请从单位的统一入口打开看板。"
            await _answer(send, scope, 403, words + "请联系县总工会的系统管理员。")
        elif await run_in_threadpool(is_open, self.settings):
            await _answer(send, scope, 403, "这个看板只能在本机打开（http://127.0.0.1）。")
        elif _is_page(scope):
            await _go(send, scope, "/login")
        else:
            await _answer(send, scope, 401, "请先登录。")

    async def _websocket(self, scope: dict, receive: Any, send: Any, told: str) -> None:
        try:
            entry = await run_in_threadpool(self._enter, scope, told)
        except UserError:
            entry = None
        origin = is_same_origin(scope)
        fits = origin if header(scope, "origin") else entry is not None and entry.session is None
        if entry is None or not fits or (entry.session and entry.session.must_change):
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": 1008})
            return
        if entry.session is None:
            await self.app(_with_entry(scope, entry), receive, send)
            return
        await self._serve_socket(_with_entry(scope, entry), receive, send, entry.session.key)

    async def _serve_socket(self, scope: dict, receive: Any, send: Any, key: str) -> None:
        """Serves until either side hangs up or the session ends, which is looked up at every message and every two seconds."""
        ended = asyncio.Event()
        self.sockets.setdefault(key, set()).add(ended)
        if self.watching is None or self.watching.done():
            self.watching = asyncio.create_task(self._watch())

        async def receive_while_valid() -> dict:
            message, hung_up = asyncio.create_task(receive()), asyncio.create_task(ended.wait())
            await asyncio.wait({message, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            hung_up.cancel()
            if message.done() and not ended.is_set() and (message.result()["type"] != "websocket.receive" or await run_in_threadpool(_holds, key)):
                return message.result()
            message.cancel()
            with suppress(Exception):
                await send({"type": "websocket.close", "code": 1008, "reason": "signed out"})
            return {"type": "websocket.disconnect", "code": 1008}

        try:
            await self.app(scope, receive_while_valid, send)
        finally:
            self.sockets[key].discard(ended)
            if not self.sockets[key]:
                del self.sockets[key]

    async def _watch(self) -> None:
        """Hangs up on sessions that ended, in this process or by the command line."""
        while self.sockets:
            await asyncio.sleep(WATCH_SECONDS)
            for key, open_ones in list(self.sockets.items()):
                with suppress(UserError):
                    if await run_in_threadpool(find_session, find_home(), key) is None:
                        for ended in list(open_ones):
                            ended.set()


def _holds(key: str) -> bool:
    """Whether the session holds; a page whose session cannot be looked up is hung up on, and connects again by itself."""
    try:
        return find_session(find_home(), key) is not None
    except UserError:
        return False


def _with_entry(scope: dict, entry: Entry) -> dict:
    scope.get("seen", {})["person"] = entry.person  # for the log, which stands outside
    return scope | {"headers": [*scope["headers"], (INSIDE.encode(), entry.key.encode())], "entry": entry}


def _handing_out(send: Any, cookie_line: bytes | None) -> Any:
    if cookie_line is None:
        return send

    async def send_with_cookie(message: dict) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), (b"set-cookie", cookie_line)]
        await send(message)

    return send_with_cookie


def _is_page(scope: dict) -> bool:
    """Whether somebody will look at the answer, not a program."""
    return scope["method"] in ("GET", "HEAD") and header(scope, "sec-fetch-mode") in ("navigate", "") and "text/html" in header(scope, "accept")


async def _answer(send: Any, scope: dict, status: int, words: str) -> None:
    is_page = _is_page(scope)
    body = (refusal_page(status, words) if is_page else words).encode()
    kind = b"text/html" if is_page else b"text/plain"
    headers = [(b"content-type", kind + b"; charset=utf-8"), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _go(send: Any, scope: dict, where: str) -> None:
    """Sends a browser to another page, from which it comes back to the one it wanted."""
    asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
    target = where if asked == "/" else f"{where}?next={quote(asked, safe='')}"
    await send({"type": "http.response.start", "status": 303, "headers": [(b"location", target.encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
