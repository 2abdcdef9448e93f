"""The sentence on top of a view says what plain SQL over the ledgers says: by month, for the county, a township, and a township that has not reported."""

from __future__ import annotations

import re
from datetime import date, timedelta
from statistics import median

import pandas
import pytest

from dashboard.cached import query
from dashboard.components.issues import spread_plans
from dashboard.components.league import league_title
from dashboard.components.member_gaps import spread_gaps
from dashboard.components.trend import trend_title
from dashboard.figures import of_month
from dashboard.hazards import open_hazards
from dashboard.selection import Selection
from dashboard.views import coverage, issues, safety
from pipelines.catalog.period import name_period, parse_period, shift_period
from pipelines.reports.numbers import count, money, percent
from pipelines.warehouse.reader import open_reader
from tests.dashboard.opening import open_address
from tests.dashboard.test_views import run_view, words
from tests.demo_homes import copy_demo

ABSENT, LAST = "桃源乡", "2026-10"  # has not reported the last month
CASES = [("2026-08", None), ("2026-09", None), (LAST, None), ("2026-09", "水坪镇"), (LAST, "天宝乡"), ("2026-09", ABSENT)]


def finding(path: str, period: str, township: str | None, reading: str = "本月") -> str:
    """The sentence that the view writes for the choice."""
    app = run_view(path)
    app.selectbox(key="period").set_value(name_period(parse_period(period)))
    if township:
        app.selectbox(key="township").set_value(township)
    if any(box.key == "reading" for box in app.selectbox):
        app.selectbox(key="reading").set_value(reading)
    app.run()
    assert not app.exception
    return words(app).partition('class="finding">')[2].partition("<")[0]


def rows_of(home, table: str, columns: str, period: str, township: str | None) -> list[tuple]:
    """The ledger's rows of the month."""
    sql = f"select {columns} from {table} join township using (township_code) where strftime(period, '%Y-%m') = $period and ($place is null or township = $place)"
    return open_reader(home).rows(sql, {"period": period, "place": township})


@pytest.mark.parametrize("path", ["rights", "services", "issues", "relief", "coverage"])
def test_a_township_that_has_not_reported_is_not_said_to_have_done_nothing(demo_home, path):
    assert f"10月{ABSENT}还没有报送" in finding(path, LAST, ABSENT)


@pytest.mark.parametrize(("period", "township"), CASES)
def test_rights_tells_cases_settled_money_and_petitions(demo_home, period, township):
    kinds = ("法律援助", "法律咨询", "外出维权", "劳动争议调解", "集体上访", "意见箱诉求")
    rows = rows_of(demo_home, "rights", "category, cases, settled, recovered", period, township)
    taken, done = sum(r[1] for r in rows if r[0] in kinds), sum(r[2] or 0 for r in rows if r[0] in kinds)
    back, petitions = sum(r[3] or 0 for r in rows), sum(r[1] for r in rows if r[0] == "集体上访")
    said = finding("rights", period, township)
    assert f"{int(period[5:])}月{township or '全县'}受理维权事项 {count(taken)} 件" in said
    assert (f"还有 {count(taken - done)} 件没有办结" in said) == (taken > done)
    assert (f"讨回资金 {' '.join(money(back))}" in said) == (back > 0)
    assert (f"集体上访 {petitions} 件" in said) == (petitions > 0)


