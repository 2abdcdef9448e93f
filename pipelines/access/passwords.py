"""Passwords: argon2id as RFC 9106 recommends for servers with little memory (the library's default), and what a password must not be."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipelines.faults import UserError

SHORTEST, LONGEST = 8, 128
_COMMON = frozenset(["12345678", "123456789", "1234567890", "88888888", "66666666", "11111111", "00000000", "password", "qwertyui", "qwerty123", "abc12345", "a1234567", "aa123456", "woaini1314", "zhuxi123", "gonghui123"])
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_hasher = PasswordHasher()
_at_once = threading.Semaphore(2)  # each takes 64 MB


def hash_password(password: str) -> str:
    """The salted hash, with its parameters in it."""
    with _at_once:
        return _hasher.hash(password)


@cache
def _hash_nobody() -> str:
    return _hasher.hash("nobody")


def is_right(hashed: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; takes as long where there is no such account."""
    with _at_once:
        try:
            return _hasher.verify(hashed or _hash_nobody(), password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


def check_strength(account: str, password: str) -> None:
    """UserError for a password that is too short, too long, common, one sign again and again, or the account's own name."""
    folded = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserError(f"密码要有 {SHORTEST} 到 {LONGEST} 个字符。", "可以用几个词连起来，好记又不容易被猜到。")
    if folded in _COMMON or len(set(folded)) < 4 or account.casefold() in folded:
        raise UserError("这个密码太容易被猜到。", "请不要用账号名、连续数字或重复的字符。")


def make_password() -> str:
    """A first password to hand over: three groups of four, easy to read out on the telephone."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
