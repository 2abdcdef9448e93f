"""Accounts: who may sign in, as what, and for which township; every change ends what it must end and stands in the audit record."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.access.model import ROLES, Person, make_person
from pipelines.access.passwords import LONGEST, check_strength, hash_password, is_right, make_password
from pipelines.access.sessions import CLOCK_SLACK
from pipelines.access.store import Rows, reading, writing
from pipelines.audit.log import Event, append_events
from pipelines.faults import UserError
from pipelines.home import Home

PLACED = ("leader", "county_clerk")  # who may be limited to a place above the townships
_NAME = re.compile(r"[\w.@-]{2,40}")
MINUTES, MOST, MOST_OF_ADDRESS = 15, 5, 30  # so many failures in so many minutes lock an account, or an address


@dataclass(frozen=True, slots=True)
class Account:
    """One account as people see it; `external` is its name at an identity provider or proxy."""

    person: Person
    external: str | None
    must_change: bool
    disabled: bool
    created_at: datetime


def fold_name(text: str) -> str:
    """The account name that was meant: full-width signs, capitals and blanks do not make another one."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _account(row: Mapping[str, Any]) -> Account:
    person = make_person(row["account"], row["name"], row["role"], row["township_code"])
    return Account(person, row["external"], bool(row["must_change"]), bool(row["disabled"]), datetime.fromtimestamp(row["created_at"]))


def list_accounts(home: Home) -> list[Account]:
    """Every account by name, the disabled ones too."""
    with reading(home) as store:
        return [_account(r) for r in store.execute("select * from account order by account")] if store else []


def has_accounts(home: Home) -> bool:
    """Whether anybody has an account, so that nobody gets in without one; a disabled account counts too."""
    with reading(home) as store:
        return store is not None and store.execute("select 1 from account limit 1").fetchone() is not None


def find_account(home: Home, name: str) -> Account:
    """The account; UserError for a stranger."""
    found = next((a for a in list_accounts(home) if a.person.account == fold_name(name)), None)
    if found is None:
        raise UserError(f"没有账号“{name}”。", "请运行 users list 查看已有的账号。")
    return found


def find_external(home: Home, names: list[str]) -> Account | None:
    """The enabled account that an identity provider or proxy means by these names, the first one that fits; an account with a name there is known by that name alone."""
    known: dict[str, Account] = {}
    for account in sorted(list_accounts(home), key=lambda a: a.external is None):
        known.setdefault(fold_name(account.external or account.person.account), account)
    fits = (known[name] for name in map(fold_name, names) if name and name in known)
    return next((account for account in fits if not account.disabled), None)


def _is_taken(store: Rows, account: str, external: str | None) -> bool:
    """Whether either name is already somebody's, as an account or elsewhere."""
    taken = {fold_name(name) for row in store.execute("select account, external from account").fetchall() for name in (row["account"], row["external"]) if name}
    return account in taken or (external is not None and fold_name(external) in taken)


def _check(account: str, role: str, township_code: str | None, place_code: str | None) -> None:
    if not _NAME.fullmatch(account):
        raise UserError(f"账号名“{account}”不能用。", "请用 2 到 40 个字母、数字或汉字，可以带 . - _ @。")
    if role not in ROLES:
        raise UserError(f"没有“{role}”这种角色。", f"可以填：{'、'.join(f'{k}（{v}）' for k, v in ROLES.items())}。")
    if (role == "township_clerk") != (township_code is not None):
        raise UserError("乡镇填报员要写明乡镇，其他角色不写乡镇。", "请检查角色和乡镇。")
    if place_code and role not in PLACED:
        raise UserError("只有领导和工会干事可以限定到一个地方。", "请检查角色和地方。")


def add_account(home: Home, account: str, role: str, *, name: str = "", township_code: str | None = None, place_code: str | None = None, external: str | None = None,
                password: str | None = None, by: str) -> str:  # fmt: skip
    """Makes an account and gives its first password, which has to be changed at the first sign-in.

    UserError for a name that is taken, here or elsewhere, or cannot be used, for an unknown role, for a township clerk without a township, and for
    a place of anybody but a leader or county clerk (None: all places).
    """
    account, external = fold_name(account), (external or "").strip() or None
    _check(account, role, township_code, place_code)
    first = password or make_password()
    if password:
        check_strength(account, password)
    hashed, now = hash_password(first), time.time()
    with writing(home) as store:
        if _is_taken(store, account, external):
            raise UserError(f"已经有账号“{account}”或这个统一身份名称了。", "请换一个名称，或用 users passwd 重设密码。")
        store.execute("insert into account values (?, ?, ?, ?, ?, ?, 1, 0, ?, ?)", (account, name or account, role, township_code or place_code, external, hashed, now, now))
    append_events(home, [Event("account_added", by, account, township_code or place_code, detail=ROLES[role])])
    return first