@pytest.mark.parametrize(("period", "township"), CASES)
def test_services_tells_events_courses_cost_and_satisfaction(demo_home, period, township):
    rows = rows_of(demo_home, "activity", "category, times, participants, cost", period, township)
    events = [r for r in rows if r[0] in ("文体活动", "联谊活动", "公益活动", "志愿服务", "协会活动")]
    trained = sum(r[2] or 0 for r in rows if r[0] in ("职工教育培训", "工会干部培训"))
    ballots = rows_of(demo_home, "monthly", "indicator_code, value", period, township)
    sums = {code: sum(v for c, v in ballots if c == code) for code in ("eval_satisfied", "eval_ballot")}
    said = finding("services", period, township)
    assert f"开展活动 {count(sum(r[1] or 0 for r in events))} 场，参加 {count(sum(r[2] or 0 for r in events))} 人次，培训 {count(trained)} 人次" in said
    assert f"投入 {' '.join(money(sum(r[3] or 0 for r in rows)))}" in said
    assert f"职工满意率 {sums['eval_satisfied'] / sums['eval_ballot'] * 100:.1f}%" in said
    assert ("达到 90% 的目标" in said) == (sums["eval_satisfied"] >= sums["eval_ballot"] * 9 / 10)


@pytest.mark.parametrize(("period", "township"), CASES)
def test_issues_tells_what_is_open_and_what_is_overdue_longest(demo_home, period, township):
    month_end = shift_period(parse_period(period), 1) - timedelta(days=1)
    rows = rows_of(demo_home, "issues", "status, due, township, problem", period, township)
    waiting = [r for r in rows if r[0] != "已完成"]
    overdue = sorted((r for r in waiting if r[1] < month_end), key=lambda r: r[1])
    said = finding("issues", period, township)
    assert f"还有 {len(waiting)} 个问题没有完成整改" in said
    assert (f"其中 {len(overdue)} 个已逾期" in said) == bool(overdue)
    if overdue:
        assert f"逾期 {(month_end - overdue[0][1]).days} 天" in said
        assert any(r[3] in said for r in overdue if r[1] == overdue[0][1])


def test_the_issue_log_stands_in_the_order_of_consequence(demo_home):
    rows = query("issues_log", period=parse_period(LAST), place="", gravity="安全生产,维权民主")
    assert rows.done.is_monotonic_increasing  # closed ones last
    late = rows[rows.overdue_days > 0]
    assert len(late) > 3 and late.index.max() == len(late) - 1  # overdue ones first
    grave = [{"安全生产": 1, "维权民主": 2}.get(d, 3) for d in late.domain]
    assert grave == sorted(grave) and set(grave) == {1, 2, 3}
    assert late[late.domain == "安全生产"].overdue_days.is_monotonic_decreasing


def test_every_plan_stands_in_one_part_of_its_month(demo_home):
    rows = query("issues_log", period=parse_period(LAST), place="", gravity="")
    wide = spread_plans(rows)
    assert int(wide.to_numpy().sum()) == len(rows)
    assert int(wide["逾期没完成"].sum()) == int((rows.overdue_days > 0).sum()) > 0
    assert int(wide["按期完成"].sum() + wide["迟完成"].sum()) == int(rows.done.sum()) > 0


@pytest.mark.parametrize("place", ["", "420324109"])
def test_persons_are_counted_once_and_payments_far_from_the_usual_are_found(demo_home, place):
    first, last = parse_period("2026-08"), parse_period(LAST)
    people = query("relief_people", first=first, last=last, place=place)
    where = "where id_number_hash is not null and ($place = '' or township_code = $place)"
    told = open_reader(demo_home).rows(f"select count(*), count(distinct id_number_hash), sum(amount) from relief {where}", {"place": place})[0]
    assert (int(people.payments.sum()), len(people), people.amount.sum()) == told
    assert people.payments.is_monotonic_decreasing and people.payments.max() > 1
    assert all(name.endswith("*") for name in people.name)
    rows = open_reader(demo_home).rows("select township_code, category, amount / recipients from relief where recipients > 0")
    usual = {kind: median([float(r[2]) for r in rows if r[1] == kind]) for kind in {r[1] for r in rows} if sum(r[1] == kind for r in rows) >= 8}
    far = [r for r in rows if r[1] in usual and place in ("", r[0]) and not usual[r[1]] / 3 <= float(r[2]) <= usual[r[1]] * 3]
    found = query("relief_outliers", first=first, last=last, place=place, factor=3, least=8)
    assert len(found) == len(far) > 0
    assert 12000 in found.amount.astype(int).tolist()


