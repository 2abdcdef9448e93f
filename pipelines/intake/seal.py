"""Originals encrypted at rest: AES-256-GCM under a key file of the home, bound to the sha256 of the clear bytes.

Nobody can say what a stranger's file holds before it is read, so every original is sealed. Those kept by a version that did not seal are
sealed when the first one is kept after it; until then, and after a kill half way, both kinds are read.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.durable import write_durably, write_once
from pipelines.faults import UserError
from pipelines.home import Home

MAGIC = b"UNION-BOARD-SEALED-1\n"
_NONCE = 12  # bytes, random for each file


def key_path(home: Home) -> Path:
    """The key file; without it no original can be read, so every backup holds it."""
    return home.path / "private" / "originals.key"


def _done_path(home: Home) -> Path:
    return home.path / "private" / "originals.sealed"


def _files(home: Home) -> list[Path]:
    return sorted(p for p in home.originals.rglob("*") if p.is_file() and not p.name.endswith(".part")) if home.originals.exists() else []


def is_sealed(kept: bytes) -> bool:
    """Whether bytes under `originals` are encrypted."""
    return kept.startswith(MAGIC)


def _lost(home: Home) -> UserError:
    return UserError(f"找不到原表的密钥文件 {key_path(home)}，原表打不开。", "请维护人员从备份中找回这个文件，放回原处。")


def _make_key(home: Home) -> None:
    path = key_path(home)
    if any(is_sealed(p.open("rb").read(len(MAGIC))) for p in _files(home)):
        raise _lost(home)  # a new key would only hide the loss
    write_once(path, secrets.token_bytes(32))


@lru_cache(maxsize=16)
def _cipher(path: Path, stamp: tuple[int, int]) -> AESGCM:
    return AESGCM(path.read_bytes())


def _open_key(home: Home) -> AESGCM:
    try:
        told = key_path(home).stat()
        return _cipher(key_path(home), (told.st_mtime_ns, told.st_ino))
    except FileNotFoundError:
        raise _lost(home) from None
    except ValueError:
        raise UserError(f"原表的密钥文件 {key_path(home)} 已损坏，原表打不开。", "请维护人员从备份中找回这个文件，放回原处。") from None


def seal(home: Home, sha256: str, content: bytes) -> bytes:
    """The bytes as they lie on disk; the key is made on first use."""
    if not key_path(home).exists():
        _make_key(home)
    nonce = secrets.token_bytes(_NONCE)
    return MAGIC + nonce + _open_key(home).encrypt(nonce, content, sha256.encode())


def unseal(home: Home, sha256: str, kept: bytes) -> bytes:
    """The clear bytes. UserError when the key is gone or another one, or the file was changed."""
    if not is_sealed(kept):
        return kept
    body = kept[len(MAGIC) :]
    try:
        return _open_key(home).decrypt(body[:_NONCE], body[_NONCE:], sha256.encode())
    except InvalidTag:
        raise UserError(f"编号 {sha256[:12]} 的原表解不开：文件被改动过，或密钥不是原来那一把。", "请维护人员从备份恢复这个文件或密钥。") from None


def seal_old(home: Home) -> int:
    """Seals what an earlier version kept in clear, each file at once or not at all; gives how many there were."""
    if _done_path(home).exists():
        return 0
    count = 0
    for path in _files(home):
        kept = path.read_bytes()
        if not is_sealed(kept):
            write_durably(path, seal(home, path.stem, kept))
            count += 1
    write_durably(_done_path(home), b"")
    return count