def reset_password(home: Home, account: str, by: str) -> str:
    """A new first password for an account, whose sessions all end."""
    found, first = find_account(home, account), make_password()
    hashed = hash_password(first)
    with writing(home) as store:
        store.execute("update account set password = ?, must_change = 1, changed_at = ? where account = ?", (hashed, time.time(), found.person.account))
        store.execute("delete from failure where account = ?", (found.person.account,))
        _end_sessions(store, found.person.account)
    append_events(home, [Event("password_changed", by, found.person.account, detail="重设")])
    return first


def change_password(home: Home, account: str, old: str, new: str, keep: str | None = None) -> None:
    """The person's own change; every other session ends, `keep` is the one that goes on. UserError when the old one is wrong or the new one weak."""
    if not is_right(_hash_of(home, account), old):
        raise UserError("原来的密码不对。", "请重新输入；忘记了请找系统管理员重设。")
    if old == new:
        raise UserError("新密码和原来的一样。", "请换一个。")
    check_strength(account, new)
    hashed = hash_password(new)
    with writing(home) as store:
        store.execute("update account set password = ?, must_change = 0, changed_at = ? where account = ?", (hashed, time.time(), account))
        _end_sessions(store, account, keep)
    append_events(home, [Event("password_changed", account, account)])


def set_disabled(home: Home, account: str, disabled: bool, by: str) -> None:
    """Closes an account, whose sessions all end at once, or opens it again. The last administrator stays."""
    found = find_account(home, account)
    with writing(home) as store:
        others = store.execute("select count(*) as others from account where role = 'admin' and disabled = 0 and account <> ?", (found.person.account,)).fetchone()["others"]
        if disabled and found.person.role == "admin" and not others:
            raise UserError("这是最后一个系统管理员账号，不能停用。", "请先新增另一个系统管理员。")
        store.execute("update account set disabled = ?, changed_at = ? where account = ?", (int(disabled), time.time(), found.person.account))
        if disabled:
            _end_sessions(store, found.person.account)
    append_events(home, [Event("account_disabled" if disabled else "account_changed", by, found.person.account, detail="" if disabled else "恢复使用")])


def _end_sessions(store: Rows, account: str, keep: str | None = None) -> None:
    store.execute("update session set ended_at = ? where account = ? and ended_at is null and key <> ?", (time.time(), account, keep or ""))


def _hash_of(home: Home, account: str) -> str | None:
    with reading(home) as store:
        row = store.execute("select password from account where account = ? and disabled = 0", (account,)).fetchone() if store else None
    return row["password"] if row else None


_FAILURES = """select coalesce(sum(case when account = ? then 1 else 0 end), 0) as mine, coalesce(sum(case when address = ? then 1 else 0 end), 0) as theirs
from failure where (account = ? or address = ?) and failed_at > ? and failed_at <= ?"""


def _note_attempt(home: Home, account: str, address: str) -> tuple[float, int, bool]:
    """Counts an attempt as a failure before anything is compared, so that many at once are no more than one after another; gives when, how many were before it, and whether that is too many.

    It counts for the account alone: an office that signs in at once has one address, and locks nobody out.
    """
    with writing(home) as store:
        now = time.time()  # after whatever was waited, so that those before are not later
        found = store.execute(_FAILURES, (account, address, account, address, now - MINUTES * 60, now + CLOCK_SLACK)).fetchone()
        locked = found["mine"] >= MOST or found["theirs"] >= MOST_OF_ADDRESS
        if not locked:
            store.execute("delete from failure where failed_at < ?", (now - 86_400,))
            store.execute("insert into failure values (?, '', ?)", (account, now))
    return now, found["mine"], locked


def check_password(home: Home, name: str, password: str, address: str) -> Account:
    """The account whose password this is; UserError, the same for a stranger and a wrong password, and another one when it is locked.

    Five failures lock an account and thirty an address for a quarter of an hour: the guess is not even compared then.
    """
    account = fold_name(name)
    noted, before, locked = _note_attempt(home, account, address)
    if locked:
        append_events(home, [Event("locked_out", account[:40], detail=address)])
        raise UserError(f"密码错了太多次，{MINUTES} 分钟内不能登录。", "请稍后再试，或请系统管理员重设密码。")
    if not is_right(_hash_of(home, account), password[:LONGEST]):
        with writing(home) as store:
            store.execute("update failure set address = ? where account = ? and address = '' and failed_at = ?", (address, account, noted))
        append_events(home, [Event("sign_in_refused", account[:40], detail=address)])
        left = MOST - before - 1
        if left == 0:
            raise UserError("账号或密码不对。", f"已经错了 {MOST} 次，账号锁定 {MINUTES} 分钟，请稍后再试，或请系统管理员重设密码。")
        raise UserError("账号或密码不对。", f"还可以再试 {left} 次。" if left < 3 else "请重新输入。")
    with writing(home) as store:
        store.execute("delete from failure where account = ?", (account,))
    return find_account(home, account)
