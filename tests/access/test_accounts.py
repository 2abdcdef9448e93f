"""Accounts and sessions: what gets in, what keeps out, what ends when, with a real store on disk and in PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pipelines.access import accounts
from pipelines.access import sessions as room
from pipelines.access.accounts import (
    MOST,
    add_account,
    change_password,
    check_password,
    find_account,
    find_external,
    has_accounts,
    list_accounts,
    reset_password,
    set_disabled,
)
from pipelines.access.model import RIGHTS, ROLES, Person
from pipelines.access.on_disk import store_path
from pipelines.access.sessions import end_session, find_session, start_session, token_key
from pipelines.access.store import reading
from pipelines.audit.log import read_records, verify_chain
from pipelines.faults import UserError
from pipelines.home import ROOT

FIRST, SECOND, HERE = "first-pass-77", "second-pass-88", "10.0.0.9"


@pytest.fixture(params=["file", "server"])
def home(home, request, monkeypatch):
    """A home that keeps its accounts in a file, and one that keeps them in PostgreSQL."""
    if request.param == "server":
        monkeypatch.setenv("UNION_BOARD_WAREHOUSE", request.getfixturevalue("postgres").new_database())
    return home


def make(home, account="liu", role="county_clerk", **more):
    """An account whose password is FIRST."""
    return add_account(home, account, role, password=FIRST, by="测试", **more)


def test_a_password_opens_a_session_that_ends_at_the_sign_out(home):
    assert not has_accounts(home)
    make(home)
    assert has_accounts(home)
    account = check_password(home, " LIU ", FIRST, HERE)
    assert (account.person.role, account.must_change) == ("county_clerk", True)
    key = token_key(start_session(home, account.person, "password", HERE))
    assert find_session(home, key).person == account.person
    end_session(home, key)
    assert find_session(home, key) is None
    assert [r.event.action for r in read_records(home)] == ["account_added", "sign_in", "sign_out"]


def test_neither_password_nor_token_lies_on_the_disk(home):
    make(home)
    token = start_session(home, find_account(home, "liu").person, "password", HERE)
    kept = b"".join(p.read_bytes() for p in home.path.rglob("*") if p.is_file())
    assert FIRST.encode() not in kept
    assert token.encode() not in kept
    assert not store_path(home).exists() or store_path(home).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name,password", [("nobody", FIRST), ("liu", "wrong"), ("liu", ""), ("liu' or '1'='1", "x"), ("liu", FIRST + "x")])
def test_a_stranger_and_a_wrong_password_hear_the_same(home, name, password):
    make(home)
    with pytest.raises(UserError) as fault:
        check_password(home, name, password, HERE)
    assert fault.value.message == "账号或密码不对。"


def test_five_failures_lock_the_account_even_for_the_right_password(home):
    make(home)
    for _ in range(MOST):
        with pytest.raises(UserError, match="不对"):
            check_password(home, "liu", "wrong", HERE)
    with pytest.raises(UserError, match="错了太多次"):
        check_password(home, "liu", FIRST, "10.0.0.10")
    first = reset_password(home, "liu", "测试")
    assert check_password(home, "liu", first, HERE).must_change


def test_the_guess_that_locks_an_account_says_so(home):
    make(home)
    said = []
    for _ in range(MOST):
        with pytest.raises(UserError) as fault:
            check_password(home, "liu", "wrong", HERE)
        said.append(fault.value.remedy)
    assert said[:-1] == ["请重新输入。", "请重新输入。", "还可以再试 2 次。", "还可以再试 1 次。"] and "账号锁定 15 分钟" in said[-1]


def test_guesses_at_once_are_no_more_than_one_after_another(home, monkeypatch):
    make(home)
    compared, real = [], accounts.is_right
    monkeypatch.setattr(accounts, "is_right", lambda hashed, password: compared.append(password) or real(hashed, password))

    def guess(number):
        with pytest.raises(UserError) as fault:
            check_password(home, "liu", f"guess-{number}", HERE)
        return fault.value.message[:7]

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(guess, range(20)))
    assert len(compared) == said.count("账号或密码不对") == MOST and said.count("密码错了太多次") == 20 - MOST


def test_an_office_that_signs_in_at_once_locks_nobody_out(home, monkeypatch):
    monkeypatch.setattr(accounts, "MOST_OF_ADDRESS", 4)
    names = [f"clerk{number}" for number in range(8)]
    for name in names:
        make(home, name)
    together, real = Barrier(len(names)), accounts.is_right
    monkeypatch.setattr(accounts, "is_right", lambda hashed, password: together.wait(20) >= 0 and real(hashed, password))
    with ThreadPoolExecutor(len(names)) as pool:
        assert [a.person.account for a in pool.map(lambda name: check_password(home, name, FIRST, HERE), names)] == names


def test_many_names_from_one_address_are_locked_too(home, monkeypatch):
    monkeypatch.setattr("pipelines.access.accounts.MOST_OF_ADDRESS", 4)
    make(home)
    for name in "abcd":
        with pytest.raises(UserError, match="不对"):
            check_password(home, name * 3, "wrong", HERE)
    with pytest.raises(UserError, match="错了太多次"):
        check_password(home, "liu", FIRST, HERE)
    assert check_password(home, "liu", FIRST, "10.0.0.10")


def test_a_changed_password_ends_every_other_session(home):
    make(home)
    person = find_account(home, "liu").person
    mine, other = (token_key(start_session(home, person, "password", HERE)) for _ in range(2))
    with pytest.raises(UserError, match="原来的密码不对"):
        change_password(home, "liu", "wrong", SECOND, mine)
    change_password(home, "liu", FIRST, SECOND, mine)
    assert find_session(home, mine) and not find_session(home, other)
    assert not check_password(home, "liu", SECOND, HERE).must_change


@pytest.mark.parametrize("weak", ["short", "12345678", "aaaaaaaaaa", "liu-liu-liu", FIRST, "x" * 200])
def test_a_weak_or_old_password_is_refused(home, weak):
    make(home)
    with pytest.raises(UserError):
        change_password(home, "liu", FIRST, weak)
    assert check_password(home, "liu", FIRST, HERE)


def test_a_closed_account_has_no_session_and_no_way_in(home):
    make(home)
    key = token_key(start_session(home, find_account(home, "liu").person, "password", HERE))
    set_disabled(home, "liu", True, "测试")
    assert find_session(home, key) is None
    with pytest.raises(UserError, match="不对"):
        check_password(home, "liu", FIRST, HERE)
    assert has_accounts(home)  # closing the last account must not open the board
    set_disabled(home, "liu", False, "测试")
    assert find_session(home, key) is None
    assert check_password(home, "liu", FIRST, HERE)


def test_the_last_administrator_cannot_be_closed(home):
    make(home, "boss", "admin")
    with pytest.raises(UserError, match="最后一个"):
        set_disabled(home, "boss", True, "测试")
    make(home, "boss2", "admin")
    set_disabled(home, "boss", True, "测试")


@pytest.mark.parametrize("now, holds", [(60, True), (7.9 * 3600, True), (8.1 * 3600, False), (-60, True), (-3600, False)])
def test_a_session_lasts_eight_hours_and_no_clock_that_went_back_lengthens_it(home, monkeypatch, now, holds):
    make(home)
    key = token_key(start_session(home, find_account(home, "liu").person, "password", HERE))
    real = room.time.time()
    monkeypatch.setattr(room.time, "time", lambda: real + now)
    assert (find_session(home, key) is not None) == holds


@pytest.mark.parametrize("account,role,code", [("x", "leader", None), ("a b", "leader", None), ("../etc", "leader", None), ("zhang", "king", None),
                                               ("zhang", "township_clerk", None), ("zhang", "leader", "420324107")])  # fmt: skip
def test_accounts_that_make_no_sense_are_refused(home, account, role, code):
    with pytest.raises(UserError):
        make(home, account, role, township_code=code)
    assert list_accounts(home) == []


def test_a_name_is_taken_once_in_every_spelling(home):
    make(home, "liu", external="liu@example.cn")
    with pytest.raises(UserError, match="已经有账号"):
        make(home, "ＬＩＵ")
    with pytest.raises(UserError, match="已经有账号"):
        make(home, "wang", external="liu@example.cn")
    assert find_external(home, ["LIU@example.cn"]).person.account == "liu"
    assert find_external(home, ["", "wang"]) is None
    for name, external in (("wang", "Liu"), ("wang", "LIU@example.cn"), ("liu@example.cn", None)):
        with pytest.raises(UserError, match="已经有账号"):
            make(home, name, external=external)


def test_nobody_comes_in_as_somebody_else_by_a_name_at_the_identity_provider(home):
    make(home, "wang", "admin", external="wang.jun@example.cn")
    make(home, "zhang")
    make(home, "blank", external=" ")
    assert find_external(home, ["wang", "stranger@example.cn", "77"]) is None, "that account has another name there"
    assert find_external(home, ["zhang", "wang.jun@example.cn", "77"]).person.account == "zhang", "the first name counts"
    assert find_external(home, ["", " "]) is None
    set_disabled(home, "zhang", True, "测试")
    assert find_external(home, ["zhang"]) is None


def test_a_township_clerk_s_rights_end_at_the_own_township():
    clerk = Person("li", "小李", "township_clerk", "420324107")
    assert clerk.may("upload", "420324107") and clerk.may("upload")
    assert not clerk.may("upload", "420324100")
    assert not clerk.may("review", "420324107")
    assert not any("upload" in RIGHTS[role] or "review" in RIGHTS[role] for role in ("leader", "admin"))
    assert set(ROLES) < set(RIGHTS)


@pytest.mark.parametrize("home", ["file"], indirect=True)
def test_a_spoilt_store_never_opens_the_board(home):
    make(home)
    for part in store_path(home).parent.glob("accounts.sqlite3-*"):
        part.unlink()
    store_path(home).write_bytes(b"not a database" * 100)
    with pytest.raises(UserError, match="读不出来"):
        has_accounts(home)


def test_many_sign_ins_at_once_lose_nothing(home):
    make(home)
    person = find_account(home, "liu").person
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: start_session(home, person, "password", HERE), range(40)))
    assert all(find_session(home, token_key(t)) for t in tokens)
    assert verify_chain(home).count == 41 and not verify_chain(home).fault
    with reading(home) as rows:
        assert rows.execute("select count(*) as sessions from session").fetchone()["sessions"] == 40


@pytest.mark.parametrize("home", ["file"], indirect=True)
def test_the_verbs_do_the_same(home):
    def users(*words, text=None):
        done = subprocess.run([sys.executable, "-m", "pipelines", "users", *words], cwd=ROOT, capture_output=True, text=True, input=text)
        return done.returncode, done.stdout + done.stderr

    assert users("add", "li", "--role", "township_clerk", "--township", "龙坝镇", "--password-stdin", text=FIRST + "\n")[0] == 0
    assert check_password(home, "li", FIRST, HERE).person.township_code == "420324107"
    code, told = users("passwd", "li")
    assert code == 0 and "新密码" in told
    assert users("disable", "li")[0] == 0
    assert "已停用" in users("list")[1]
    assert users("add", "wang", "--role", "township_clerk")[0] == 2
    assert users("disable", "nobody")[0] == 2
