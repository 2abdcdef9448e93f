"""A running board of two demo months, and for everybody the cookie that they hold."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from dashboard.request import COOKIE
from pipelines.access.accounts import add_account, change_password, find_account, set_disabled
from pipelines.access.sessions import end_session, start_session, token_key
from pipelines.home import Home
from tests.demo_homes import copy_demo
from tests.serve import Board, serving

OWN, OTHER = "420324107", "420324103"  # 龙坝镇, 水坪镇
FIRST, SECOND = "first-pass-77", "second-pass-88"
ROLES = ("leader", "county_clerk", "township_clerk", "admin")


@dataclass
class Floor:
    """The running board and, for everybody, the cookie that they hold."""

    board: Board
    cookies: dict[str, str]

    def headers(self, who: str) -> dict[str, str]:
        """The cookie as a header; `who` may be a cookie itself."""
        cookie = self.cookies.get(who, who)
        return {"Cookie": cookie} if cookie else {}

    def get(self, who: str, path: str, **more) -> httpx.Response:
        """The answer to that person's request."""
        return httpx.get(self.board.address + path, headers=self.headers(who) | more.pop("headers", {}), timeout=60, **more)

    def new_cookie(self, who: str) -> str:
        """Another session of the same account."""
        return _cookie(self.board.home, who)


def _cookie(home: Home, account: str) -> str:
    return f"{COOKIE}={start_session(home, find_account(home, account).person, 'password', 'test')}"


@contextlib.contextmanager
def opening(home: Home, months: int = 2) -> Iterator[Floor]:
    """Makes the demo and the accounts, one of each role and some that nobody may use, and serves them."""
    copy_demo(home, months=months)
    cookies = {"nobody": "", "forged": f"{COOKIE}={'x' * 43}"}
    for who in (*ROLES, "closed", "ended", "new"):
        role = who if who in ROLES else "leader"
        add_account(home, who, role, township_code=OWN if role == "township_clerk" else None, password=FIRST, by="测试")
        if who != "new":
            change_password(home, who, FIRST, SECOND)
        cookies[who] = _cookie(home, who)
    set_disabled(home, "closed", True, "测试")
    end_session(home, token_key(cookies["ended"].partition("=")[2]))
    with serving(home) as board:
        yield Floor(board, cookies)
