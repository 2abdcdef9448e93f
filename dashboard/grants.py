"""Leave to fetch one file with names in clear: given on the page to one session for one selection, good once and for a short while.

A grant is kept beside the sessions, so that any process and any machine can honour it, and its token is known to the one who asked. Whatever does
not fit, a token that was used, made up, handed on or is too old, gets the same answer; one that another session shows is void from then on.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass
from datetime import date

from pipelines.access.sessions import CLOCK_SLACK, token_key
from pipelines.access.store import writing
from pipelines.faults import UserError
from pipelines.home import Home, read_number
from pipelines.postgres import find_server
from pipelines.reports.table import Selection

SECONDS = read_number("UNION_BOARD_GRANT_SECONDS", 120, 1, 86_400)


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be fetched, and why."""

    selection: Selection
    reason: str


def _pack(selection: Selection) -> str:
    return json.dumps(asdict(selection), ensure_ascii=False, default=date.isoformat)


def _unpack(text: str) -> Selection:
    told = json.loads(text)
    periods = tuple(map(date.fromisoformat, told["periods"])) if told["periods"] else None
    return Selection(**told | {"periods": periods, "columns": tuple(told["columns"])})


def _slack(home: Home) -> float:
    """Seconds that the clock of whoever gave a grant may differ from this one's: nothing on a single machine."""
    return CLOCK_SLACK if find_server(home) else 0


def give_grant(home: Home, session: str, account: str, selection: Selection, reason: str, seconds: float = SECONDS) -> str:
    """A new grant's token; the session's earlier one is void."""
    token, now, slack = secrets.token_urlsafe(24), time.time(), _slack(home)
    with writing(home) as rows:
        rows.execute("delete from leave where session = ? or until <= ? or given_at > ?", (session, now - slack, now + slack))
        rows.execute("insert into leave values (?, ?, ?, ?, ?, ?, ?)", (token_key(token), session, account, _pack(selection), reason, now, now + seconds))
    return token


def take_grant(home: Home, token: str, session: str, account: str, table: str) -> Grant:
    """The grant, which is void from now on; UserError where there is none that fits."""
    key, now = token_key(token), time.time()
    with writing(home) as rows:
        found = rows.execute("select * from leave where key = ?", (key,)).fetchone()
        rows.execute("delete from leave where key = ?", (key,))
    selection = _unpack(found["what"]) if found and found["until"] > now - _slack(home) else None
    if selection is None or (found["session"], found["account"], selection.table) != (session, account, table):
        raise UserError("这个下载链接已经用过、过期，或不是给您的。", "请回到“明细导出”页面重新生成。")
    return Grant(selection, found["reason"])
