"""The words of a reminder: to whom, in which tone, with what to mend; and that the catalogue's wordings can be filled in."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import load_catalog_from_text, read_catalog_text
from pipelines.intake.load import load_bytes
from pipelines.warehouse.decision import Cell
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.reminders import read_reminders
from pipelines.workflow.review import return_submission
from tests.workflow.conftest import MARCH, OTHER, TOWN, events

TONES = {date(2026, 4, 4): ("before", 3, "还有3天"), date(2026, 4, 7): ("today", 0, "今天（4月7日）截止"), date(2026, 4, 17): ("after", 10, "已经过了10天")}


@pytest.mark.parametrize("today", TONES)
def test_the_tone_follows_the_due_date_that_a_holiday_moved(reported, catalog, today):
    found = read_reminders(open_reader(reported), catalog, MARCH, today)
    tone, days, said = TONES[today]
    assert (found.tone, found.days, found.due) == (tone, days, date(2026, 4, 7))
    assert len(found.each) == len(catalog.county.townships) - 2 and {TOWN, OTHER}.isdisjoint({r.township_code for r in found.each})
    for text in (found.everyone, *(r.text for r in found.each)):
        assert said in text and "2026年3月" in text and "{" not in text
    assert all(r.township in r.text and r.township in found.everyone for r in found.each)


def test_a_returned_month_says_what_to_mend(reported, catalog):
    return_submission(reported, catalog, "000002", "金额与票据不符。", [Cell("帮扶救助台账", "H2", "应为600"), Cell("乡镇月报", "D2")], "王干事")
    found = read_reminders(open_reader(reported), catalog, MARCH, date(2026, 4, 1), (TOWN,))
    (reminder,) = found.each
    assert reminder.state == "returned" and "：金额与票据不符。要改的地方：“乡镇月报”D2；“帮扶救助台账”H2（应为600）。" in reminder.text
    assert "请改好后再报：城关镇（金额与票据不符）。" in found.everyone and "还没有收到" not in found.everyone
    load_bytes(reported, catalog, "二.xlsx", events(75))
    found = read_reminders(open_reader(reported), catalog, MARCH, date(2026, 4, 1), (TOWN,))
    assert (found.each, found.everyone) == ((), "")


def test_a_month_that_nobody_reported_yet_reminds_everybody(home, reported, catalog):
    found = read_reminders(open_reader(reported), catalog, date(2026, 5, 1), date(2026, 5, 30))
    assert [r.township_code for r in found.each] == [t.code for t in catalog.county.townships]


@pytest.mark.parametrize(("old", "new", "key"), [
    ("auto_approve = false", "auto_approve = 0", "auto_approve"), ("{due}前报送", "{dew}前报送", "reminder.before.missing"),
    ("[reminder.today]", "[reminder.tomorrow]", "reminder.tomorrow"), ("{names}。", "{names。", "reminder.part.missing"),
    ("auto_approve = false", "auto_aprove = false\nauto_approve = false", "auto_aprove"), ("{lists}本月", "{reason}本月", "reminder.before.all"),
    ("今天（{due}）截止，还没有", "今天（{due:>9}）截止，还没有", "reminder.today.missing"),
])  # fmt: skip
def test_a_wording_that_cannot_be_filled_in_is_named(old, new, key):
    texts = read_catalog_text()
    assert old in texts["returns.toml"]
    faults = check_catalog(texts | {"returns.toml": texts["returns.toml"].replace(old, new, 1)})
    assert key in {f.key for f in faults} and {f.file for f in faults} == {"returns.toml"}


def test_a_catalogue_kept_before_these_settings_can_still_be_read():
    texts = {name: text for name, text in read_catalog_text().items() if name != "returns.toml"}
    assert load_catalog_from_text(texts).returns.auto_approve is False