def test_relief_is_compared_over_the_townships_that_reported_both_years(home):
    copy_demo(home, months=13)
    sql = """select sum(value) filter (period = '2026-10-01'), sum(value) filter (period = '2025-10-01') from indicator_value as v
        where indicator = 'relief_amount' and township_code <> '420324' and 2 = (
            select count(*) from indicator_value where indicator = v.indicator and township_code = v.township_code and period in ('2026-10-01', '2025-10-01'))"""
    now, before = (float(total) for total in open_reader(home).rows(sql)[0])
    share = (now / before - 1) * 100
    assert f"，比上年同期{'多' if share > 0 else '少'} {abs(share):.0f}%" in finding("relief", LAST, None)


@pytest.mark.parametrize(("view", "form"), [("competition", "劳动竞赛台账"), ("safety", "安全生产台账")])
def test_contests_and_safety_do_not_call_a_missing_return_a_quiet_month(demo_home, view, form):
    assert finding(view, LAST, ABSENT) == f"10月{ABSENT}还没有报送{form}"


def test_months_of_hazards_and_levels_of_awards_add_up_to_the_ledger(demo_home):
    first, last = parse_period("2026-08"), parse_period(LAST)
    months = query("hazard_months", first=first, last=last, place="")
    hazards, fixed = open_reader(demo_home).rows("select sum(hazards), sum(rectified) from safety")[0]
    assert (int(months.value.sum()), int(months[months.category == "整改"].value.sum())) == (hazards, fixed)
    levels = query("competition_levels", first=first, last=last, place="")
    told = open_reader(demo_home).rows("select award_level, count(*), sum(awarded) from competition where award_level is not null and award_level <> '无' group by all")
    assert {(r.award_level, r.contests, int(r.awarded)) for r in levels.itertuples()} == set(told)


@pytest.mark.parametrize("period", ["2026-08", LAST])
def test_members_short_of_the_target_would_reach_it_and_not_one_less(demo_home, period):
    chosen = Selection(parse_period(period), None, None, "month", "420324", "竹溪县")
    wide = spread_gaps(of_month(chosen, "mem_rate_units", "mem_rate_all", "mem_new", "mem_left"))
    sql = """select township, numerator, denominator, target from indicator_value join township using (township_code)
        where indicator = 'mem_rate_all' and strftime(period, '%Y-%m') = $period"""
    rows = open_reader(demo_home).rows(sql, {"period": period})
    assert len(rows) == len(wide) and (wide.gap_mem_rate_all > 0).any()
    for name, members, workers, target in rows:
        gap = int(wide.gap_mem_rate_all[name])
        assert (members + gap) >= target * workers
        assert gap == 0 or (members + gap - 1) < target * workers


@pytest.mark.parametrize(("today", "days"), [("2026-10-20", 4), ("2026-10-31", 15), ("2026-11-28", 15)])
def test_days_are_counted_to_the_month_s_end_and_not_into_the_future(demo_home, today, days):
    chosen, day = Selection(parse_period(LAST), None, None, "month", "420324", "竹溪县"), date.fromisoformat(today)
    accidents = pandas.DataFrame({"date": [pandas.Timestamp("2026-10-16")], "township": ["水坪镇"]})
    assert f"已连续 {days} 天无事故" in safety.finding(accidents, open_hazards(chosen, day), chosen, True, day)
    told = open_hazards(chosen, day).dropna(subset=["due"])
    assert list(told.days) == [(pandas.Timestamp(min(day, date(2026, 10, 31))) - pandas.Timestamp(d)).days for d in told.due]


def test_a_rate_is_the_same_in_heading_and_card():
    """28 of 34 is 82.353 %, and 82.35 % would be written 82.3."""
    rows = pandas.DataFrame({"place": ["龙坝镇"], "value": [28 / 34], "numerator": [28.0], "denominator": [34.0], "target": [0.9]})
    chosen = Selection(parse_period(LAST), None, None, "month", "420324", "竹溪县")
    told = coverage.measure_gaps(rows)
    assert coverage.finding(told, chosen) == f"龙坝镇建会率 {percent(28 / 34)}%，还差 3 家达标" == "龙坝镇建会率 82.4%，还差 3 家达标"


