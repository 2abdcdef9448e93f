"""Facts into words: every figure of the pack is said, none outlives its data, no word goes against its number."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.access.model import Person
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.summary.draft import make_draft
from pipelines.reports.summary.facts.model import Fact, Facts, Part, Place, Span
from pipelines.reports.summary.wording.annex import say_sources
from pipelines.reports.summary.wording.change import say_change
from pipelines.reports.summary.wording.compose import compose
from pipelines.reports.summary.wording.data import load_wording
from pipelines.reports.summary.wording.model import Draft, Figure
from pipelines.reports.summary.wording.numbers import say_exact, say_money, say_percent, say_value
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import Scope, make_scope
from tests.reports.summary.pack import FIGURES, REGISTER, code_of, load_pack

BATCHES = 3
IN_REGISTER = (*REGISTER, "org_demo_village", "home_model", "elect_direct")


def draft_of(home: Home, catalog, code: str | None, text: str = "2025", reading: str | None = None, scope: Scope | None = None) -> Draft:
    return make_draft(open_reader(home, scope=scope), home, catalog, code, text, reading)


def said(draft: Draft) -> dict[str, Figure]:
    """The first figure of each fact; blanks left out."""
    figures = [piece for paragraph in draft.paragraphs() for piece in paragraph if isinstance(piece, Figure) and piece.fact]
    return {f.fact.code: f for f in reversed(figures)}


def test_all_forty_six_are_said_and_right(pack, catalog):
    missing = []
    for code in {f["township_code"] for f in FIGURES}:
        draft = draft_of(pack, catalog, code)
        figures = said(draft)
        for figure in (f for f in FIGURES if f["township_code"] == code):
            found = figures.get(code_of(catalog, figure))
            wanted = (float(figure["value"]), figure["at_least"] == "true")
            if found is None or (found.fact.value, found.fact.at_least) != wanted or found.text not in draft.text():
                missing.append((figure["article"], figure["where"], figure["field"]))
    assert missing == []


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_figure_that_is_gone_is_not_said(tmp_path, catalog, batch):
    lost = FIGURES[batch::BATCHES]
    load_pack(Home(tmp_path / "home"), catalog, tmp_path, lost)
    codes = {(f["township_code"], code_of(catalog, f)) for f in lost}
    registers = {code for code, fact in codes if fact in REGISTER}
    checks = {code for code, fact in codes if fact.endswith("_met")} | registers
    for figure in FIGURES:
        code, fact = figure["township_code"], code_of(catalog, figure)
        gone = (code, fact) in codes or (code in registers and fact in IN_REGISTER) or (code in checks and fact.endswith("_met"))
        assert (fact in said(draft_of(Home(tmp_path / "home"), catalog, code))) is not gone, (figure["article"], fact)


def test_what_nobody_reported_stays_a_blank(tmp_path, catalog):
    load_pack(Home(tmp_path / "home"), catalog, tmp_path, [f for f in FIGURES if f["article"] == "篇四"])
    text = draft_of(Home(tmp_path / "home"), catalog, "420324107").text()
    assert "共有用人单位××家" in text and "建会率××" in text
    assert "事故" not in text and "辍学" not in text


def test_the_county_s_sums_keep_their_bounds(pack, catalog):
    text = draft_of(pack, catalog, None).text()
    assert "支出慰问金12万余元；送温暖慰问金额分别为蒋家堰镇10万余元、龙坝镇2万元。" in text
    assert "攻关立项77项，完成攻关项目49项，获得攻关优秀成果奖17项" in text and "攻关立项全部来自蒋家堰镇77项" in text
    assert "上年同期没有可比数据" in text and "比上年" not in text


def test_a_township_clerk_s_reader_writes_the_own_township_only(pack, catalog):
    own = Scope("420324107")
    assert draft_of(pack, catalog, None, scope=own).title == "龙坝镇工会2025年工作总结"
    for other in ("420324101", catalog.county.code):
        with pytest.raises(UserError, match="只能"):
            draft_of(pack, catalog, other, scope=own)


def test_a_file_for_whoever_may_not_see_persons_holds_no_count_of_one_or_two(pack, catalog):
    leader, clerk = (make_scope(catalog, Person("x", "x", role), export=True) for role in ("leader", "county_clerk"))
    assert "谈心1人次" in draft_of(pack, catalog, "420324100", scope=clerk).text()
    assert "谈心" not in draft_of(pack, catalog, "420324100", scope=leader).text()


@pytest.mark.parametrize(("text", "reading", "title"), [("2025", None, "2025年"), ("2025-12", None, "2025年12月"), ("2025-12", "quarter", "2025年第四季度"), ("2025-12", "half", "2025年下半年"),
                                                        ("2026", "statistical_year", "2025年10—12月"), ("2025-12", "statistical_year", "2025年10—12月")])  # fmt: skip
def test_every_span_has_its_name(pack, catalog, text, reading, title):
    assert title in draft_of(pack, catalog, None, text, reading).title


@pytest.mark.parametrize(("text", "reading", "words"), [("2019", None, "没有报送"), ("去年", None, "看不懂"), ("2025", "week", "没有口径")])
def test_a_span_without_returns_is_told(pack, catalog, text, reading, words):
    with pytest.raises(UserError, match=words):
        draft_of(pack, catalog, None, text, reading)


def test_an_empty_home_has_nothing_to_sum_up(home, catalog):
    with pytest.raises(UserError, match="还没有任何数据"):
        draft_of(home, catalog, None)


def test_extreme_figures_stay_whole_sentences(home, catalog):
    huge = _facts(Fact("mem_member_total", "会员人数", "人", 98765432109.0, now=98765432109.0, before=1.0, compared=1), Fact("relief_amount", "救助金额", "元", 0.01),
                  Fact("relief_times", "救助人次", "人次", None), Fact("comp_done_rate", "攻关完成率", "%", None), Fact("safe_accident", "安全生产事故", "起", 0.0), county=False)  # fmt: skip
    text = compose(huge, load_wording(home, catalog), catalog).text()
    assert "工会会员98765432109人，比上年同期增加98765432108人" in text and "支出0.01元。" in text and "未发生安全生产事故。" in text
    assert "帮扶救助" not in text and "None" not in text and "，，" not in text


@pytest.mark.parametrize(("value", "unit", "at_least", "text"), [
    (120, "份", True, "120余份"), (123, "份", True, "123份以上"), (1, "人次", True, "1人次以上"), (100000, "元", True, "10万余元"), (123456.78, "元", True, "12.34万元以上"),
    (14640, "元", False, "14640元"), (22500, "元", False, "2.25万元"), (20000, "元", False, "2万元"), (123456.78, "元", False, "12.35万元"), (230000000, "元", False, "2.3亿元"),
    (1, "%", False, "100%"), (0.9996, "%", False, "99.96%"), (0.0004, "%", False, "0.04%"), (0.958, "%", False, "95.8%"), (381.355932, "元/人次", False, "381.36元/人次"), (0, "起", False, "0起"),
])  # fmt: skip
def test_how_a_figure_is_written(value, unit, at_least, text):
    assert say_value(value, unit, at_least) == text


def test_no_bound_is_rounded_up():
    assert (say_percent(0.9999, True), say_money(199999, True)) == ("99.9%以上", "19.99万元以上")
    assert (say_exact(0.95961, "%", True), say_exact(0.95961, "%")) == ("≥95.9%", "96%")


CHANGES = [("件", 120, 100, "增长20%"), ("件", 80, 100, "下降20%"), ("件", 5, 3, "增加2件"), ("件", 1, 3, "减少2件"), ("件", 7, 7, "持平"), ("件", 3, 0, "上年同期没有"),
           ("%", 0.9, 0.85, "提高5个百分点"), ("%", 0.85, 0.9, "降低5个百分点"), ("%", 0.9, 0.9, "持平"), ("%", 0.1, 0.0, "提高10个百分点"), ("%", 0.90001, 0.9, "提高0.001个百分点")]  # fmt: skip


@pytest.mark.parametrize(("unit", "now", "before", "words"), CHANGES)
def test_the_words_of_a_change_follow_its_sign(home, catalog, unit, now, before, words):
    told = say_change(Fact("x", "x", unit, now, now=now, before=before, compared=1), load_wording(home, catalog)["change"], 1)
    assert words in told
    assert ("增" in told or "提高" in told) == (now > before > 0 or (unit == "%" and now > before))


def test_a_bound_is_not_compared(home, catalog):
    assert say_change(Fact("x", "x", "件", 120, True, now=120, before=100, compared=1), load_wording(home, catalog)["change"], 1) == ""


def _facts(*facts: Fact, county: bool = True) -> Facts:
    return Facts(Place("1", "某县" if county else "某镇", county), "某县", Span("year", date(2025, 12, 1)), {f.code: f for f in facts}, (), {}, "1")


def test_a_rank_that_several_share_is_not_told(home, catalog):
    parts = tuple(Part(f"{n}镇", 5.0) for n in "甲乙丙丁")
    draft = compose(_facts(Fact("mem_new", "新发展会员", "人", 20.0, parts=parts)), load_wording(home, catalog), catalog)
    assert "新发展会员20人。" in draft.text() and "居前" not in draft.text()


def test_receipts_in_a_row_are_drawn_together():
    assert say_sources(("000001", "000002", "000003", "000007")) == "000001—000003、000007"


def test_the_county_s_own_wording_takes_the_place(home, catalog):
    own = home.path / "wording" / "summary.toml"
    own.parent.mkdir(parents=True)
    text = (load_wording.__globals__["CODE_WORDING"] / "summary.toml").read_text("utf-8")
    own.write_text(text.replace("抓规范，加强组织建设", "强基础，夯实组织建设"), "utf-8")
    assert load_wording(home, catalog)["section"][0]["title"] == "强基础，夯实组织建设"
    own.write_text(text.replace("{org_unit_total}", "{org_unit_totel}"), "utf-8")
    with pytest.raises(UserError, match="org_unit_totel"):
        load_wording(home, catalog)
