"""总览 says what the warehouse says: its sentence, recomputed from SQL for every month, and what needs attention, in the order of consequence."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard.attention import FINDERS, list_attention
from dashboard.cached import kept
from dashboard.components.reported import describe_reported, explain_unreviewed
from dashboard.selection import Selection
from dashboard.shell import PAGES
from dashboard.standing import describe_standing, read_standing
from pipelines.catalog.load import load_catalog
from pipelines.catalog.overview import FINDERS as TOLD
from pipelines.catalog.period import due_date
from pipelines.demo.make import plan_demo, write_workbooks
from pipelines.home import Home
from pipelines.intake.load import load_files
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.writer import open_writer
from pipelines.workflow.review import approve, return_submission

COUNTY = "420324"
CARDS = {"org_union_rate": "建会率", "mem_rate_units": "入会率", "have_eight_rate": "八有达标率", "relief_amount": "救助金额", "comp_done_rate": "攻关完成率",
         "safe_fix_rate": "隐患整改率", "safe_accident": "安全事故", "returns_on_time_rate": "按时报送率"}  # fmt: skip


def county(period: date, reading: str = "month") -> Selection:
    return Selection(period, None, None, reading, COUNTY, "竹溪县")


def sentence(selection: Selection) -> str:
    return describe_standing(read_standing(selection))


def _facts(home: Home, table: str, place: str, period: date) -> dict[str, tuple]:
    rows = open_reader(home).rows(
        f"select indicator, value, target, numerator, denominator, light from {table} where township_code = $place and period = $period and target is not null",
        {"place": place, "period": period},
    )
    return {code: rest for code, *rest in rows if code in CARDS}


def _gaps(home: Home, table: str, period: date) -> list[str]:
    rows = open_reader(home).rows(
        f"select township, target, denominator, numerator from {table} join township using (township_code) "
        "where indicator = 'org_union_rate' and period = $period and target is not null order by township_code",
        {"period": period},
    )
    gaps = [(max(0, math.ceil(target * below) - int(above)), -n, name) for n, (name, target, below, above) in enumerate(rows)]
    return [name for gap, _, name in sorted(gaps, reverse=True) if gap][:2]


@pytest.mark.parametrize(("reading", "table"), [("month", "indicator_value"), ("year", "indicator_year"), ("quarter", "indicator_quarter")])
def test_the_sentence_is_what_the_warehouse_says_in_every_month(demo_home, reading, table):
    periods = [row[0] for row in open_reader(demo_home).rows("select distinct period from submission_status order by 1")]
    assert len(periods) == 3
    for period in periods:
        said = sentence(county(period, reading))
        facts = _facts(demo_home, table, COUNTY, period)
        value, target, above, below, _ = facts["org_union_rate"]
        assert f"建会率 {float(value) * 100:.1f}%，离 {float(target) * 100:g}% 的目标还差 {math.ceil(target * below) - int(above)} 家" in said
        assert f"缺口最大的是{'、'.join(_gaps(demo_home, table, period))}；" in said
        lights = {light: [CARDS[c] for c in CARDS if c in facts and facts[c][4] == light] for light in ("green", "amber", "red")}
        assert f"{sum(map(len, lights.values()))} 项主要指标" in said
        for light, word in (("green", "达标"), ("amber", "接近"), ("red", "未达标")):
            told = re.search(rf"[标、]{word} (\d+) 项", said)
            assert int(told[1]) == len(lights[light]) if told else not lights[light], (period, word, said)
        assert not lights["red"] or f"（{'、'.join(lights['red'][:3])}" in said
        reported = open_reader(demo_home).rows("select count(*) from submission_status where status <> 'missing' and period = $p", {"p": period})[0][0]
        assert (f"15 个乡镇已报 {reported} 个" in said) == (reported < 15)


def test_a_township_s_sentence_speaks_of_it_alone_and_a_missing_one_has_no_figures(demo_home):
    period = open_reader(demo_home).rows("select max(period) from submission_status")[0][0]
    facts = _facts(demo_home, "indicator_value", "420324103", period)
    said = sentence(replace(county(period), township_code="420324103", township="水坪镇"))
    assert said.startswith(f"10月水坪镇建会率 {float(facts['org_union_rate'][0]) * 100:.1f}%") and "天宝乡" not in said and "乡镇已报" not in said
    assert sentence(replace(county(period), township_code="420324206", township="桃源乡")) == "桃源乡还没有报送10月月报，业务指标无数据"
    year = sentence(replace(county(period, "year"), township_code="420324206", township="桃源乡"))
    assert "建会率无数据" in year and "10月月报还没有报送" in year


def _aim(home: Home, value: float) -> None:
    """Every rate of the county has this target from now on, and nothing else has one."""
    rates = [c for c, _ in CARDS.items() if load_catalog().indicator(c).unit == "%"]
    blocks = (f'[[target]]\nindicator = "{c}"\nyear = 2026\nvalue = {value}\nsource = "测试"\n' for c in rates)
    home.overlay.mkdir(parents=True, exist_ok=True)
    (home.overlay / "targets.toml").write_text("\n".join(blocks), "utf-8")
    with open_writer(home, load_catalog(overlay=home.overlay), "新的目标"):
        pass


@pytest.fixture(scope="module")
def lonely(tmp_path_factory):
    """One township's month with a death and an overdue hazard; the other fourteen are missing."""
    home, catalog = Home(tmp_path_factory.mktemp("lonely")), load_catalog()
    book = next(b for b in plan_demo(catalog, 1, 7) if b.township.name == "龙坝镇")
    day, union = book.period.replace(day=3), book.rows["standards"][0]["union_name"]
    book.rows["safety"] = [
        {"date": day, "union_name": union, "category": "事故", "participants": 0, "accident_level": "一般", "deaths": 1, "severe_injuries": 0, "minor_injuries": 2, "loss": 9, "note": "坠落"},
        {"date": day, "union_name": union, "category": "隐患排查", "inspections": 1, "hazards": 6, "rectified": 2, "due": day + timedelta(days=10)},
    ]  # fmt: skip
    load_files(home, catalog, write_workbooks(home.demo, [book]), by="测试")
    return home, book.period


