"""Finds the figures of a text: Arabic and Chinese numerals with their units, percentages, 余 and 万; and the blanks left in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pipelines.intake.normalise.numbers import Unreadable, parse_quantity
from pipelines.reports.proof.model import Figure

_WIDE = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
_UNITS = "个百分点|人次|人数|元/人次|元|%|人|名|户|家|个|项|次|件|份|场|处|条|起|期|支|队|组|对|幅|所|本|篇|册|批|位|台|辆|间|套|届|岁|天|年|月|日|周年|小时|公里|亩"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMERAL = "[零〇一二两三四五六七八九十百千]+"
_BIG = f"{_NUMERAL}万{_NUMERAL}|{_NUMERAL}"
_FIGURE = re.compile(rf"(?P<number>{_ARABIC}|{_BIG})(?P<more>\s*(?:[余多]?[万亿]?[余多]?))\s*(?P<unit>{_UNITS})?(?P<bound>以上)?")
_ORDINAL = re.compile(r"(第|[届第]|之|建党|建国|成立|农历|每[周月年天日]?|[A-Za-z/+\-.\d])$")
_LABEL = ("年", "月", "日", "届", "周年", "岁", "批", "天", "小时", "期")
_BLANK = re.compile(r"(?<![xX×＊])[xX×＊]{2,4}(?![xX×＊])\s*(?:余)?(?:万)?(?:元|%|人次|人|名|户|家|个|项|次|件|份|场|处|条|起)?|(?<=[向对为给])余户|_{2,}|（\s*）(?=[人户家个项次件份])")
_DECIMALS = Decimal(100)
SAID_ALONE = ("一", "一百", "百", "千", "十", "百千", "千百")  # 一项工作, 千家万户


def straighten(text: str) -> str:
    """The text with full-width digits made narrow; every sign keeps its place."""
    return text.translate(_WIDE)


def _is_label(text: str, found: re.Match) -> bool:
    """Whether it is no count: an ordinal, a date, a word like “五好”, a number of a list."""
    before, after = text[: found.start()], text[found.end() :]
    if _ORDINAL.search(before) or found["unit"] in _LABEL:
        return True
    arabic = found["number"][0].isdigit()
    if not found["unit"] and found["more"].strip() not in ("万", "亿", "余万", "万余"):
        return True
    if not arabic and ((found["number"] in SAID_ALONE and not found["more"].strip()) or before.endswith(("一", "二", "三", "这", "哪", "几"))):
        return True
    return after.startswith("号")


def _precision(found: re.Match, value: Decimal) -> tuple[Decimal, Decimal]:
    number = found["number"].replace(",", "")
    scale = Decimal(100_000_000 if "亿" in found["more"] else 10_000 if "万" in found["more"] else 1)
    places = len(number.partition(".")[2])
    half = scale / Decimal(10) ** places / 2 if places or scale > 1 else Decimal(0)
    digits = int(value) if value == value.to_integral_value() and value > 0 else 1
    step = Decimal(10) ** (len(str(digits)) - len(str(digits).rstrip("0")))
    return half, step


def _read(paragraph: int, text: str, found: re.Match) -> Figure | None:
    unit = found["unit"] or ""
    shown = f"{found['number']}{found['more'].strip()}{'' if '%' in unit or '百分点' in unit or '/' in unit else unit}{found['bound'] or ''}"
    try:
        quantity = parse_quantity(shown if unit not in ("人数",) else found["number"])
    except Unreadable:
        return None
    value, half, step = quantity.value, *_precision(found, quantity.value)
    if "%" in unit or "百分点" in unit:
        value, half, step = value / _DECIMALS, (half or Decimal("0.5")) / _DECIMALS, step / _DECIMALS
        half = half if "." in found["number"] else Decimal("0.005")
    end = found.end()
    while end > found.start() and text[end - 1].isspace():
        end -= 1
    return Figure(paragraph, found.start(), end, text[found.start() : end], value, unit, quantity.at_least, half, step)


def find_figures(paragraph: int, text: str) -> Iterator[Figure]:
    """Every count, sum and share of a paragraph, in order."""
    straight = straighten(text)
    for found in _FIGURE.finditer(straight):
        if not _is_label(straight, found) and (figure := _read(paragraph, straight, found)):
            yield figure


def find_blanks(text: str) -> Iterator[tuple[int, int]]:
    """Where a figure was left out: `xx人`, `××%`, `余户`."""
    return (found.span() for found in _BLANK.finditer(text))
