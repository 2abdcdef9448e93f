"""Keeps what was uploaded: the bytes for ever, a receipt for each upload, and the catalogue that it was read with.

A receipt is a dict: sequence, sha256, file, township_code, period, asked, received_at, by, catalogue_sha256, problems, and outcome:
received | loaded | refused | unchanged | undone. `loaded` is written before the transaction: `reconcile` makes it `undone` where that was
killed, and where the release that held the upload was rolled back.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.load import catalogue_sha256, read_catalog_text
from pipelines.catalog.period import parse_period
from pipelines.durable import write_durably, write_once
from pipelines.faults import UserError
from pipelines.home import CODE_CATALOG, Home
from pipelines.intake.seal import seal, seal_old, unseal
from pipelines.intake.settled import list_numbers, record_name

KEY_BYTES = 32


class Spoilt(UserError):
    """A receipt or a decision that a disk spoilt; `mend` writes it anew."""


def keep_original(home: Home, name: str, content: bytes) -> tuple[str, Path]:
    """Stores the bytes, sealed, under their sha256 with the name's ending, once; the sha256 and the file, which is not yet durable."""
    seal_old(home)
    sha256 = hashlib.sha256(content).hexdigest()
    path = find_original(home, sha256)
    if path is None:
        suffix = Path(name).suffix.lower()
        path = home.originals / sha256[:2] / f"{sha256}{suffix if suffix[1:].isalnum() else ''}"
        write_durably(path, seal(home, sha256, content), durable=False)
    return sha256, path


def read_original(home: Home, sha256: str) -> bytes | None:
    """The bytes that were uploaded; None when they are not there, UserError when they cannot be unsealed."""
    path = find_original(home, sha256)
    return unseal(home, sha256, path.read_bytes()) if path else None


def find_original(home: Home, sha256: str) -> Path | None:
    """The kept file of these bytes; what is in it is sealed."""
    folder = home.originals / sha256[:2]
    names = os.listdir(folder) if folder.exists() else ()
    return next((folder / name for name in names if name.startswith(sha256)), None)


def keep_catalogue(home: Home, sha256: str) -> None:
    """Stores the catalogue's files under its hash, once. UserError for files that changed since they were read: a rebuild would read others."""
    texts = read_catalog_text(CODE_CATALOG, home.overlay)
    if catalogue_sha256(texts) != sha256:
        raise UserError("指标目录的文件刚刚被改过，这一步没有做。", "请再试一次。")
    path, content = home.catalogues / f"{sha256}.json", json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()
    if not path.exists() or path.stat().st_size != len(content):  # a disk may have cut it off
        write_durably(path, content)


def read_catalogue(home: Home, sha256: str) -> dict[str, str]:
    """The files of a kept catalogue. UserError when they are gone or a disk spoilt them."""
    path = home.catalogues / f"{sha256}.json"
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise UserError(f"以前用过的目录 {path} 不见了或已损坏，无法照原样重建；看板照常可以看。", "请从最近的备份里取回这个文件后再试。") from None


def read_id_key(home: Home | None) -> bytes:
    """The home's secret for hashing ID numbers, made on first use; a throw-away one where there is no home."""
    if home is None:
        return secrets.token_bytes(KEY_BYTES)
    path = home.path / "private" / "id_number.key"
    if not path.exists():
        write_once(path, secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UserError(f"身份证号的密钥文件 {path} 已损坏，暂时不能写入；看板照常可以看。", "请从最近的备份里取回这个文件后再试。")
    return key


def write_receipt(home: Home, receipt: dict, durable: bool = True) -> Path:
    """Writes the receipt so that a reader finds the old one or the new one; not durable where others are waited for or `reconcile` can tell it again."""
    path = home.receipts / record_name(receipt["sequence"])
    write_durably(path, json.dumps(receipt, ensure_ascii=False, indent=1).encode(), durable)
    return path


def read_kept(path: Path) -> dict:
    """A receipt or a decision. Spoilt for one that is not whole."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise Spoilt(f"记录 {path} 已损坏，暂时不能写入；看板照常可以看。", "请从最近的备份里取回这个文件后再试。") from None


def is_whole(path: Path) -> bool:
    """Whether a receipt or a decision can be read."""
    try:
        read_kept(path)
    except Spoilt:
        return False
    return True


def read_numbered(folder: Path, numbers: list[int] | None = None) -> Iterator[dict]:
    """The receipts or decisions with these numbers, or all of a folder, in order of arrival. Spoilt for one that is not whole."""
    every = list_numbers(folder) if numbers is None else numbers
    return (read_kept(folder / record_name(number)) for number in every)


def list_receipts(home: Home) -> Iterator[dict]:
    """Every receipt in order of arrival. Spoilt for one that is not whole."""
    return read_numbered(home.receipts)


def find_spoilt_receipts(home: Home) -> list[Path]:
    """The receipts that a disk spoilt."""
    return [path for path in sorted(home.receipts.glob("[0-9]*.json")) if not is_whole(path)]


def upload_event(receipt: dict, action: str, detail: str = "") -> Event:
    """What the audit record says of an upload."""
    period = parse_period(receipt["period"]) if receipt["period"] else None
    number = f"{receipt['sequence']:06d}"
    return Event(action, receipt["by"], receipt["file"], receipt["township_code"], period, number, f"{detail} {receipt['sha256'][:12]}".strip())


def reconcile(home: Home, loaded: set[int], numbers: list[int] | None = None) -> None:
    """Brings all receipts, or those with these numbers, in line with the warehouse, which holds the uploads `loaded`, after a killed load or a roll-back; the caller holds the writers' lock."""
    for receipt in read_numbered(home.receipts, numbers):
        outcome, inside = receipt["outcome"], receipt["sequence"] in loaded
        if inside and outcome == "undone":
            write_receipt(home, receipt | {"outcome": "loaded"})
            append_events(home, [upload_event(receipt, "upload", "恢复")])
        elif not inside and outcome == "loaded":
            write_receipt(home, receipt | {"outcome": "undone"})
            append_events(home, [upload_event(receipt, "upload_undone")])
