"""The audit record in words: keys and file names of what was recorded are named when they are shown."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.audit.log import Event
from pipelines.reports.record_words import say_detail, say_subject

MONTH = date(2026, 10, 1)


@pytest.mark.parametrize(("action", "subject", "told"), [
    ("self_score", "scoring/000001", "评分记录 000001"), ("approve", "decisions/000014", "审核记录 000014"), ("target", "target_changes.toml", "目标的修改记录"),
    ("catalogue", "aliases.toml", "记住的列标题"), ("export", "relief", "帮扶救助台账"), ("export", "relief.xlsx", "帮扶救助台账（xlsx）"), ("export", "bulletin 2026-10", "月度通报 2026年10月"),
    ("export", "bulletin.html", "月度通报（html）"), ("export_personal", "register.csv", "单位与工会名册（csv）"), ("migrate", "lake", "移入数据湖"),
    ("upload", "水坪镇2026年8月工会月报.xlsx", "水坪镇2026年8月工会月报.xlsx"), ("sign_in", "relief", "relief"), ("export", "竹溪县总工会2026年工作总结", "竹溪县总工会2026年工作总结"),
])  # fmt: skip
def test_what_it_was_done_to(catalog, action, subject, told):
    assert say_subject(Event(action, "liu", subject, period=MONTH), catalog) == told


@pytest.mark.parametrize(("action", "detail", "told"), [
    ("self_score", "union_rate 8；member_rate 6；relief 7.5（档案在柜；共 3 册）", "建会率 8 分；入会率 6 分；困难职工帮扶 7.5 分（档案在柜；共 3 册）"),
    ("undo", "撤销 000003；relief 7", "撤销 000003；困难职工帮扶 7 分"), ("score", "gone_item 3", "gone_item 3"),
    ("return", "union_rate 8", "union_rate 8"), ("export", "全部", "全部"),
])  # fmt: skip
def test_the_details(catalog, action, detail, told):
    assert say_detail(Event(action, "liu", "", period=MONTH, detail=detail), catalog) == told


def test_the_details_of_a_ruling_a_veto_and_a_header(catalog):
    item = next(s for s in catalog.standards if s.level == "union").items[0]
    assert say_detail(Event("ruling", "liu", period=MONTH, detail=f"丰溪镇茶场工会|{item.key} 0（没有牌子）"), catalog) == f"丰溪镇茶场工会“{item.name}”缺（没有牌子）"
    veto = next(v for r in catalog.rubrics for v in r.vetoes)
    assert say_detail(Event("veto", "liu", period=MONTH, detail=f"{veto.key} 1（已查实）"), catalog) == f"{veto.words}（已查实）"
    assert say_detail(Event("catalogue", "liu", detail="记住列标题“金额（元）”：relief.amount"), catalog) == "记住列标题“金额（元）”：帮扶救助台账：金额"
