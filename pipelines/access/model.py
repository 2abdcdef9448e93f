"""Roles, what each may do, and the person on whose behalf something is done.

A right is a word: `view` (figures), `export`, `upload`, `oversee` (all townships' returns), `review` (return, approve, lock, remind), `see_personal` (names in clear),
`manage` (accounts, releases, backups), `read_audit`. A township clerk's rights hold for the own township only.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLES = {"leader": "县领导", "county_clerk": "县工会干事", "township_clerk": "乡镇填报员", "admin": "系统管理员"}
OPEN = "open"  # the role of whoever opens a board without accounts on this machine
RIGHTS = {
    "leader": frozenset({"view", "oversee", "export"}),
    "county_clerk": frozenset({"view", "oversee", "export", "upload", "review", "see_personal"}),
    "township_clerk": frozenset({"view", "export", "upload"}),
    "admin": frozenset({"view", "oversee", "export", "manage", "read_audit"}),
    OPEN: frozenset({"view", "oversee", "export", "upload", "review", "see_personal", "manage", "read_audit"}),
}
ACTS = frozenset({"upload", "review"})  # what is done in a county


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in: account name, name to show, role, the township of a township clerk, and of others the place that they see (None: all)."""

    account: str
    name: str
    role: str
    township_code: str | None = None
    place_code: str | None = None
    looking: bool = False  # at a place above the counties, where nobody acts

    def may(self, right: str, township_code: str | None = None) -> bool:
        """Whether the right is theirs, and for that township where one is named."""
        own = self.township_code is None or township_code is None or township_code == self.township_code
        return right in RIGHTS[self.role] and own and not (self.looking and right in ACTS)


def make_person(account: str, name: str, role: str, place: str | None) -> Person:
    """The person of an account, which names a township clerk's township or the place that somebody else sees."""
    return Person(account, name, role, place) if role == "township_clerk" else Person(account, name, role, place_code=place)


VISITOR = Person("demo", "本机用户", OPEN)
