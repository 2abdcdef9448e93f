"""Saved views: kept per account or shared, renamed and deleted by whom they belong to, whole after many writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.access.model import Person
from pipelines.faults import UserError
from pipelines.workflow.saved import delete_view, find_view, list_views, rename_view, save_view

LEADER, CLERK = Person("leader", "李主席", "leader"), Person("clerk", "王干事", "county_clerk")
TOWN = Person("town", "赵填报", "township_clerk", "420324103")
QUERY = {"table": "帮扶救助台账", "by": "乡镇"}


def test_own_views_are_one_s_own_and_shared_ones_everybody_s(home):
    own, shared = save_view(home, LEADER, "我的", QUERY, False), save_view(home, CLERK, " 各乡镇 慰问 ", QUERY, True)
    assert [v.name for v in list_views(home, LEADER)] == ["各乡镇 慰问", "我的"]
    assert [v.name for v in list_views(home, TOWN)] == ["各乡镇 慰问"]
    assert find_view(home, TOWN, shared.id).query == QUERY
    with pytest.raises(UserError, match="没有这个视图"):
        find_view(home, CLERK, own.id)
    with pytest.raises(UserError, match="乡镇账号"):
        save_view(home, TOWN, "想共享", QUERY, True)


def test_only_whom_it_belongs_to_may_change_it(home):
    shared = save_view(home, CLERK, "通报用", QUERY, True)
    for act in (lambda: rename_view(home, LEADER, shared.id, "别的"), lambda: delete_view(home, LEADER, shared.id)):
        with pytest.raises(UserError, match="您不能改"):
            act()
    rename_view(home, CLERK, shared.id, "月度通报用")
    assert find_view(home, LEADER, shared.id).name == "月度通报用"
    delete_view(home, CLERK, shared.id)
    assert list_views(home, CLERK) == []


@pytest.mark.parametrize("name", ["", "   ", "长" * 41, "同名"])
def test_a_name_that_cannot_be_used_is_refused(home, name):
    save_view(home, CLERK, "同名", QUERY, False)
    with pytest.raises(UserError):
        save_view(home, CLERK, name, QUERY, False)
    assert len(list_views(home, CLERK)) == 1


def test_writers_at_once_lose_nothing(home):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: save_view(home, CLERK, f"视图{n}", QUERY, bool(n % 2)), range(24)))
    assert len({v.id for v in list_views(home, CLERK)}) == 24