@pytest.mark.parametrize("view", ["relief", "overview"])
def test_of_a_span_the_months_are_named_that_each_township_did_not_report(demo_home, view):
    """Its other months are in the sum."""
    said = words(open_address(f"/{view}?period=2026年10月&reading=本年累计"))
    assert "10月，15 个乡镇已报 13 个" in said and f"没有报的月份不计入分子和分母：{ABSENT} 10月，向坝乡 10月" in said
    assert f"{ABSENT}、向坝乡未报" not in said
    assert f"{ABSENT}、向坝乡未报，不计入分子和分母" in words(open_address(f"/{view}?period=2026年10月"))


def test_a_township_with_some_months_of_a_span_is_one_with_figures(demo_home):
    assert "1—10月，15 个有数据的乡镇中" in words(open_address("/township?period=2026年10月&reading=本年累计"))


def test_all_who_share_the_last_place_are_named():
    overdue = pandas.Series([2, 2, 1, 0], index=["甲", "乙", "丙", "丁"])
    assert issues.places_title(overdue, "个乡镇") == "逾期最多的是甲、乙，各 2 个"
    assert issues.places_title(overdue.iloc[2:], "个乡镇") == "逾期最多的是丙，1 个" and issues.places_title(overdue.iloc[3:], "个乡镇") == "没有逾期的问题"
    rows = pandas.DataFrame({"place": list("甲乙丙丁戊"), "value": [0.9, 0.5, 0.5, 0.5, 0.5], "percent": [90.0, 50.0, 50.0, 50.0, 50.0], "target": None})
    assert league_title(rows, "整改率") == "整改率最低的是乙、丙、丁等 4 个乡镇，50.0%"
    assert league_title(rows.head(3), "整改率") == "整改率最低的是乙、丙，50.0%"


def test_what_a_half_year_is_compared_with_is_not_called_as_the_first_half(demo_home):
    """上半年 is the first half of this year too, and may be the very one that is shown."""
    said = words(open_address("/relief?period=2026年10月&reading=本半年"))
    assert "较上一个半年" in said and "较上半年" not in said


@pytest.mark.parametrize("view", ["relief", "rights", "services", "safety"])
@pytest.mark.parametrize(("period", "township", "months"), [("2026年8月", "", 1), ("2026年10月", "", 3), ("2026年10月", ABSENT, 2)])
def test_titles_tell_how_many_months_there_are(demo_home, view, period, township, months):
    """The demo begins in August; what is not known of a January is not 0 %."""
    said = words(open_address(f"/{view}?period={period}" + (f"&township={township}" if township else "")))
    titles = re.findall(r'class="section">(.*?)<', said)
    told = [t for t in titles if t.startswith("近 12 个月")]
    assert all(t.startswith(f"近 12 个月里有报送的 {months} 个月") for t in told) and "春节前后" not in "".join(told)
    assert told or township  # who has not reported the month sees less


def test_a_trend_counts_the_months_that_have_a_rate():
    assert trend_title("建会率", "桃源乡", [80.0, None, 82.0]) == "2 个月桃源乡建会率提高 2.0 个百分点"
    assert trend_title("建会率", "桃源乡", [None, 80.0]) == "桃源乡建会率 80.0%，只有 1 个月的数"


def test_a_township_without_a_register_is_not_said_to_have_nobody_to_visit(demo_home):
    assert "25 人以上单位未建会，涉及" in words(open_address("/coverage?period=2026年10月&township=水坪镇"))
    absent = words(open_address(f"/coverage?period=2026年10月&township={ABSENT}"))
    assert "未建会，涉及" not in absent and "各类单位建会情况" not in absent
