"""Leave to fetch one file with names in clear: given on the page to one session for one selection, good once and for a short while.

A grant lives in this process only and its token is known to the one who asked. Whatever does not fit, a token that was used, made up, handed on or
is too old, gets the same answer; one that another session shows is void from then on.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from pipelines.faults import UserError
from pipelines.reports.table import Selection

SECONDS = int(os.environ.get("UNION_BOARD_GRANT_SECONDS", 120))


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be fetched, and why."""

    session: str
    account: str
    selection: Selection
    reason: str
    until: float  # of the clock that no one sets


class Grants:
    """All grants of a process; a session has at most one."""

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.clock = seconds, clock
        self._lock = threading.Lock()
        self._open: dict[str, Grant] = {}  # sha256 of the token -> grant

    def give(self, session: str, account: str, selection: Selection, reason: str) -> str:
        """A new grant's token; the session's earlier one is void."""
        token, now = secrets.token_urlsafe(24), self.clock()
        with self._lock:
            self._open = {key: g for key, g in self._open.items() if g.until > now and g.session != session}
            self._open[_key(token)] = Grant(session, account, selection, reason, now + self.seconds)
        return token

    def take(self, token: str, session: str, account: str, table: str) -> Grant:
        """The grant, which is void from now on; UserError where there is none that fits."""
        with self._lock:
            grant = self._open.pop(_key(token), None)
        fits = grant and grant.until > self.clock() and (grant.session, grant.account, grant.selection.table) == (session, account, table)
        if not fits:
            raise UserError("这个下载链接已经用过、过期，或不是给您的。", "请回到“明细导出”页面重新生成。")
        return grant


def _key(token: str) -> str:
    return sha256(token.encode()).hexdigest()


GRANTS = Grants()
