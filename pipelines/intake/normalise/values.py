"""One parser per column type; each gives a typed value, None for an empty cell, or raises Unreadable."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from pipelines.catalog.model import Column
from pipelines.catalog.names import fold
from pipelines.intake.normalise.numbers import DIGITS, SCALES, YUAN, AtLeast, Unreadable, parse_quantity

Parser = Callable[[object], object]
CENT = Decimal("0.01")
LARGEST = 10**10  # yuan, and any other figure, of a cell and of a column: a county's year of them still has room in the warehouse's decimals
LARGEST_COUNT = 10**9
_DATE = re.compile(r"(?:(\d{4}|\d{2})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?(?:T?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[2-7]\d{4}")  # of a spreadsheet, in a text file
_CUT = re.compile(r"(1[0-2]|[1-9])\.([123])")  # 10.2 in a cell of numbers was 10.2 or 10.20 when it was typed
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?$")
_CHINESE_DATE = re.compile(r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]+)月([一二三四五六七八九十]+)[日号]")
_EPOCH = date(1899, 12, 30)
_NEGATIVE = Unreadable("negative", "不能是负数。", "如要冲减，请改正原来的那一行后重新上报，不要填负数。")


def _exact(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise Unreadable("not_a_number", "不是有效的数字。", "请填写正常范围内的数字。")
    if abs(number) > LARGEST:
        raise Unreadable("out_of_range", "数字大得不合常理。", "请核对数字和单位（元、万元）后填写。")
    if number < 0:
        raise _NEGATIVE
    return number


def _bounded(value: object, at_least: bool) -> object:
    return AtLeast(value) if at_least else value


def _whole(number: Decimal) -> int:
    if _exact(number) != number.to_integral_value():
        raise Unreadable("not_whole", "不是整数。", "请填写 0 或大于 0 的整数。")
    if number > LARGEST_COUNT:
        raise Unreadable("out_of_range", "数字大得不合常理。", "请核对后填写实际数字。")
    return int(number)


def _count(cell: object) -> object:
    if type(cell) is float and 0 <= cell < LARGEST_COUNT and cell.is_integer():
        return int(cell)
    if isinstance(cell, (bool, date)):
        raise Unreadable("not_a_number", "不是数字。", "请填写 0 或大于 0 的整数，并把单元格格式改成“常规”。")
    if isinstance(cell, (int, float)):
        return _whole(Decimal(repr(cell)))
    quantity = parse_quantity(cell)
    if quantity.unit.endswith("元") or quantity.unit == "%":
        raise Unreadable("wrong_unit", f"带的单位是“{quantity.unit}”，本列要填个数。", "请只填写整数。")
    return _bounded(_whole(quantity.value), quantity.at_least)


def _yuan(number: Decimal) -> Decimal:
    rounded = _exact(number).quantize(CENT)
    if abs(rounded - number) > Decimal("0.000001"):
        raise Unreadable("too_precise", "折合成元后超过两位小数。", "请按实际金额填写，最多到分。")
    return rounded


def _money(unit: str, header: str) -> Parser:
    factor = YUAN[unit or "元"]
    shown = unit or "元"

    def parse(cell: object) -> object:
        if type(cell) is float and 0 <= cell * factor < LARGEST and cell.is_integer():
            return Decimal(int(cell) * factor)
        if isinstance(cell, (bool, date)):
            raise Unreadable("not_a_number", "不是金额。", "请填写数字，并把单元格格式改成“常规”。")
        if isinstance(cell, (int, float)):
            return _yuan(Decimal(repr(cell)) * factor)
        return _money_text(cell, unit, factor, shown, header)

    return parse


def _money_text(cell: str, unit: str, factor: int, shown: str, header: str) -> object:
    quantity = parse_quantity(cell)
    own = quantity.unit
    if own and not own.endswith("元") and own not in SCALES:
        raise Unreadable("wrong_unit", f"带的单位是“{own}”，本列要填金额。", f"请只填写金额，单位是{shown}。")
    if not own:
        return _bounded(_yuan(quantity.value * factor), quantity.at_least)
    value = _yuan(quantity.value)
    if unit not in ("", "元") and own.removesuffix("元") != unit.removesuffix("元"):
        other = f"{(quantity.value / factor).normalize():f}"
        raise Unreadable("unit_clash", f"本列单位是{unit}，读成 {quantity.value:f} 元还是 {quantity.value * factor:f} 元分不清。", f"请改为 {other}，或把列标题改成“{header}（{own if own.endswith('元') else own + '元'}）”。")
    return _bounded(value, quantity.at_least)


def _decimal(yes: frozenset[str], no: frozenset[str]) -> Parser:
    def parse(cell: object) -> object:
        if isinstance(cell, bool):
            return Decimal(int(cell))
        if isinstance(cell, (int, float)):
            return round(_exact(Decimal(repr(cell))), 4)
        if isinstance(cell, date):
            raise Unreadable("not_a_number", "不是数字。", "请填写数字，并把单元格格式改成“常规”。")
        word = fold(cell).upper()
        if not word.isdigit() and (word in yes or word in no):
            return Decimal(int(word in yes))
        quantity = parse_quantity(cell)
        number = _exact(quantity.value)
        return _bounded(round(number / 100 if quantity.unit == "%" else number, 4), quantity.at_least)

    return parse


def _read_date(text: str, period: date) -> date:
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(text))
    if found := _CHINESE_DATE.fullmatch(text):
        year = int("".join(str(DIGITS[c]) for c in found[1]))
        return date(year, *(int(parse_quantity(part).value) for part in found.groups()[1:]))
    found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    year = int(found[1] or period.year)
    return date(year if year > 99 else 2000 + year, int(found[2]), int(found[3]))


def _date(period: date) -> Parser:
    def parse(cell: object) -> object:
        if isinstance(cell, date):
            return cell
        if isinstance(cell, float) and 20_000 < cell < 80_000:
            return _EPOCH + timedelta(days=int(cell))
        if isinstance(cell, float) and (found := _CUT.fullmatch(str(cell))):
            raise Unreadable("ambiguous_date", f"分不清是{found[1]}月{found[2]}日还是{found[1]}月{found[2]}0日。", f"请按 {period.year}-{int(found[1]):02d}-{found[2]}0 的写法填写。")
        text = _WEEKDAY.sub("", fold(_text(cell)))
        try:
            return _read_date(text, period)
        except (TypeError, ValueError, OverflowError):
            raise Unreadable("not_a_date", "不是日期。", f"请按 {period.year}-{period.month:02d}-05 的写法填写。") from None

    return parse


def _bool(yes: frozenset[str], no: frozenset[str]) -> Parser:
    def parse(cell: object) -> object:
        if isinstance(cell, bool):
            return cell
        if cell == "是" or cell == "否":
            return cell == "是"
        word = fold(_text(cell)).upper()
        if word in yes or word in no:
            return word in yes
        raise Unreadable("not_yes_no", "不是“是”或“否”。", "请填“是”或“否”。")

    return parse


def _choice(column: Column) -> Parser:
    index = {fold(c): c for c in column.choices} | {fold(s): c for s, c in column.choice_aliases}
    listed = "、".join(column.choices)

    def parse(cell: object) -> object:
        chosen = index.get(cell) or index.get(fold(_text(cell)))
        if chosen is None:
            raise Unreadable("not_in_list", "不在可选的内容里。", f"请从下列内容中选一个：{listed}。")
        return chosen

    return parse


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and math.isfinite(cell) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _upper(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(w).upper() for w in words)


@lru_cache(maxsize=4_000)
def build_parser(column: Column, unit: str, period: date, yes: tuple[str, ...], no: tuple[str, ...]) -> Parser:
    """The parser of one column, its unit (of the header, "" when it names none) and month."""
    if column.type == "money":
        return _money(unit, column.header)
    if column.type == "date":
        return _date(period)
    if column.type == "bool":
        return _bool(_upper(yes), _upper(no))
    if column.type == "choice":
        return _choice(column)
    if column.type == "decimal":
        return _decimal(_upper(yes), _upper(no))
    return _count if column.type == "count" else _text
