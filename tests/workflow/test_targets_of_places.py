"""In a home of many counties a county's targets are its own: a change there holds there, and what is set above stays."""

from __future__ import annotations

import pytest

from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import TargetChange
from pipelines.catalog.narrow import narrow_catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.targets import change_target, list_changes, undo_change
from tests.demo_homes import copy_demo

HERE, OTHER = "990101", "990202"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    """A demo province whose targets may be changed."""
    home = Home(tmp_path_factory.mktemp("targets"))
    copy_demo(home, months=2, level="province")
    return home


def change(value: float, code: str = "", **more) -> TargetChange:
    return TargetChange("org_union_rate", 2026, "年度工作要点", "县总工会〔2026〕3号", "县干事", value, township_code=code, **more)


def aims(home: Home) -> dict[str, float]:
    """Place -> target of the union rate in the newest month."""
    sql = "select township_code, target from target_month where indicator = 'org_union_rate' and period = (select max(period) from target_month)"
    return {code: float(value) for code, value in open_reader(home).rows(sql)}


def test_a_county_s_change_holds_in_the_county_only(home):
    before = aims(home)
    change_target(home, change(0.5), 0.9, HERE)
    now = aims(home)
    assert {code for code in now if now[code] != before[code]} == {code for code in now if code.startswith(HERE)}
    assert {now[code] for code in now if code.startswith(HERE)} == {0.5}
    change_target(home, change(0.6, f"{HERE}100"), None, HERE)
    assert aims(home)[f"{HERE}100"] == 0.6 and aims(home)[HERE] == 0.5


def test_each_county_has_its_own_history(home):
    catalog = load_catalog(overlay=home.overlay)
    assert [c.value for _, c, _ in list_changes(narrow_catalog(catalog, HERE))] == [0.5, 0.6]
    assert list_changes(narrow_catalog(catalog, OTHER)) == list_changes(catalog) == []


def test_what_is_set_above_is_not_taken_away_below(home):
    with pytest.raises(UserError, match="上级统一设的目标"):
        change_target(home, change(0, removed=True), 0.9, OTHER)
    with pytest.raises(UserError, match="没有乡镇"):
        change_target(home, change(0.7, f"{HERE}100"), None, OTHER)


def test_a_change_is_taken_back_in_the_county(home):
    undo_change(home, 2, "填错", "县干事", HERE)
    assert aims(home)[f"{HERE}100"] == 0.5
