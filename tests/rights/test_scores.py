"""Scores by role on the websocket: a township clerk sees the own score and may put down the own self-score; only the county judges; leaders only look."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from pipelines.scoring.journal import list_acts
from tests.rights.floor import OTHER, OWN, ROLES
from tests.serve import Tab


def _name(floor, code: str) -> str:
    from pipelines.catalog.load import load_catalog

    return load_catalog().township(code).name


@pytest.mark.parametrize("who", ROLES)
def test_each_role_sees_the_desk_that_is_its_own(floor, who):
    tab = Tab(floor.board, floor.cookies[who])
    try:
        said = tab.run("standards", f"township={quote(_name(floor, OWN))}")
    finally:
        tab.close()
    assert "分是这样算出来的" in said and _name(floor, OWN) in said
    assert ("保存评分" in said) == ("认定一票否决" in said) == ("保存核定" in said) == (who in ("county_clerk",))
    assert ("保存自评" in said) == (who in ("county_clerk", "township_clerk"))


def test_a_township_clerk_sees_no_other_township_s_score_whatever_the_address_says(floor):
    tab = Tab(floor.board, floor.cookies["township_clerk"])
    try:
        for query in ("", f"township={quote(_name(floor, OTHER))}", f"township={quote('全部乡镇')}&rubric={quote('百分制考核办法（示例）')}"):
            said = tab.run("standards", query)
            assert _name(floor, OWN) in said
            assert _name(floor, OTHER) not in said
            assert "全县中位" not in said and "名次" not in said and "可比乡镇中第" not in said
    finally:
        tab.close()


def test_a_button_that_a_township_clerk_was_never_shown_cannot_be_pressed_by_its_number(floor):
    county, clerk = (Tab(floor.board, floor.cookies[who]) for who in ("county_clerk", "township_clerk"))
    try:
        county.run("standards", f"township={quote(_name(floor, OWN))}")
        clerk.run("standards", f"township={quote(_name(floor, OWN))}")
        before = len(list_acts(floor.board.home))
        clerk.widgets |= {label: county.widgets[label] for label in ("保存评分", "依据（乡镇看得到，必填）")}
        clerk.run("standards", f"township={quote(_name(floor, OWN))}", values={"依据（乡镇看得到，必填）": "自己给自己打分", "保存评分": None})
        assert len(list_acts(floor.board.home)) == before
    finally:
        county.close()
        clerk.close()
