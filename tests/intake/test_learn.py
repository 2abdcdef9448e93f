"""A header that somebody confirmed is read from then on, for that township, also when everything is rebuilt."""

from __future__ import annotations

import pytest

from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import LearnedAlias
from pipelines.faults import UserError
from pipelines.intake.learn import add_alias, list_aliases, remove_alias
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.warehouse.reader import open_reader
from tests.intake.build import GOOD, workbook

ALIAS = LearnedAlias("register", "workers", "全体在册人员", "420324100", "测试")
SHEET = {"单位与工会名册": [[*GOOD["单位与工会名册"][0][:2], "全体在册人员", *GOOD["单位与工会名册"][0][3:]], *GOOD["单位与工会名册"][1:]]}


def _codes(home, township="城关镇"):
    return {p.code for p in check_bytes(home, load_catalog(overlay=home.overlay), "月报.xlsx", workbook(SHEET, cover=(township, "2026-03"))).problems}


def test_a_confirmed_header_is_read_for_that_township_only(home):
    assert {"missing_column", "unknown_column"} <= _codes(home)
    add_alias(home, ALIAS)
    assert not {"missing_column", "unknown_column"} & _codes(home)
    assert {"missing_column", "unknown_column"} <= _codes(home, "龙坝镇")
    remove_alias(home, ALIAS)
    assert "missing_column" in _codes(home) and list_aliases(home) == []


def test_a_later_answer_takes_the_place_of_the_first(home):
    add_alias(home, ALIAS)
    add_alias(home, LearnedAlias("register", "new_members", "全体 在册人员", "420324100"))
    assert [(a.key, bool(a.at)) for a in list_aliases(home)] == [("new_members", True)]


def test_an_answer_that_names_no_column_is_refused(home):
    with pytest.raises(UserError):
        add_alias(home, LearnedAlias("register", "nobody", "全体在册人员", "420324100"))
    assert list_aliases(home) == []


def test_a_rebuild_reads_it_as_it_was_read(home):
    add_alias(home, ALIAS)
    load_bytes(home, load_catalog(overlay=home.overlay), "月报.xlsx", workbook(SHEET))
    remove_alias(home, ALIAS)
    rebuild(home)
    assert open_reader(home).rows("select workers from register") == [(40,)]
