"""ID-card numbers: checked, masked for display, a keyed hash for counting people once; never kept in clear."""

from __future__ import annotations

import hashlib
import hmac

from pipelines.catalog.names import fold
from pipelines.intake.normalise.numbers import Unreadable
from pipelines.intake.private import is_id_number


def mask_number(text: str) -> str:
    """First six and last four signs, the rest as stars; short texts become stars alone."""
    return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}" if len(text) >= 15 else "*" * len(text)


def read_id_number(cell: object, key: bytes) -> tuple[str, str]:
    """(masked, hash) of a valid number; Unreadable otherwise."""
    if isinstance(cell, (int, float)):
        raise Unreadable("id_as_number", "身份证号存成了数字，末几位已经丢失。", "请先把单元格格式改成“文本”，再重新填写完整的身份证号。")
    number = fold(str(cell)).upper()
    if not is_id_number(number):
        raise Unreadable("bad_id_number", "身份证号不对（应为 18 位，校验码要相符）。", "请核对后填写完整的 18 位身份证号。")
    return mask_number(number), hmac.new(key, number.encode(), hashlib.sha256).hexdigest()
