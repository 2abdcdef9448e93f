"""Targets are changed by the county: kept with reason, in force at once, told to the record, never lost, and put back by a change of their own."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest

from pipelines.audit.log import read_records
from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import load_catalog, read_catalog_text
from pipelines.catalog.model import TargetChange
from pipelines.faults import UserError
from pipelines.home import CODE_CATALOG, Home
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.backup import make_backup, restore_backup
from pipelines.workflow.targets import change_target, find_target, list_changes, undo_change

COUNTY, SHUIPING = "420324", "420324103"


def change(value: float = 0.92, place: str = "", **more) -> TargetChange:
    return TargetChange(**({"indicator": "org_union_rate", "year": 2026, "reason": "年度工作要点", "source": "县总工会〔2026〕3号", "by": "县干事", "value": value, "township_code": place} | more))


@pytest.fixture(scope="module")
def county(demo, tmp_path_factory):
    """A copy of the demo home whose targets may be changed."""
    home = Home(tmp_path_factory.mktemp("targets") / "home")
    shutil.copytree(demo.path, home.path)
    return home


def aims(home: Home) -> dict[str, tuple]:
    """Place -> target, light of the 建会率 of the newest month, as the board reads it."""
    rows = open_reader(home).rows("select township_code, target, light from indicator_value where indicator = 'org_union_rate' and period = (select max(period) from indicator_value)")
    return {place: rest for place, *rest in rows}


def test_a_change_is_in_force_in_the_next_release_and_a_township_s_own_comes_before_it(county):
    before, measures = aims(county), open_reader(county).rows("select * from measure_month order by all")
    assert before[COUNTY][0] == Decimal("0.9")
    first = change_target(county, change(0.5), seen=0.9)
    assert aims(county)[COUNTY] == [Decimal("0.5"), "green"] and aims(county)[SHUIPING] == [Decimal("0.5"), "green"]
    second = change_target(county, change(0.99, SHUIPING), seen=None)
    assert aims(county)[SHUIPING] == [Decimal("0.99"), "red"] and aims(county)[COUNTY] == [Decimal("0.5"), "green"]
    assert first < second == open_reader(county).release
    assert open_reader(county).rows("select * from measure_month order by all") == measures


def test_old_value_new_value_and_reason_stand_in_the_record_and_in_the_history(county):
    told = [r.event for r in read_records(county) if r.event.action == "target"]
    assert [e.detail for e in told] == [
        "2026年各乡镇和全县“建会率”：90% → 50%；依据：县总工会〔2026〕3号；原因：年度工作要点",
        "2026年水坪镇“建会率”：未设 → 99%；依据：县总工会〔2026〕3号；原因：年度工作要点",
    ]
    assert [(e.actor, e.township_code) for e in told] == [("县干事", None), ("县干事", SHUIPING)]
    listed = list_changes(load_catalog(overlay=county.overlay))
    assert [(n, c.value, b.value if b else None) for n, c, b in listed] == [(1, 0.5, 0.9), (2, 0.99, None)]
    assert all(c.at for _, c, _ in listed)


@pytest.mark.parametrize(
    ("wish", "seen", "words"),
    [
        (change(0.93), 0.9, "刚刚被别人改过"),
        (change(1.2), 0.5, "0 到 100% 之间"),
        (change(-1, indicator="safe_accident"), 0, "不能是负数"),
        (change(0.93, reason=" "), 0.5, "原因都要写"),
        (change(0.93, source=""), 0.5, "原因都要写"),
        (change(0.93, indicator="nothing"), 0.5, "没有这个指标"),
        (change(0.93, "999999999"), None, "没有乡镇"),
        (change(0, "420324107", removed=True), None, "不用取消"),
        (change(0.5), 0.5, "和原来一样"),
    ],
)
def test_a_wrong_change_is_refused_and_leaves_nothing(county, wish, seen, words):
    release, kept = open_reader(county).release, (county.overlay / "target_changes.toml").read_bytes()
    lines = sum(1 for _ in read_records(county))
    with pytest.raises(UserError, match=words):
        change_target(county, wish, seen)
    assert (county.overlay / "target_changes.toml").read_bytes() == kept
    assert (open_reader(county).release, sum(1 for _ in read_records(county))) == (release, lines)


def test_a_rebuild_and_a_backup_keep_the_targets(county, tmp_path):
    held, figures = aims(county), open_reader(county).rows("select * from indicator_year order by all")
    rebuild(county, "测试")
    assert aims(county) == held and open_reader(county).rows("select * from indicator_year order by all") == figures
    make_backup(county, tmp_path / "all.zip")
    other = Home(tmp_path / "other")
    restore_backup(other, tmp_path / "all.zip")
    assert aims(other) == held
    assert list_changes(load_catalog(overlay=other.overlay)) == list_changes(load_catalog(overlay=county.overlay))


def test_undoing_puts_back_what_was_there_and_is_itself_a_change(county):
    with pytest.raises(UserError, match="没有第 9 次"):
        undo_change(county, 9, "填错", "县干事")
    with pytest.raises(UserError, match="原因都要写"):
        undo_change(county, 2, " ", "县干事")
    undo_change(county, 2, "文件作废", "县干事")
    assert find_target(load_catalog(overlay=county.overlay), "org_union_rate", 2026, SHUIPING) is None
    assert aims(county)[SHUIPING][0] == Decimal("0.5")
    undo_change(county, 1, "文件作废", "县干事")
    assert find_target(load_catalog(overlay=county.overlay), "org_union_rate", 2026).source.startswith("两个普遍")
    assert aims(county)[COUNTY][0] == Decimal("0.9")
    with pytest.raises(UserError, match="后来又改过"):
        undo_change(county, 1, "再来", "县干事")
    undo_change(county, 4, "文件又有效", "县干事")
    assert aims(county)[COUNTY][0] == Decimal("0.5")
    assert len(list_changes(load_catalog(overlay=county.overlay))) == 5


def test_a_release_that_was_gone_back_to_has_the_targets_of_now(county):
    asked = {"indicator": "relief_heat_times", "reading": "year"}
    between = change_target(county, change(100, **asked), seen=None)
    change_target(county, change(removed=True, source="撤销", **asked), seen=100)
    published = roll_back(county, between)
    reader = open_reader(county)
    assert reader.release == published and reader.rows("select count(*) from target where indicator = 'relief_heat_times'") == [(0,)]
    assert reader.rows("select max(sha256) from catalogue") == [(load_catalog(overlay=county.overlay).sha256,)]


def test_a_target_of_zero_and_a_year_s_target_are_kept_as_they_are(county):
    change_target(county, change(0, indicator="cult_event", reading="year", year=2027), seen=None)
    kept = find_target(load_catalog(overlay=county.overlay), "cult_event", 2027)
    assert (kept.value, kept.reading) == (0, "year")


def test_an_empty_home_keeps_a_change_for_its_first_month(home):
    change_target(home, change(0.6), seen=0.9)
    assert find_target(load_catalog(overlay=home.overlay), "org_union_rate", 2026).value == 0.6


@pytest.mark.parametrize(
    ("old", "new", "key"), [("org_union_rate", "org_rate", "target_change.1"), ('reason = "x"', 'reason = ""', "target_change.1.reason"), ("value = 1", 'value = "1"', "target_change.org_union_rate.2026.value"),
                            ("year = 2026\n", "", "target_change.org_union_rate.?.year"), ('reading = "year"', 'reading = "month"', "target_change.org_union_rate.2026.reading")]
)  # fmt: skip
def test_a_fault_in_the_file_of_changes_is_named(old, new, key):
    text = '[[target_change]]\nindicator = "org_union_rate"\nyear = 2026\nvalue = 1\nreading = "year"\nreason = "x"\nsource = "y"\nby = "z"\n'
    texts = read_catalog_text(CODE_CATALOG)
    assert check_catalog(texts | {"target_changes.toml": text}) == []
    faults = check_catalog(texts | {"target_changes.toml": text.replace(old, new)})
    assert ("target_changes.toml", key) in [(f.file, f.key) for f in faults]
