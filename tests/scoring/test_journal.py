"""What people put down: append-only, audited, taken back by a later act, and safe from rebuild, backup and a killed writer."""

from __future__ import annotations

import json
from datetime import date

import pytest

from pipelines.audit.log import read_records, verify_chain
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.rebuild import rebuild
from pipelines.scoring.board import read_board
from pipelines.scoring.journal import Entry, list_acts, read_marks, record_act, undo_act
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.backup import make_backup, restore_backup

LONGBA, MARCH, MAY = "420324107", date(2026, 3, 1), date(2026, 5, 1)


def give(home, catalog, points: float, period: date = MARCH, kind: str = "score", subject: str = "relief", remark: str = "抽查档案"):
    return record_act(home, catalog, kind, "five_goods", LONGBA, period, [Entry(subject, points, remark)], "李干事")


def points(home, period: date) -> float | None:
    mark = read_marks(list_acts(home), "five_goods", LONGBA, period)[0].given.get("relief")
    return None if mark is None else float(mark.points)


def test_a_mark_holds_from_its_month_on_within_its_year(home, catalog):
    give(home, catalog, 5)
    give(home, catalog, 7.5, MAY)
    give(home, catalog, 6)  # a later word about March changes nothing of May
    assert [points(home, p) for p in (date(2026, 2, 1), MARCH, date(2026, 4, 1), MAY, date(2026, 12, 1), date(2027, 1, 1))] == [None, 6, 6, 7.5, 7.5, None]


def test_an_act_is_taken_back_by_a_later_one_and_nothing_is_deleted(home, catalog):
    give(home, catalog, 5)
    second = give(home, catalog, 3)
    before = {p.name: p.read_bytes() for p in (home.path / "scoring").glob("[0-9]*.json")}
    undo_act(home, second.sequence, "李干事")
    assert points(home, MARCH) == 5
    assert all((home.path / "scoring" / name).read_bytes() == content for name, content in before.items())
    assert [a.kind for a in list_acts(home)] == ["score", "score", "undo"]
    with pytest.raises(UserError, match="已经撤销过了"):
        undo_act(home, second.sequence, "李干事")
    with pytest.raises(UserError, match="没有编号"):
        undo_act(home, 99, "李干事")
    with pytest.raises(UserError, match="没有编号"):
        undo_act(home, 1, "别的乡镇", township_code="420324100")


@pytest.mark.parametrize(
    "kind, subject, number, remark, said",
    [
        ("score", "relief", 8.5, "依据", "请填 0 到 8 之间的分"), ("score", "relief", -1, "依据", "请填 0 到 8 之间的分"), ("score", "nothing", 1, "依据", "没有“nothing”这一项"),
        ("score", "relief", 5, "  ", "写明评分的依据"), ("score", "relief", 5, "长" * 501, "太长"), ("veto", "deaths", 1, "查实", "没有“deaths”这一项"),
        ("veto", "false_figures", 1, "", "写明评分的依据"), ("ruling", "某村工会|nothing", 1, "看过", "这一项"), ("ruling", "has_seal", 1, "看过", "这一项"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(home, catalog, kind, subject, number, remark, said):
    with pytest.raises(UserError) as fault:
        give(home, catalog, number, kind=kind, subject=subject, remark=remark)
    assert said in fault.value.message + fault.value.remedy
    assert list_acts(home) == []
    assert not list(read_records(home))


def test_a_self_score_needs_no_remark_and_one_bad_entry_keeps_all_out(home, catalog):
    give(home, catalog, 8, kind="self_score", remark="")
    with pytest.raises(UserError):
        record_act(home, catalog, "score", "five_goods", LONGBA, MARCH, [Entry("relief", 5, "依据"), Entry("relief", 99, "依据")], "李干事")
    with pytest.raises(UserError, match="1999 年没有"):
        give(home, catalog, 5, date(1999, 1, 1))
    assert len(list_acts(home)) == 1


def test_every_act_is_in_the_audit_record_even_after_a_killed_writer(home, catalog):
    give(home, catalog, 5)
    killed = json.loads((home.path / "scoring" / "000001.json").read_text("utf-8")) | {"sequence": 2}
    (home.path / "scoring" / "000002.json").write_text(json.dumps(killed), "utf-8")  # kept, but the audit record was not told
    give(home, catalog, 6)
    told = [r.event for r in read_records(home)]
    assert [e.subject for e in told] == ["scoring/000001", "scoring/000002", "scoring/000003"]
    assert (told[0].action, told[0].actor, told[0].township_code, told[0].period) == ("score", "李干事", LONGBA, MARCH)
    assert told[0].detail == "relief 5（抽查档案）"
    assert verify_chain(home).fault == ""


def test_a_spoilt_record_is_named_and_not_passed_over(home, catalog):
    give(home, catalog, 5)
    (home.path / "scoring" / "000001.json").write_text("{", "utf-8")
    with pytest.raises(UserError, match="000001.json 已损坏"):
        give(home, catalog, 6)


def test_marks_survive_rebuild_and_backup(own_demo, catalog, tmp_path):
    month = date(2026, 9, 1)
    record_act(own_demo, catalog, "veto", "five_goods", LONGBA, month, [Entry("false_figures", 1, "会员数查实虚报")], "李干事")
    before = read_board(own_demo, open_reader(own_demo), catalog, month)
    assert before.standing(LONGBA).score.total <= 59 and before.standing(LONGBA).score.vetoes
    rebuild(own_demo, catalog)
    make_backup(own_demo, tmp_path / "b.zip")
    restore_backup(Home(tmp_path / "other"), tmp_path / "b.zip")
    for home in (own_demo, Home(tmp_path / "other")):
        after = read_board(home, open_reader(home), catalog, month)
        assert [s.score.total for s in after.standings] == [s.score.total for s in before.standings]
        assert after.acts == before.acts
