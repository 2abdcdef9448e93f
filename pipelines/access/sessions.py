"""Sessions: a random token in the browser's cookie, only its hash on the server, ended by anybody who may at once and everywhere."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from pipelines.access.model import Person, make_person
from pipelines.access.store import reading, writing
from pipelines.audit.log import Event, append_events
from pipelines.home import Home

HOURS = 8
METHODS = {"password": "密码", "oidc": "统一身份认证", "proxy": "统一入口"}
CLOCK_SLACK = 300  # seconds that a clock may go back, or two machines' clocks differ, without ending sessions, links or lock-outs

_FIND = """select s.account, s.created_at, s.expires_at, s.method, a.name, a.role, a.township_code, a.must_change
from session as s join account as a using (account) where s.key = ? and s.ended_at is null and a.disabled = 0"""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds now. `key` names it on the server; the token is known to the browser alone."""

    key: str
    person: Person
    method: str  # password | oidc | proxy
    must_change: bool


def token_key(token: str) -> str:
    """The key under which a token's session is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(home: Home, person: Person, method: str, address: str) -> str:
    """A new session; gives its token, which is shown once."""
    token, now = secrets.token_urlsafe(32), time.time()
    with writing(home) as store:
        store.execute("delete from session where expires_at < ? or ended_at < ?", (now - 30 * 86_400,) * 2)
        store.execute("insert into session values (?, ?, ?, ?, ?, null)", (token_key(token), person.account, method, now, now + HOURS * 3600))
    append_events(home, [Event("sign_in", person.account, detail=f"{METHODS[method]} {address}")])
    return token


def find_session(home: Home, key: str) -> Session | None:
    """The session under a key; None when it ended, ran out, began in the future, or its account was closed."""
    with reading(home) as store:
        row = store.execute(_FIND, (key,)).fetchone() if store else None
    if row is None or not row["created_at"] - CLOCK_SLACK <= time.time() < row["expires_at"]:
        return None
    person = make_person(row["account"], row["name"], row["role"], row["township_code"])
    return Session(key, person, row["method"], bool(row["must_change"]) and row["method"] == "password")


def end_session(home: Home, key: str) -> None:
    """Signs out; nothing happens when it had ended."""
    found = find_session(home, key)
    with writing(home) as store:
        store.execute("update session set ended_at = ? where key = ? and ended_at is null", (time.time(), key))
    if found:
        append_events(home, [Event("sign_out", found.person.account)])
