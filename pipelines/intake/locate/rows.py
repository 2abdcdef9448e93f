"""What a row is: data, total, nil return, numbers of columns, units, section, note or foot of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import UNITS, fold

_TOTAL = re.compile(r"(?:合计|小计|总计|共计)(?:\([^()]*\))?$")
_TOLD_TOTAL = re.compile(r"(?:本月|本年|全年)?(?:合计|小计|总计|共计|累计):")  # with its figures in the same cell
_LABEL = re.compile(r"[^:]{1,8}:")
_ORDINAL = re.compile(r"[(]?(\d{1,2})[)]?")
_SECTION = re.compile(r"^[(]?(?:[一二三四五六七八九十]+|第[一二三四五六七八九十]+部分)[)、.:]")
_LETTERS = "甲乙丙丁戊"
_DASHES = frozenset(["-", "—", "/", ""])
NOTE_LENGTH = 14  # a lone text longer than that is a note, shorter it may be a name


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue's words that decide what a row is."""

    total: frozenset[str]
    nil: frozenset[str]
    nothing: frozenset[str]
    footer: re.Pattern[str]
    serial: frozenset[str]


_words: dict[str, Words] = {}  # by the catalogue's sha256


def read_words(catalog: Catalog) -> Words:
    """The catalogue's words, folded."""
    if catalog.sha256 not in _words:
        w = catalog.words
        folded = {key: tuple(map(fold, w.get(key, ()))) for key in ("total", "nil", "nothing", "footer", "serial")}
        feet = "|".join(re.escape(word.rstrip(":")) for word in folded["footer"])
        foot = re.compile(rf"[(]?(?:{feet})\d*(?:\([^()]*\))?(?:[:)\s]|$)")
        _words[catalog.sha256] = Words(*(frozenset(folded[key]) for key in ("total", "nil", "nothing")), foot, frozenset(folded["serial"]))
    return _words[catalog.sha256]


@lru_cache(maxsize=2_000)
def _ordinal(text: str) -> int | None:
    found = _ORDINAL.fullmatch(fold(text))
    return int(found[1]) if found else None


def _number_of(cell: object) -> int | None:
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    return cell if isinstance(cell, int) else _ordinal(cell) if isinstance(cell, str) else None


def is_number_row(filled: list[object]) -> bool:
    """甲 乙 1 2 3, (1) (2) (3) or 1 2 3 4 under the headers."""
    rest = [c for c in filled if not (isinstance(c, str) and c.strip() in (*_LETTERS, "栏次", "序号", "-", "—"))]
    return len(filled) > 2 and len(rest) > 1 and [_number_of(c) for c in rest] == list(range(1, len(rest) + 1))


def is_unit_row(filled: list[object]) -> bool:
    """Nothing but units, be it one."""
    words = [fold(c).strip("()") if isinstance(c, str) else None for c in filled]
    return any(w in UNITS for w in words) and all(w in UNITS or w in _DASHES or w in ("单位", "计量单位") for w in words)


def _is_total(text: str, words: Words) -> bool:
    return text in words.total or (len(text) <= 8 and _TOTAL.search(text) is not None)


def _is_foot(filled: list[object], words: Words) -> bool:
    """Whether a row begins with a foot's word (`注：`, `填表人 张三`) and holds nothing but such labels and what each tells; a problem that begins with 单位负责人 is data."""
    texts = [normalize("NFKC", c).strip() if isinstance(c, str) else "" for c in filled]
    labels = [bool(words.footer.match(t) or words.footer.match(fold(t))) for t in texts]
    return labels[0] and len(filled) <= 2 * sum(label or bool(_LABEL.match(t)) for label, t in zip(labels, texts, strict=True))


def class_of(filled: list[object], words: Words) -> str:
    """data | total | nil | nil_with_data | footer | section | note; most rows are decided by their first two cells."""
    for cell in filled[:3]:
        if isinstance(cell, str) and len(cell) <= 40:
            text = fold(cell).rstrip(":")
            if text in words.nil:
                return "nil" if len(filled) == 1 else "nil_with_data"
            if _is_total(text, words):
                return "total"
        elif not isinstance(cell, str):
            break
    first = filled[0]
    if isinstance(first, str):
        text = fold(first)
        if len(filled) == 1 and text.rstrip("。.") in words.nothing:
            return "nil"
        if len(filled) == 1 and _TOLD_TOTAL.match(text):
            return "total"
        if _is_foot(filled, words):
            return "footer"
        if len(filled) == 1 and _SECTION.match(text):
            return "section"
        if len(filled) == 1 and len(text) > NOTE_LENGTH:
            return "note"
    return "data"
