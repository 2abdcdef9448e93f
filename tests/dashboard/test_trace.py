"""The page that opens a figure: from the county to the cell, in words that an address can hold, and for those alone who may see it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from dashboard.components.figure_link import figure_address, rows_address
from dashboard.selection import Selection
from dashboard.traced import read_condition, spell_condition
from pipelines.catalog.model import Condition
from pipelines.faults import UserError
from pipelines.warehouse.reader import open_reader
from tests.dashboard.opening import open_address, words

LONGBA = "420324107"


def _newest(home):
    return open_reader(home).rows("select max(period) from indicator_value")[0][0]


def _selection(home, township=None, code=None, reading="month"):
    return Selection(_newest(home), code, township, reading, "420324", "竹溪县")


@pytest.mark.parametrize("indicator", ["relief_amount", "org_union_rate", "have_eight_rate", "fund_rate", "returns_on_time_rate", "right_contract_rate", "iss_close_rate", "mem_new"])
@pytest.mark.parametrize("reading", ["month", "year"])
def test_a_figure_opens_and_its_rows_agree(demo_home, indicator, reading):
    for township in ("", "龙坝镇"):
        told = words(open_address(figure_address(_selection(demo_home, reading=reading), indicator, township=township)))
        assert "各行相加与公布的数一致" in told and "不一致" not in told
        assert 'class="crumbs"' in told


def test_the_county_s_townships_and_the_township_s_unions_lead_down_to_the_cell(demo_home):
    address, depth = figure_address(_selection(demo_home), "relief_amount"), 0
    while found := re.findall(r'<a class="figure" href="([^"]+)"', told := words(open_address(address))):
        address, depth = unescape(found[0]), depth + 1
    assert depth == 2
    assert "帮扶救助台账" in told and re.search(r">H\d+<", told) and "第 1 版" in told and "/files/original/" in told


def test_names_of_persons_are_masked(demo_home):
    period = _newest(demo_home)
    names = {n for (n,) in open_reader(demo_home).rows("select distinct recipient_name from relief where period = $p and recipient_name is not null and length(recipient_name) > 1", {"p": period})}
    found = "select distinct union_name from relief where period = $p and township_code = $c and recipient_name is not null"
    unions = [u for (u,) in open_reader(demo_home).rows(found, {"p": period, "c": LONGBA})]
    assert unions
    told = words(open_address(figure_address(_selection(demo_home, "龙坝镇", LONGBA), "relief_amount", union=unions[0])))
    assert "*" in told and not [n for n in names if n in told]


def test_a_union_s_money_is_written_as_its_township_s(demo_home):
    period = _newest(demo_home)
    found = """select t.township, r.township_code, r.union_name, sum(r.amount) from relief as r join township as t using (township_code) where r.period = $p and r.union_name is not null
        group by all having sum(r.amount) >= 10000 and not bool_or(r.amount_at_least) order by 4 desc limit 1"""
    town, code, union, amount = open_reader(demo_home).rows(found, {"p": period})[0]
    told = words(open_address(figure_address(_selection(demo_home, town, code), "relief_amount", union=union)))
    head = re.search(r'<h1 class="finding">(.*?)</h1>', told)[1]
    assert f"{union}救助金额 {float(amount) / 1e4:,.2f} 万元，" in head, head


def test_the_index_counts_the_indicators_that_have_a_figure(demo_home):
    told = words(open_address("/trace"))
    said = int(re.search(r"有数的指标 (\d+) 项", told)[1])
    assert 0 < said == told.count("<tr") - 1 - len(re.findall(r"<td[^>]*>(?:<a[^>]*>)?无数据", told))


def test_any_sum_over_rows_opens_too(demo_home):
    selection = _selection(demo_home, reading="year")
    category, amount = open_reader(demo_home).rows("select category, sum(amount) from relief group by 1 order by 2 desc limit 1")[0]
    told = words(open_address(rows_address(selection, "relief", "amount", category=category)))
    assert f"{amount:,.0f} 元" in told


@pytest.mark.parametrize("query", ["indicator=no_such", "form=accounts&sum=x", "form=relief&sum=recipient_name", "form=relief&where=recipient_name%3D张三", "form=relief&where=id_number%3D1",
                                   "form=relief&where=amount%3Dx", "form=register&where=has_union%3Dtrue", "form=relief&where=1%3D1%3Bdrop"])  # fmt: skip
def test_what_there_is_not_is_refused_politely(demo_home, query):
    app = open_address(f"/trace?{query}")
    assert not app.exception
    assert "没有这项数据" in " ".join(w.value for w in app.warning)


@pytest.mark.parametrize("condition", [Condition("has_union", "=", True), Condition("workers", ">=", 25), Condition("employer_kind", "in", ("企业", "事业单位")), Condition("union_name", "=", "a=b&c 村工会")])
def test_a_condition_is_read_as_it_was_spelt(catalog, condition):
    assert read_condition(catalog.form("register"), spell_condition(condition)) == condition


def test_a_condition_on_a_person_is_refused(catalog):
    with pytest.raises(UserError):
        read_condition(catalog.form("relief"), "recipient_name=张三")
