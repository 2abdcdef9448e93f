"""暂 and 订 stand where the returns behind a figure are not approved, or were corrected after that; 同期 and 同比 compare like with like."""

from __future__ import annotations

import ast
import re
from datetime import date

import pandas
import pytest

from dashboard import figures
from dashboard.cached import SQL
from dashboard.components.mark import mark_html, mark_text
from pipelines.catalog.reading import name_span
from pipelines.reports.numbers import count, growth, money
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.review import approve
from tests.app_test import AppTest
from tests.dashboard.test_views import run_view, words
from tests.demo_homes import copy_demo


def _figures(home, reading: str, *indicators: str) -> pandas.DataFrame:
    rows = open_reader(home).frame((SQL / "figures.sql").read_text("utf-8"), {"reading": reading, "first": date(2025, 1, 1), "last": date(2026, 12, 1)})
    return rows[rows.indicator.isin(indicators)]


def test_a_figure_is_provisional_until_the_returns_it_was_added_up_from_are_approved(home, catalog):
    copy_demo(home, months=2)
    months = open_reader(home).rows("select period, list(submission_id) from submission group by 1 order by 1")
    approve(home, catalog, months[1][1], "县工会")  # the later month; the earlier one still waits
    later = pandas.Timestamp(months[1][0])
    by_month, by_year = (_figures(home, r, "relief_amount", "org_union_rate") for r in ("month", "year"))
    assert set(by_month[by_month.period == later].marks) == {""}
    assert set(by_month[(by_month.period < later) & (by_month.indicator == "relief_amount")].marks) == {"暂"}
    year = by_year[by_year.period == later].groupby("indicator").marks.unique().map(list).to_dict()
    assert year["relief_amount"] == ["暂"]  # adds up a month that waits
    assert year["org_union_rate"] == [""]  # stands as of the approved month
    assert {r.place for r in by_month[(by_month.period < later) & (by_month.marks == "暂")].itertuples()} >= {"全县", "龙坝镇"}
    cards = re.findall(r'<div class="value">(.*?)</div>', words(run_view("safety")))
    assert len(cards) >= 6 and not any("<sup" in card for card in cards)  # the newest month is approved


def test_cards_tables_and_sources_carry_the_mark(demo_home):
    said = words(run_view("relief"))
    assert re.search(r'class="value">.*?<sup class="mark" title="暂用数', said)
    assert "暂　暂用数" in said and "订　订正数" in said
    assert '<sup class="mark"' in re.search(r'<table class="board">.*', words(run_view("overview"))).group()


def test_how_often_a_township_reports_is_nobody_s_to_approve(demo_home, catalog):
    returns = [i.code for i in catalog.indicators if i.numerator.form == "returns"]
    rows = _figures(demo_home, "month", *returns)
    assert len(rows) and set(rows.marks) == {""}


def test_signs_are_html_or_text():
    assert re.findall(r">(.)</sup>", mark_html("暂、订")) == ["暂", "订"]
    assert (mark_html(""), mark_html(None), mark_text(""), mark_text(float("nan")), mark_text("订")) == ("", "", "", "", " 订")


@pytest.mark.parametrize(("now", "before", "unit", "said"), [
    (112, 100, "人", "↑ 12.0%"), (0.89, 0.884, "%", "↑ 0.6 个百分点"), (5, 0, "起", "—"), (0, 0, "起", "持平"), (0, 4, "起", "↓ 100.0%"), (None, 4, "元", "—"),
])  # fmt: skip
def test_growth_is_said_in_percent_and_of_percents_in_points(now, before, unit, said):
    assert growth(now, before, unit) == said


