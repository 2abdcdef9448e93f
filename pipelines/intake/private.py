"""Numbers that are nobody's business here: telephone, bank-card and citizen numbers, known by their shape and check digit.

A text that holds one is stored with its middle as stars; a column of them is left out.
"""

from __future__ import annotations

import re
from datetime import date

_RUN = re.compile(
    r"(?<![\dA-Za-z])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-\d{7,8}|\d{17}[\dXx]|\d{4}(?:[- ]?\d{4}){3}[- ]?\d{0,3})(?![\dA-Za-z])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_id_number(number: str) -> bool:
    """Whether it is an 18-digit citizen number with a real birthday and a right check digit (GB 11643-1999)."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return _CHECKS[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]


def _passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812: the check digit of a bank card."""
    doubled = (int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _is_private(found: str) -> bool:
    number = re.sub(r"[- ]", "", found).upper()
    if len(number) in (11, 12) and number[0] in "01":
        return True
    return is_id_number(number) or (number.isdigit() and 16 <= len(number) <= 19 and _passes_luhn(number))


def hide_numbers(text: str) -> str:
    """The text with the middle of every telephone, bank-card and ID number in it as stars; the text itself when it holds none."""
    if len(text) < 11:
        return text
    return _RUN.sub(lambda m: f"{m[1][:3]}{'*' * (len(m[1]) - 5)}{m[1][-2:]}" if _is_private(m[1]) else m[0], text)