@pytest.fixture
def lonely_home(lonely, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_HOME", str(lonely[0].path))
    return lonely


def test_one_township_only_is_named_and_a_death_comes_first(lonely_home):
    home, period = lonely_home
    (home.overlay / "targets.toml").unlink(missing_ok=True)
    said = sentence(county(period))
    assert said.startswith("10月全县安全事故死亡 1 人；建会率 ")
    assert said.endswith("；15 个乡镇只有龙坝镇报送")


def test_all_green_and_all_red_are_said_so(lonely_home):
    home, period = lonely_home
    _aim(home, 0)
    assert "达到 0% 的目标" in sentence(county(period)) and re.search(r"项主要指标全部达标[；，]", sentence(county(period)))
    assert not [i for i in list_attention(county(period)) if "没有达标" in i.words]
    _aim(home, 2)
    said = sentence(county(period))
    assert "的目标还差" in said and re.search(r"(\d) 项主要指标没有一项达标，未达标 \1 项（建会率、入会率、八有达标率等）", said)


def test_what_needs_attention_stands_in_the_order_of_consequence(lonely_home):
    home, period = lonely_home
    (home.overlay / "targets.toml").unlink(missing_ok=True)
    with open_writer(home, load_catalog(), "县里的目标"):
        pass
    due = due_date(load_catalog(), period)
    items = list_attention(county(period), today=due + timedelta(days=11))
    words = [i.words for i in items]
    assert re.fullmatch(r"龙坝镇.+10月3日发生事故，死亡 1 人。", words[0]) and items[0].address.startswith("/safety?") and "township=" in items[0].address
    assert words[1] == "近几个月登记的 4 处隐患过了整改期限，最长 18 天：龙坝镇 4 处。"
    places = [next((n for n, w in enumerate(words) if mark in w), None) for mark in ("没有达标", "未报，已过期限 11 天", "没有建会", "还没有审核")]
    assert None not in places[:2] and [p for p in places if p is not None] == sorted(p for p in places if p is not None)
    assert "等 14 个乡镇 10月月报未报" in words[places[1]]
    assert not any("未报" in i.words for i in list_attention(county(period), today=due))  # the due date itself is not late


def test_a_returned_month_asks_for_attention_and_coverage_counts_the_reviewed(lonely_home):
    home, period = lonely_home
    catalog, reader = load_catalog(), open_reader(home)
    number = reader.rows("select max(submission_id) from submission")[0][0]
    sql = "select * from submission_status where period = $p order by township_code"
    before = reader.frame(sql, {"p": period})
    assert describe_reported(before).startswith("15 个乡镇已报 1 个，其中待审核 1 个；城关镇、") and "暂用数" in explain_unreviewed(before)
    return_submission(home, catalog, number, "请核对死亡人数", [], "测试")
    assert any(i.words == "龙坝镇 10月月报退回以后还没有改好重报。" for i in list_attention(county(period)))
    assert "其中退回修改 1 个" in describe_reported(open_reader(home).frame(sql, {"p": period}))
    approve(home, catalog, [number], "测试")
    after = open_reader(home).frame(sql, {"p": period})
    assert "其中审核通过 1 个" in describe_reported(after) and "暂用数" not in explain_unreviewed(after)


def test_every_rule_has_a_finder_and_every_link_a_view(catalog):
    views = {path for group in PAGES.values() for path, _, _ in group}
    assert set(FINDERS) == set(TOLD)
    assert {r.view for r in catalog.overview.attention} | {a.view for a in catalog.overview.areas} <= views


def test_what_is_kept_between_visits_is_computed_anew_for_another_release(lonely_home):
    home, period = lonely_home
    asked: list[date] = []

    def told(day: date) -> int:
        asked.append(day)
        return len(asked)

    assert [kept(period, told), kept(period, told), kept(date(2026, 1, 1), told)] == [1, 1, 2]
    with open_writer(home, load_catalog(overlay=home.overlay)) as writer:
        writer.changed = True
    assert kept(period, told) == 3