def test_a_township_that_is_missing_now_is_no_fall_of_a_sum(home):
    copy_demo(home, months=13)
    source = """
from datetime import date
import streamlit as st
from dashboard.components.same_period import same_period_rows
from dashboard.figures import indicator_card
from dashboard.selection import Selection
county = Selection(date(2026, 10, 1), None, None, "month", "420324", "竹溪县")
st.text(repr(same_period_rows(county, [("mem_member_total", "会员人数", "人")])[0][2]))
st.text(repr(indicator_card(county, "mem_member_total", "会员人数", "人").trend))
"""
    app = AppTest.from_string(source, default_timeout=60).run()
    assert not app.exception
    told = dict(open_reader(home).rows("""select period, sum(value) from indicator_value where indicator = 'mem_member_total' and township_code in (
        select township_code from indicator_value where indicator = 'mem_member_total' and period = '2026-10-01' and township_code <> '420324') group by period order by period"""))
    assert count(told[date(2025, 10, 1)]) in app.text[0].value
    assert ast.literal_eval(app.text[1].value) == [float(v) for v in list(told.values())[-12:]]


def test_the_month_and_the_year_stand_side_by_side_with_a_year_ago(home):
    copy_demo(home, months=13)
    source = """
from datetime import date
import streamlit as st
from dashboard.cached import query
from dashboard.components.same_period import same_period_rows
from dashboard.selection import Selection
last = query("periods").period.max().date()
st.text(repr(same_period_rows(Selection(last, "420324103", "水坪镇", "month", "420324", "竹溪县"), [("relief_amount", "救助金额", "元")])))
"""
    app = AppTest.from_string(source, default_timeout=60).run()
    assert not app.exception
    cells = re.findall(r"[\d,.]+ (?:万元|元)|[↑↓] [\d,.]+%|持平", app.text[0].value)
    told = [open_reader(home).rows(f"select value from {t} where indicator = 'relief_amount' and township_code = '420324103' and period = $p", {"p": p})
            for t in ("indicator_value", "indicator_year") for p in ("2026-10-01", "2025-10-01")]  # fmt: skip
    now, before = float(told[0][0][0]), float(told[1][0][0])
    assert cells[2] == growth(now, before, "元")
    year = ast.literal_eval(app.text[0].value)[0][4:]
    assert len(cells) == 4 and cells[3] == " ".join(money(told[2][0][0]))
    assert (year[1], year[2]) == ("—", "—")  # ten months now, one a year ago


COMPARED = """
from datetime import date
import streamlit as st
from dashboard.components.same_period import same_period_rows
from dashboard.figures import compare, indicator_card, of_month
from dashboard.selection import Selection
half, year = (Selection(date(2026, 10, 1), None, None, reading, "420324", "竹溪县") for reading in ("half", "year"))
lines = [("relief_amount", "救助金额", "元"), ("mem_member_total", "会员人数", "人")]
st.text(repr(compare(half, "relief_amount", 6)))
st.text(repr([indicator_card(year, *line).rows[0] for line in lines]))
st.text(repr([row[4:] for row in same_period_rows(year, lines)]))
st.text(repr([int(of_month(year, code).last_year.notna().sum()) for code, _, _ in lines]))
"""


def test_spans_are_compared_only_over_the_same_months_of_a_township(home):
    """The half-year lacks October of two townships that told April; of the year before there is October alone."""
    copy_demo(home, months=13)
    app = AppTest.from_string(COMPARED, default_timeout=60).run()
    assert not app.exception
    half, cards, table, last_year = (ast.literal_eval(block.value) for block in app.text)
    sql = """select sum(value) filter (month(period) > 6), sum(value) filter (month(period) < 5) from indicator_value where indicator = 'relief_amount' and year(period) = 2026
        and month(period) in (1, 2, 3, 4, 7, 8, 9, 10) and township_code in (
            select township_code from indicator_value where indicator = 'relief_amount' and period = '2026-10-01' and township_code <> '420324')"""
    assert half == tuple(float(v) for v in open_reader(home).rows(sql)[0])
    assert cards[0] == ("较上年同期", "—") and cards[1][1] != "—"  # members stand as of October, which both years know
    assert table[0][1].startswith("—") and table[0][2] == "—" and table[1][2] != "—"
    assert last_year == [0, 13]


def test_the_half_year_before_is_not_called_like_the_chosen_one():
    assert figures.COMPARED["half"][0] == ("较上一个半年", 6) and name_span("half", date(2026, 6, 1)) not in figures.COMPARED["half"][0][0]
