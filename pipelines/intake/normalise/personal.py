"""ID-card numbers: GB 11643 check digit, masked for display, a keyed hash for counting people once; never kept in clear."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

from pipelines.catalog.names import fold
from pipelines.intake.normalise.numbers import Unreadable

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def mask_number(text: str) -> str:
    """First six and last four signs, the rest as stars; short texts become stars alone."""
    return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}" if len(text) >= 15 else "*" * len(text)


def _is_valid(number: str) -> bool:
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return _CHECKS[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]


def read_id_number(cell: object, key: bytes) -> tuple[str, str]:
    """(masked, hash) of a valid number; Unreadable otherwise."""
    if isinstance(cell, (int, float)):
        raise Unreadable("id_as_number", "身份证号存成了数字，末几位已经丢失。", "请先把单元格格式改成“文本”，再重新填写完整的身份证号。")
    number = fold(str(cell)).upper()
    if not _is_valid(number):
        raise Unreadable("bad_id_number", "身份证号不对（应为 18 位，校验码要相符）。", "请核对后填写完整的 18 位身份证号。")
    return mask_number(number), hmac.new(key, number.encode(), hashlib.sha256).hexdigest()
