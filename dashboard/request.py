"""What a request says, read from its ASGI scope: headers, cookies, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from dashboard.settings import Settings

COOKIE = "union_board_session"
INSIDE = "x-union-board-session"  # how the guard tells a page which session it serves; never believed from outside
_PRIVATE = (b"x-union-board-", b"x_union_board_")


def header(scope: dict, name: str) -> str:
    """The first header of that name, empty when there is none."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == wanted), "")


def cookie(scope: dict, name: str) -> str:
    """The cookie of that name, empty when there is none."""
    for key, value in scope["headers"]:
        if key.lower() == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(name)
            except CookieError:
                continue
            if found:
                return found.value
    return ""


def without_private(headers: Iterable[tuple[bytes, bytes]], more: str) -> list[tuple[bytes, bytes]]:
    """The headers without any that only this server may set, in every spelling, and without the proxy's word for the person."""
    named = more.encode()
    folded = ((key, value, key.lower().replace(b"_", b"-")) for key, value in headers)
    return [(key, value) for key, value, name in folded if not name.startswith(_PRIVATE[0]) and name != named]


def _peer(scope: dict) -> str:
    return scope["client"][0] if scope.get("client") else ""


def is_proxied(scope: dict, settings: Settings) -> bool:
    """Whether the request comes straight from a proxy that is trusted."""
    return _peer(scope) in settings.proxies


def client_address(scope: dict, settings: Settings) -> str:
    """The visitor's address; behind a trusted proxy the one that it names."""
    forwarded = header(scope, "x-forwarded-for") if is_proxied(scope, settings) else ""
    return forwarded.rsplit(",", 1)[-1].strip()[:64] or _peer(scope)


def is_secure(scope: dict, settings: Settings) -> bool:
    """Whether the visitor's side of the way is encrypted."""
    told = header(scope, "x-forwarded-proto") if is_proxied(scope, settings) else ""
    return (told or scope.get("scheme", "")) in ("https", "wss")


def is_same_origin(scope: dict) -> bool | None:
    """Whether a page of this very board sent the request; None when the browser does not say."""
    told, origin = header(scope, "sec-fetch-site"), header(scope, "origin")
    if origin:
        return urlsplit(origin).netloc.lower() == header(scope, "host").lower()
    return told in ("same-origin", "none") if told else None


def host_name(scope: dict) -> str:
    """The name of the machine that the visitor asked for, without the port."""
    try:
        return (urlsplit(f"//{header(scope, 'host')}").hostname or "").lower()
    except ValueError:
        return ""
