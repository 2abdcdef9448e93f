"""Every kind of rule at its edges: steps, floors, flat points, deductions, caps, vetoes, marks, and what is not known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipelines.catalog.scoring import Deduct, Rubric, RubricGroup, RubricItem, Step, Veto
from pipelines.scoring.engine import Mark, Marks, score_item, score_township
from pipelines.scoring.figure import Figure, with_change
from pipelines.scoring.lift import find_lifts
from pipelines.scoring.words import deduction_text

STEPS = (Step(0.9, 8), Step(0.85, 6), Step(0.8, 4))
RATE = RubricItem("rate", "建会率", "steps", 8, indicator="rate", steps=STEPS, lift="再建会 {n} 家")
LEGAL = RubricItem("legal", "法律援助", "floor", 4, indicator="legal", every=1, points=1, lift="再办 {n} 件")
GROWTH = RubricItem("growth", "会员净增", "floor", 6, indicator="members", of="increase", every=500, points=1, lift="再发展 {n} 名会员")
FASTER = RubricItem("faster", "会员增长率", "floor", 4, indicator="members", of="growth", every=0.0025, points=1)
SAFE = RubricItem("safe", "安全事故", "flat", 2, indicator="accidents", compare="<=", at=0)
FILES = RubricItem("files", "档案", "deduct", 4, deduct=(Deduct(5, 0.5, indicator="files", lift="补建 {n} 份"),))
JUDGED = RubricItem("judged", "帮扶", "manual", 8)


def share(above: int, below: int, **more) -> Figure:
    return Figure(Fraction(above), Fraction(below), **more)


def total(number: float, before: float | None = None) -> Figure:
    return Figure(Fraction(str(number)), before=None if before is None else Fraction(str(before)))


@pytest.mark.parametrize("above, points", [(100, 8), (90, 8), (89, 6), (85, 6), (84, 4), (80, 4), (79, 0), (0, 0)])
def test_a_step_begins_exactly_where_it_says(above, points):
    assert score_item(RATE, {"rate": share(above, 100)}).points == points


def test_a_share_is_compared_whole_and_never_rounded_up_to_a_step():
    assert score_item(RATE, {"rate": share(899_999_999, 1_000_000_000)}).points == 6
    assert score_item(RATE, {"rate": share(9, 10)}).points == 8  # 0.9 as a binary float would be more than 9/10 of nothing


@pytest.mark.parametrize("figures", [{}, {"rate": share(0, 0)}])
def test_no_data_gives_no_points_and_takes_none(figures):
    line = score_item(RATE, figures)
    assert (line.points, line.computed, line.earned) == (None, None, None)


@pytest.mark.parametrize("increase, points", [(-20, 0), (0, 0), (499, 0), (500, 1), (999, 1), (1000, 2), (5000, 6)])
def test_so_many_earn_a_point_and_what_is_left_over_earns_none(increase, points):
    assert score_item(GROWTH, {"members": total(8000 + increase, 8000)}).points == points


def test_growth_is_of_last_december_and_unknown_without_it():
    assert score_item(FASTER, {"members": total(1005, 1000)}).points == 2
    assert score_item(FASTER, {"members": total(1004, 1000)}).points == 1
    assert score_item(FASTER, {"members": total(1004)}).points is None
    assert score_item(FASTER, {"members": total(5, 0)}).points is None
    assert score_item(GROWTH, {"members": total(1004)}).points is None


def test_the_cap_cuts_what_is_earned_beyond_the_item():
    line = score_item(LEGAL, {"legal": total(6)})
    assert (line.earned, line.points, line.is_capped) == (6, 4, True)
    assert not score_item(LEGAL, {"legal": total(4)}).is_capped


def test_flat_points_are_all_or_none():
    assert score_item(SAFE, {"accidents": total(0)}).points == 2
    assert score_item(SAFE, {"accidents": total(1)}).points == 0
    assert score_item(SAFE, {}).points is None


@pytest.mark.parametrize("done, points", [(100, 4), (96, 4), (95, 3.5), (91, 3.5), (90, 3), (40, 0)])
def test_deductions_count_whole_steps_and_end_at_nothing(done, points):
    assert score_item(FILES, {"files": share(done, 100)}).points == Fraction(str(points))


def test_a_begun_step_may_count_whole():
    item = RubricItem("files", "档案", "deduct", 4, deduct=(Deduct(5, 0.5, indicator="files", rounding="up"),))
    assert score_item(item, {"files": share(99, 100)}).points == Fraction("3.5")
    assert score_item(item, {"files": share(100, 100)}).points == 4


def test_deductions_without_data_are_not_full_points_but_no_data():
    assert score_item(FILES, {}).points is None
    both = RubricItem("rate", "整改率", "steps", 8, indicator="rate", steps=STEPS, deduct=(Deduct(1, 0.5, fact="hazards_overdue", of="value"),))
    line = score_item(both, {"rate": share(9, 10)})
    assert line.points == 8 and line.deductions[0].points is None  # the rule of steps has data: the deduction is told as unknown and takes nothing
    assert score_item(both, {"rate": share(9, 10), "hazards_overdue": total(3)}).points == Fraction("6.5")


def test_a_deduction_without_data_is_told_as_a_whole_sentence():
    (deduction,) = score_item(RubricItem("files", "档案", "deduct", 4, deduct=(Deduct(5, 0.5, indicator="files", unit="份"),)), {}).deductions
    assert deduction_text(deduction) == "扣分依据无数据，不扣"


def test_a_deduction_for_overdue_hazards_says_that_they_are_the_year_s():
    item = RubricItem("rate", "整改率", "deduct", 8, deduct=(Deduct(1, 0.5, fact="hazards_overdue", of="value", unit="处逾期隐患"),))
    (deduction,) = score_item(item, {"hazards_overdue": total(11)}).deductions
    assert deduction_text(deduction) == "本年逾期未整改隐患 11 处，扣 5.5"


def test_too_few_are_deducted_for():
    item = RubricItem("events", "活动", "deduct", 10, deduct=(Deduct(1, 2, indicator="events", of="below", level=6),))
    assert [score_item(item, {"events": total(n)}).points for n in (0, 5, 6, 9)] == [0, 8, 10, 10]


def test_deductions_come_before_the_cap():
    item = RubricItem("legal", "援助", "floor", 4, indicator="legal", every=1, points=1, deduct=(Deduct(1, 1, indicator="late", of="value"),))
    assert score_item(item, {"legal": total(6), "late": total(1)}).points == 4
    assert score_item(item, {"legal": total(4), "late": total(1)}).points == 3


def test_the_county_s_points_stand_in_the_place_of_the_rule_s():
    line = score_item(RATE, {"rate": share(9, 10)}, Mark(Fraction(5), "核减"), Mark(Fraction(8)))
    assert (line.computed, line.points, line.own.points) == (8, 5, 8)
    assert score_item(JUDGED, {}).points is None
    assert score_item(JUDGED, {}, Mark(Fraction("6.5"))).points == Fraction("6.5")


def rubric(*items: RubricItem, full: float | None = None, **more) -> Rubric:
    whole = full if full is not None else sum(i.full for i in items)
    return Rubric("test", "办法", 2024, whole, (RubricGroup("g", "组", whole, items, **more),), vetoes=(Veto("deaths", "死亡", "deaths", at=3, cap=0), Veto("lies", "造假", cap=5)))


def test_what_cannot_be_judged_is_left_out_of_the_points_it_is_compared_by():
    score = score_township(rubric(RATE, JUDGED, SAFE), {"rate": share(9, 10), "accidents": total(0)})
    assert (score.total, score.judged, score.share) == (10, 10, 1)
    assert not score.is_ranked  # 10 of 18 points are too few to be compared by
    assert score_township(rubric(RATE, JUDGED), {}).total is None
    assert score_township(rubric(RATE, JUDGED), {}).share is None


def test_a_group_may_give_less_than_its_items_earn_and_deduct_for_itself():
    capped = score_township(rubric(RATE, LEGAL, full=10, capped=True), {"rate": share(1, 1), "legal": total(4)})
    assert (capped.total, capped.judged) == (10, 10)
    deducting = rubric(RATE, deduct=(Deduct(1, 0.5, indicator="missing", of="value"),))
    assert score_township(deducting, {"rate": share(1, 1), "missing": total(3)}).total == Fraction("6.5")
    assert score_township(deducting, {"rate": share(1, 1), "missing": total(300)}).total == 0


@pytest.mark.parametrize("deaths, left", [(0, 8), (2, 8), (3, 0), (9, 0)])
def test_a_veto_strikes_from_its_value_on(deaths, left):
    score = score_township(rubric(RATE), {"rate": share(1, 1), "deaths": total(deaths)})
    assert (score.total, score.before_veto) == (left, 8)


def test_a_veto_said_by_hand_leaves_its_cap_and_never_adds():
    struck = Marks(vetoes={"lies": Mark(Fraction(1), "查实")})
    assert score_township(rubric(RATE), {"rate": share(1, 1)}, struck).total == 5
    assert score_township(rubric(RATE), {"rate": share(8, 10)}, struck).total == 4
    assert score_township(rubric(RATE), {}, struck).total is None


def test_a_lift_is_the_smallest_change_that_earns_its_points():
    figures = {"rate": share(86, 100), "legal": total(1), "members": total(8188, 8000), "files": share(88, 100)}
    whole = rubric(RATE, LEGAL, GROWTH, FILES)
    score = score_township(whole, figures)
    lifts = find_lifts(score, figures)
    assert {(x.words, x.gain) for x in lifts} == {("再建会 4 家", 2), ("再办 1 件", 1), ("再发展 312 名会员", 1), ("补建 3 份", Fraction(1, 2))}
    for lift in lifts:
        gained = score_township(whole, with_change(figures, lift.source, lift.change)).total
        before = score_township(whole, with_change(figures, lift.source, lift.change - 1)).total
        assert gained == lift.total == score.total + lift.gain
        assert before < gained


def test_nothing_is_suggested_that_cannot_be_or_gains_nothing():
    full = {"rate": share(2, 2), "legal": total(4), "files": share(1, 1), "members": total(11000, 8000)}
    assert find_lifts(score_township(rubric(RATE, LEGAL, GROWTH, FILES), full), full) == []
    assert find_lifts(score_township(rubric(RATE), {}), {}) == []
    capped = rubric(RATE, LEGAL, full=8, capped=True)
    figures = {"rate": share(1, 1), "legal": total(0)}
    assert find_lifts(score_township(capped, figures), figures) == []
