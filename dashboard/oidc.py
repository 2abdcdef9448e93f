"""Signing in by an identity provider: Streamlit's own OIDC client does the talking, the board keeps its own session.

Streamlit answers the provider's call-back with a signed cookie that says who it is and holds for 30 days. That cookie never reaches the browser:
here it is read, the account that it means is looked up, and the board's own session, which can be ended on the server, takes its place.
"""

from __future__ import annotations

import json
import secrets
from http.cookies import SimpleCookie
from typing import Any

from starlette.concurrency import run_in_threadpool
from streamlit.auth_util import encode_provider_token
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from dashboard.guard import make_cookie
from dashboard.request import client_address, is_secure
from dashboard.settings import Settings
from pipelines.access.accounts import find_external
from pipelines.access.sessions import start_session
from pipelines.audit.log import Event, append_events
from pipelines.durable import write_once
from pipelines.home import Home, find_home

CALLBACK = "/oauth2callback"
CLAIMS = ("preferred_username", "email", "sub")  # the names under which an account may be kept, in this order


def provider_link() -> str:
    """Where `st.login` would send the browser."""
    return f"/auth/login?provider={encode_provider_token('default')}"


def _cookie_key(home: Home) -> str:
    path = home.path / "private" / "cookie.key"
    if not path.exists():
        write_once(path, secrets.token_hex(32).encode())
    return path.read_text("ascii")


def provider_secrets(settings: Settings) -> dict[str, Any]:
    """What `st.App(secrets=…)` takes; nothing where nobody signs in that way."""
    if settings.sign_in != "oidc":
        return {}
    told = {"redirect_uri": settings.address + CALLBACK, "cookie_secret": _cookie_key(find_home())}
    client = {"client_id": settings.oidc_client, "client_secret": settings.oidc_secret, "server_metadata_url": settings.oidc_metadata}
    return {"auth": told | client | {"client_kwargs": {"prompt": "login"}}}


def _claims(lines: list[bytes]) -> dict[str, Any] | None:
    """What Streamlit's cookie says about the person; None when the provider did not vouch for anybody."""
    cookies = {name: morsel.value for line in lines for name, morsel in SimpleCookie(line.decode("latin-1")).items()}
    told = _get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME)
    return json.loads(told) if told else None


def _names(claims: dict[str, Any]) -> list[str]:
    """Under which names the person may have an account; an address that the provider did not verify is anybody's to write."""
    return [str(claims.get(c) or "") for c in CLAIMS if c != "email" or claims.get("email_verified") is True]


def _is_theirs(line: bytes) -> bool:
    return line.startswith((USER_COOKIE_NAME.encode(), TOKENS_COOKIE_NAME.encode()))


class ProviderSignIn:
    """ASGI layer that turns the provider's word into a session of the board."""

    def __init__(self, app: Any, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"] != CALLBACK:
            await self.app(scope, receive, send)
            return

        async def send_with_session(message: dict) -> None:
            if message["type"] == "http.response.start":
                message = await run_in_threadpool(self._exchange, scope, message)
            await send(message)

        await self.app(scope, receive, send_with_session)

    def _exchange(self, scope: dict, message: dict) -> dict:
        headers = message.get("headers", [])
        claims = _claims([value for name, value in headers if name == b"set-cookie" and _is_theirs(value)])
        kept = [(name, value) for name, value in headers if not (name == b"set-cookie" and _is_theirs(value))]
        if claims is None:
            return message | {"headers": kept}
        account = find_external(find_home(), _names(claims))
        address = client_address(scope, self.settings)
        if account is None:
            append_events(find_home(), [Event("sign_in_refused", str(claims.get(CLAIMS[0]) or claims.get("sub") or "")[:40], detail=f"统一身份认证 {address}")])
            return message | {"headers": [(n, b"/login?stranger=1" if n == b"location" else v) for n, v in kept]}
        token = start_session(find_home(), account.person, "oidc", address)
        return message | {"headers": [*kept, (b"set-cookie", make_cookie(token, is_secure(scope, self.settings)))]}
