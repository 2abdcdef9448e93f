"""Text to exact numbers: thousands marks, own units, Chinese numerals, lower bounds; what is not exact is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipelines.catalog.names import UNITS, fold

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
YUAN = {"元": 1, "百元": 100, "千元": 1000, "万元": 10_000, "亿元": 100_000_000}

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(亿|万|千|百)?(.*)")
_CHINESE = re.compile(r"([零〇一二两三四五六七八九十百千]+)(亿|万)?(.*)")
_INEXACT = re.compile(r"^(约|近|大约)|(左右|上下)$|\d\s*[-~～至到]\s*\d")
_BOUND = re.compile(r"[余多]|以上|不少于|超过|^[≥>]=?")


class Unreadable(Exception):
    """A cell that cannot be read: (code, message, remedy)."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A lower bound: the value that was named, or more."""

    value: object


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its digits times its scale, its own unit, and whether it is a lower bound."""

    value: Decimal
    unit: str
    at_least: bool


def _chinese(text: str) -> int:
    total, digit = 0, 0
    for letter in text:
        if letter in TENS:
            total += (digit or 1) * TENS[letter]
            digit = 0
        else:
            digit = DIGITS[letter]
    return total + digit


@lru_cache(maxsize=5_000)
def parse_quantity(text: str) -> Quantity:
    """`10万余元`, `十余万`, `3,000元`, `120人`; raises Unreadable when it is no exact number or bound."""
    folded = fold(text).replace(",", "").replace("−", "-")
    if _INEXACT.search(folded):
        raise Unreadable("inexact", "不是准确的数字。", "请填写准确的数字；确实只知道下限的，写成“120余”或“120以上”。")
    bare = _BOUND.sub("", folded)
    found = _NUMBER.fullmatch(bare)
    if found:
        number = Decimal(found[1])
    elif found := _CHINESE.fullmatch(bare):
        number = Decimal(_chinese(found[1]))
    else:
        raise Unreadable("not_a_number", "不是数字。", "请只填写数字。")
    unit = found[3].removesuffix("整")
    if unit and unit not in UNITS:
        raise Unreadable("not_a_number", "不是数字。", "请只填写数字，文字说明写到备注里。")
    scale = found[2] or ""
    return Quantity(number * SCALES[scale], f"{scale}{unit}" if unit == "元" or scale == "万" else unit, bare != folded)
