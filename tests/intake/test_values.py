"""Cells to typed values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalog.model import Column
from pipelines.intake.normalise.numbers import AtLeast, Unreadable
from pipelines.intake.normalise.personal import mask_number, read_id_number
from pipelines.intake.normalise.values import build_parser

MARCH = date(2026, 3, 1)


def _parse(kind: str, cell: object, unit: str = "", **column):
    return build_parser(Column("k", "列", kind, **column), unit, MARCH, ("是", "有", "√"), ("否", "无", "×"))(cell)


@pytest.mark.parametrize(("kind", "cell", "value"), [
    ("count", 12.0, 12), ("count", "120人", 120), ("count", "１２０", 120), ("count", "1,200", 1200), ("count", "二十四", 24), ("count", "两", 2),
    ("count", "一百零五", 105), ("count", "二〇六", 206), ("count", "120余份", AtLeast(120)), ("count", "十余", AtLeast(10)), ("count", "230多件", AtLeast(230)), ("count", "50以上", AtLeast(50)),
    ("money", 12.35, Decimal("12.35")), ("money", "￥3,000.50元", Decimal("3000.50")), ("count", "12①", 12), ("count", "15※", 15), ("money", "1,234,567.8", Decimal("1234567.80")), ("money", "人民币3千元整", Decimal(3000)),
    ("count", "至少30人", AtLeast(30)), ("count", "30+", AtLeast(30)), ("date", "二〇二六年三月五日", date(2026, 3, 5)), ("date", "3月5日（周四）", date(2026, 3, 5)), ("date", "26.3.5", date(2026, 3, 5)), ("date", "46086", date(2026, 3, 5)),
    ("date", "2026-03-05 00:00:00", date(2026, 3, 5)), ("count", "'120", 120), ("money", "3,000.50元", Decimal("3000.50")), ("money", "10万余元", AtLeast(Decimal(100000))),
    ("money", "十余万", AtLeast(Decimal(100000))), ("money", "十余万元", AtLeast(Decimal(100000))), ("decimal", 0.5, Decimal("0.5")), ("decimal", "是", Decimal(1)),
    ("date", date(2026, 3, 5), date(2026, 3, 5)), ("date", "2026年3月5日", date(2026, 3, 5)), ("date", "3月5日", date(2026, 3, 5)), ("date", "2026.3.5", date(2026, 3, 5)),
    ("date", 3.5, date(2026, 3, 5)), ("date", 3.12, date(2026, 3, 12)), ("date", "3.20", date(2026, 3, 20)), ("date", "20260305", date(2026, 3, 5)), ("date", 46086.0, date(2026, 3, 5)), ("bool", "√", True), ("bool", "无", False), ("bool", True, True), ("text", 12.0, "12"),
])  # fmt: skip
def test_spellings(kind, cell, value):
    assert _parse(kind, cell) == value


@pytest.mark.parametrize(("kind", "cell", "code"), [
    ("count", -1.0, "negative"), ("count", 1.5, "not_whole"), ("count", "约20", "inexact"), ("count", "20左右", "inexact"), ("count", "10-20", "inexact"),
    ("count", "第三批", "not_a_number"), ("count", "3,5", "not_a_number"), ("count", "一百五", "not_a_number"), ("money", "三万五", "not_a_number"), ("count", "不到20", "inexact"), ("count", "95%", "wrong_unit"), ("date", "2026年3月", "not_a_date"), ("count", float("nan"), "not_a_number"), ("count", float("inf"), "not_a_number"), ("count", "5元", "wrong_unit"),
    ("money", -5.0, "negative"), ("money", 1.234, "too_precise"), ("money", "20人", "wrong_unit"), ("money", True, "not_a_number"),
    ("money", 1e300, "out_of_range"), ("count", 5e9, "out_of_range"), ("money", 5e13, "out_of_range"), ("money", 1.1e10, "out_of_range"), ("decimal", 1e300, "out_of_range"), ("count", "9" * 60, "out_of_range"), ("decimal", "9" * 60, "out_of_range"),
    ("date", 10.1, "ambiguous_date"), ("date", 3.2, "ambiguous_date"), ("date", 1.3, "ambiguous_date"), ("date", "2026-02-30", "not_a_date"), ("date", "春节期间", "not_a_date"), ("bool", "大概", "not_yes_no"),
])  # fmt: skip
def test_refusals(kind, cell, code):
    with pytest.raises(Unreadable) as fault:
        _parse(kind, cell)
    assert fault.value.args[0] == code


def test_lists_compare_without_quotes_and_blanks():
    assert _parse("choice", " 五小 竞赛", choices=("“五小”竞赛", "其他")) == "“五小”竞赛"


@given(st.integers(0, 10**9), st.sampled_from(["", "人", "余人", " 件"]))
def test_a_count_comes_back_from_its_spelling(number, ending):
    found = _parse("count", f"{number:,}{ending}")
    assert found == (AtLeast(number) if "余" in ending else number)


@given(st.integers(0, 99_999_999))
def test_a_chinese_numeral_comes_back(number):
    assert _parse("count", chinese(number)) == number


@given(st.dates(date(2020, 1, 1), date(2029, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%y.%m.%d"]))
def test_a_date_comes_back_from_its_spelling(day, pattern):
    assert _parse("date", day.strftime(pattern)) == day
    assert _parse("date", f"{day.year}．{day.month}．{day.day}") == day


def chinese(number: int) -> str:
    """The numeral as a clerk writes it: 一百零五, 二十四, 三万零五十."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return f"{chinese(high)}万{gap}{chinese(low) if low else ''}"
    text, zero = "", False
    for digit, place in zip(f"{number:04d}", ("千", "百", "十", ""), strict=True):
        if digit == "0":
            zero = bool(text)
        else:
            text += ("零" if zero else "") + "零一二三四五六七八九"[int(digit)] + place
            zero = False
    return text or "零"


@given(st.decimals(0, 10**8, places=2))
def test_money_comes_back_from_its_spelling(amount):
    assert _parse("money", f"{amount:,}元") == amount == _parse("money", f"{amount / 10000:f}", "万元")


def test_id_numbers_are_checked_masked_and_hashed():
    masked, hashed = read_id_number("11010519491231002x", b"k" * 32)
    assert masked == "110105********002X" and hashed == read_id_number("１1010519491231002X", b"k" * 32)[1]
    for bad in ("110105194912310021", "11010519491331002X", "1234", 1.1e17):
        with pytest.raises(Unreadable):
            read_id_number(bad, b"k" * 32)
    assert mask_number("1234") == "****"
