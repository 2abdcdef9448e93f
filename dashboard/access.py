"""Who sees this run of a page: asked of the server anew at every run, so that a closed account loses its open tab."""

from __future__ import annotations

import time
from dataclasses import replace

from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.place import is_looking
from dashboard.viewpoint import viewpoint
from pipelines.access.accounts import has_accounts
from pipelines.access.model import ACTS, VISITOR, Person
from pipelines.access.sessions import find_session
from pipelines.faults import UserError
from pipelines.home import find_home

KEY = "union_board_session"  # what `server.trustedUserHeaders` calls the guard's header
REMEMBERED = 0.5  # seconds that a run may go on with one answer while it only reads
_answers: dict[tuple[str, str], tuple[float, Person]] = {}


class SignedOut(UserError):
    """The session of an open tab has ended."""

    def __init__(self) -> None:
        super().__init__("您已退出登录，或账号已停用。", "请重新登录。")


def session_key() -> str:
    """The session that this tab was opened with; `open` on a board without accounts. What `st.user` gives, which looks through the secrets each time."""
    run = get_script_run_ctx(suppress_warning=True)
    return str((run.user_info.get(KEY) if run else None) or "open")


def tab_key() -> str:
    """The tab that this run draws; empty outside of pages."""
    run = get_script_run_ctx(suppress_warning=True)
    return run.session_id if run else ""


def _ask(key: str) -> Person:
    home = find_home()
    if key == "open":
        if has_accounts(home):
            raise SignedOut
        return VISITOR
    session = find_session(home, key)
    if session is None or session.must_change:
        raise SignedOut
    return session.person


def visitor(fresh: bool = False) -> Person:
    """The person; SignedOut when the session has ended. Asked again after half a second, or at once when `fresh`."""
    if taken := viewpoint():
        return taken.person
    key, home, now = session_key(), str(find_home().path), time.monotonic()
    at, person = _answers.get((home, key), (0.0, None))
    if fresh or person is None or now - at > REMEMBERED:
        _answers.pop((home, key), None)
        person = _ask(key)
        if len(_answers) > 2000:
            _answers.clear()
        _answers[home, key] = (now, person)
    return replace(person, looking=True) if is_looking() else person


def require(right: str, township_code: str | None = None) -> Person:
    """The person, asked afresh; UserError when the right is not theirs. For the top of a view and again right before every write."""
    person = visitor(fresh=True)
    if not person.may(right, township_code):
        if person.looking and right in ACTS:
            raise UserError("这一级只能看，不能上报、审核、打分和改目标。", "请先在页面上方选到县。")
        raise UserError("您的账号不能做这件事。", "需要时请联系县总工会的系统管理员。")
    return person
