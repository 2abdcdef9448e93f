"""The cards of 报送与审核 judge as 总览 does: near is nine tenths."""

from __future__ import annotations

import pandas
import pytest

from dashboard.views.returns import cards


def month(total: int, reported: int, on_time: int, approved: int) -> pandas.DataFrame:
    """So many townships, of which the first ones reported, in time, and were approved."""
    states = ["approved" if n < approved else "submitted" if n < reported else "missing" for n in range(total)]
    return pandas.DataFrame({"state": states, "on_time": [n < on_time for n in range(total)], "due": pandas.Timestamp("2026-07-05")})


@pytest.mark.parametrize(("reported", "on_time", "lights"), [(20, 20, ["green", "green"]), (20, 18, ["green", "amber"]), (19, 17, ["amber", "red"]), (11, 0, ["red", "red"])])
def test_a_share_is_near_from_nine_tenths_on(reported, on_time, lights):
    told = {card.label: card.light for card in cards(month(20, reported, on_time, 0))}
    assert [told["已报"], told["按时报送"]] == lights


def test_what_was_approved_is_counted_without_a_light():
    assert [card.light for card in cards(month(20, 20, 20, 0)) if card.label == "审核通过"] == [None]


def test_the_deadline_is_written_as_everywhere_else():
    assert cards(month(20, 20, 20, 0))[0].rows == [("期限", "7月5日")]
