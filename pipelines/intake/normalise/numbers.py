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
_NUMERAL = "[零〇一二两三四五六七八九十百千]"
_CHINESE = re.compile(rf"(?=[零〇一二两三四五六七八九十])(?:({_NUMERAL}+)亿)?(?:({_NUMERAL}+)万)?({_NUMERAL}*)(.*)")
_COLLOQUIAL = re.compile(r"[百千万亿][一二两三四五六七八九](?![十百千万])")
_MARKS = re.compile(r"[\u2460-\u24ff\u2070-\u209f\u00b2\u00b3\u00b9※*†‡]+$|\[注?\d+\]$")  # of a footnote: NFKC would make 12① a 121
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CURRENCY = re.compile(r"^(?:[¥￥]|RMB|CNY|人民币|共计?)")
_INEXACT = re.compile(r"^(约|近|大约|大概|估计)|(左右|上下|不到|以内|以下)|^[≤<]|\d\s*[-~～至到]\s*\d")
_BOUND = re.compile(r"[余多]|以上|不少于|不低于|至少|超过|^[≥>]=?|\+$")


class Unreadable(Exception):
    """A cell that cannot be read: (code, message, remedy)."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A lower bound: the value that was named, or more."""

    value: object


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its digits times its scale, its own unit (of `3千` the scale, which a unit over the column may have meant, too), and whether it is a lower bound."""

    value: Decimal
    unit: str
    at_least: bool


def _chinese(text: str) -> int:
    if len(text) > 1 and all(letter in DIGITS for letter in text):
        return int("".join(str(DIGITS[letter]) for letter in text))
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
    folded = fold(_MARKS.sub("", text.strip())).replace("−", "-").removeprefix("'")
    folded = _THOUSANDS.sub("", folded)
    folded = _CURRENCY.sub("", folded)
    if _INEXACT.search(folded):
        raise Unreadable("inexact", "不是准确的数字。", "请填写准确的数字；确实只知道下限的，写成“120余”或“120以上”。")
    bare = _BOUND.sub("", folded)
    number, scale, unit = _split(bare)
    unit = unit.removesuffix("整").removesuffix("正")
    if unit and unit not in UNITS:
        raise Unreadable("not_a_number", "不是数字。", "请只填写数字，文字说明写到备注里。")
    return Quantity(number, f"{scale}{unit}" if unit in ("", "元") else unit, bare != folded)


def _split(text: str) -> tuple[Decimal, str, str]:
    """The number in full, the scale that its last word names (万 of 10万), and what follows it."""
    if found := _NUMBER.fullmatch(text):
        scale = found[2] or ""
        return Decimal(found[1]) * SCALES[scale], scale, found[3]
    if _COLLOQUIAL.search(text):
        raise Unreadable("not_a_number", "写法有歧义（“一百五”是 150 还是 105）。", "请用阿拉伯数字填写。")
    if found := _CHINESE.fullmatch(text):
        high, middle, low = (_chinese(part) if part else 0 for part in found.groups()[:3])
        scale = "" if found[3] else "万" if found[2] else "亿" if found[1] else ""
        return Decimal(high * SCALES["亿"] + middle * SCALES["万"] + low), scale, found[4]
    raise Unreadable("not_a_number", "不是数字。", "请只填写数字。")
