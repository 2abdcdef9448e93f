"""The cards of 报送与审核 judge as 总览 does: near is nine tenths. Before the deadline nobody is late, and an early report does not empty the board."""

from __future__ import annotations

from datetime import date

import pandas
import pytest

from dashboard import selection
from dashboard.selection import settled_period
from dashboard.views.returns import board_title, cards, finding
from pipelines.catalog.load import load_catalog
from pipelines.intake.load import load_bytes
from tests.dashboard.opening import open_address, words
from tests.intake.build import GOOD, workbook


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


def test_before_the_deadline_nobody_is_late_or_missing():
    rows = month(15, 1, 1, 0).assign(township=[f"乡{n}" for n in range(15)], period=pandas.Timestamp("2026-06-01"), status=["on_time"] + ["missing"] * 14)
    early, late = date(2026, 7, 5), date(2026, 7, 6)
    assert finding(rows, date(2026, 6, 1), early) == "6月已报 1 个，1 个待审，其余 14 个还没到期"
    assert "还差乡1、乡2、乡3、乡4等 14 个" in finding(rows, date(2026, 6, 1), late)
    assert board_title(rows, early) == "1 个月里迟报 0 次，未报 0 次，还没到期 14 次"
    assert board_title(rows, late) == "1 个月里迟报 0 次，未报 14 次"
    assert [card.light for card in cards(rows, early)] == [None] * 4 and cards(rows, late)[1].light == "red"
    assert cards(month(15, 15, 15, 0), early)[1].light == "green"


@pytest.mark.parametrize(("reported", "today", "shown"), [(1, "2026-11-28", 10), (7, "2026-12-05", 10), (8, "2026-11-28", 11), (1, "2026-12-06", 11)])
def test_the_month_shown_is_over_or_half_reported(monkeypatch, reported, today, shown):
    rows = [(pandas.Timestamp("2026-11-01"), pandas.Timestamp("2026-12-05"), 15, reported), (pandas.Timestamp("2026-10-01"), pandas.Timestamp("2026-11-05"), 15, 13)]
    monkeypatch.setattr(selection, "query", lambda name: pandas.DataFrame(rows, columns=["period", "due", "expected", "reported"]))
    assert settled_period(date.fromisoformat(today)).month == shown


def test_one_early_report_does_not_empty_the_board(home):
    """March is due in 2099 here; of February, which is over, one report is the newest figure there is."""
    home.overlay.mkdir(parents=True)
    (home.overlay / "calendar.toml").write_text('deadline_day = 5\n[moved]\n"2026-03" = "2099-04-07"\n', "utf-8")
    catalog, register = load_catalog(overlay=home.overlay), {"单位与工会名册": GOOD["单位与工会名册"]}
    for name, period in (("一.xlsx", "2026-02"), ("二.xlsx", "2026-03")):
        assert load_bytes(home, catalog, name, workbook(register, cover=("城关镇", period))).status == "loaded"
    shown = {view: open_address(f"/{view}").selectbox(key="period") for view in ("overview", "coverage", "returns")}
    assert {view: box.value for view, box in shown.items()} == {"overview": "2026年2月", "coverage": "2026年2月", "returns": "2026年3月"}
    assert shown["overview"].options == ["2026年3月", "2026年2月"]
    assert "14 个还没到期" in words(open_address("/returns")) and "还差" not in words(open_address("/returns")).partition("</h1>")[0]
    card = words(open_address("/overview?period=2026年3月")).partition("按时报送率</span>")[2].partition("</div>")[0]
    assert card == "" and "6.7" in words(open_address("/overview?period=2026年3月"))
    over = words(open_address("/overview")).partition("按时报送率</span>")[2].partition("</div>")[0]
    assert "未达标" in over
