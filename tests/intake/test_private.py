"""Telephone, bank-card and ID numbers that nobody asked for: told, and nowhere in the home in clear."""

from __future__ import annotations

import pytest

from pipelines.intake.load import load_bytes
from pipelines.intake.private import hide_numbers
from pipelines.warehouse.reader import open_reader
from tests.intake.build import workbook

PHONE, CARD, CITIZEN = "13872904567", "6222021234567890128", "11010519491231002X"


@pytest.fixture(autouse=True)
def a_card_passes_its_check():
    digits = [int(d) for d in reversed(CARD)]
    assert sum(d if n % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for n, d in enumerate(digits)) % 10 == 0


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (f"电话{PHONE}，已核实", "电话138******67，已核实"), ("0719-8123456", "071*******56"), (f"卡 {CARD}", f"卡 622{'*' * 14}28"), (CITIZEN, f"110{'*' * 13}2X"),
        ("2026年发放120余份", "2026年发放120余份"), ("文号 20260312345", "文号 20260312345"), ("1234567890123456", "1234567890123456"), ("金额 3000.50 元", "金额 3000.50 元"),
    ],
)  # fmt: skip
def test_only_such_numbers_lose_their_middle(text, stored):
    assert hide_numbers(text) == stored


def test_they_are_told_and_stand_nowhere_in_the_home(home, catalog):
    head = ["日期", "发放单位", "救助类别", "对象类别", "人次(户)", "金额", "备注", "联系电话", "打款信息"]
    rows = [["2026-03-12", "西关社区工会", "送温暖慰问", "困难职工", 1, 500, f"本人电话{PHONE}", PHONE, CARD]]
    report = load_bytes(home, catalog, "有号码.xlsx", workbook({"帮扶救助台账": [head, *rows]}))
    assert report.status == "loaded"
    told = {(p.code, p.cell) for p in report.problems}
    assert {("private_column", "H1"), ("private_column", "I1"), ("private_number", "G2")} <= told
    assert open_reader(home).rows("select note from relief where note is not null") == [("本人电话138******67",)]
    for path in (p for p in home.path.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert PHONE.encode() not in content and CARD.encode() not in content, path
