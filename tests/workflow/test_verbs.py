"""The verbs of the review on the command line: words, JSON, exit codes."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from pipelines.commandline.main import main
from pipelines.warehouse.reader import open_reader
from tests.intake.build import save
from tests.workflow.conftest import OTHER, TOWN, bring, events, state


def told(capsys, *words: str) -> dict:
    """What a command that succeeds prints with --json."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *words: str) -> str:
    """What a command of wrong use says; nothing on standard output."""
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("\n") == 1
    return said.err


def test_a_month_from_return_to_lock_and_back(reported, capsys, tmp_path):
    found = told(capsys, "return", "2", "--reason", "金额不符", "--cell", "帮扶救助台账!$H$2=应为600", "--cell", "乡镇月报!D2", "--by", "王干事")
    assert found["cells"] == [{"sheet": "帮扶救助台账", "cell": "H2", "note": "应为600"}, {"sheet": "乡镇月报", "cell": "D2", "note": ""}]
    assert main(["status"]) == 0
    assert "城关镇：退回（金额不符）" in capsys.readouterr().out
    assert told(capsys, "remind", "--period", "2026-03", "--township", "城关镇")["each"][0]["state"] == "returned"
    assert main(["load", str(save(tmp_path, "二.xlsx", events(75)))]) == 0
    capsys.readouterr()
    row = next(t for t in told(capsys, "status")["townships"] if t["township_code"] == TOWN)
    assert (row["state"], row["resubmissions"], row["times_returned"], row["reminders"], row["return_reason"]) == ("resubmitted", 1, 1, 1, "金额不符")
    assert told(capsys, "approve", "1", "3", "--by", "王干事")["submission_ids"] == ["000001", "000003"]
    found = told(capsys, "lock", "--period", "2026-03")
    assert (found["townships"], TOWN in found["left"], len(found["left"])) == ([TOWN, OTHER], False, 13)
    assert told(capsys, "unlock", "--period", "2026-03", "--township", TOWN, "--reason", "补充")["release"] == open_reader(reported).release
    assert state(reported) == "approved" and state(reported, code=OTHER) == "locked"


def test_a_correction_on_the_command_line(home, catalog, capsys, tmp_path):
    bring(home, catalog, "locked")
    path = str(save(tmp_path, "二.xlsx", events(75)))
    assert main(["check", path]) == main(["load", path]) == 1
    assert "--correct" in capsys.readouterr().out
    assert main(["check", path, "--correct", "票据后到"]) == 0
    assert main(["load", path, "--correct", "票据后到", "--by", "王干事"]) == 0
    assert main(["export", "revision", "--out", str(tmp_path / "r.csv")]) == 0
    lines = (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("township_code,period,indicator,old_value,new_value,") and "420324100,2026-03,cult_join,60,75,60,75,,,票据后到,000004," in lines[1]
    assert lines[1].endswith("王干事")
    assert main(["export", "relief", "--where", "state=resubmitted", "--out", str(tmp_path / "x.csv")]) == 0
    assert len((tmp_path / "x.csv").read_text("utf-8-sig").splitlines()) == 3


def test_reminders_are_printed_and_noted(reported, capsys):
    assert main(["remind", "--period", "2026-03"]) == 0
    said = capsys.readouterr().out
    assert said.count("工会月报的截止日期是4月7日") == 14 and "已登记催报 13 个乡镇" in said
    assert state(reported, "reminders", "420324102") == 1 and state(reported, "reminders") == 0
    assert "已报待审" in refused(capsys, "remind", "--period", "2026-03", "--township", "城关镇")


@pytest.mark.parametrize("words", [(), ("--township", "城关镇")])
def test_nobody_is_reminded_of_a_month_that_has_not_begun(reported, capsys, words):
    after = date.today().replace(day=1) + timedelta(days=32)
    release = open_reader(reported).release
    assert "还没有到" in refused(capsys, "remind", "--period", f"{after:%Y-%m}", *words)
    assert open_reader(reported).release == release and open_reader(reported).rows("select count(*) from decision") == [(0,)]


def test_a_nil_return_and_nothing_left_to_report(home, capsys):
    assert main(["nil", "--township", "城关镇", "--period", "2026-03"]) == 0
    assert "帮扶救助台账" in capsys.readouterr().out and state(home, "nil_return")
    assert "都已报过" in refused(capsys, "nil", "--township", "城关镇", "--period", "2026-03")


@pytest.mark.parametrize("words", [
    ("approve", "77"), ("approve",), ("return", "1"), ("return", "1", "--reason", " "), ("return", "1", "--reason", "错", "--cell", "C7"),
    ("return", "1", "--reason", "错", "--cell", "没有的表!C7"), ("lock", "--period", "2026-03"), ("lock", "--period", "三月"), ("unlock", "--period", "2026-03", "--reason", "错"),
    ("unlock", "--period", "2026-03"), ("lock", "--period", "2026-03", "--township", "城关镇"), ("nil", "--period", "2026-03"), ("remind", "--period", "2026-03", "--township", "火星镇"),
])  # fmt: skip
def test_wrong_use_is_told_with_its_remedy_and_changes_nothing(reported, capsys, words):
    before = open_reader(reported).release
    assert "。" in refused(capsys, *words)
    assert open_reader(reported).release == before


@pytest.mark.parametrize("words", [("approve", "abc"), ("return", "abc", "--reason", "错"), ("approve", "²")])
def test_what_is_no_receipt_number_is_told_as_it_was_written(reported, capsys, words):
    assert refused(capsys, *words).startswith(f"“{words[1]}”不是回执号。")


@pytest.mark.parametrize(("name", "text", "allowed"), [
    ("UNION_BOARD_KEEP_RELEASES", "many", "2 到 1000000"), ("UNION_BOARD_KEEP_RELEASES", "²", "2 到 1000000"), ("UNION_BOARD_FILE_MB", "20MB", "1 到 1000"),
    ("UNION_BOARD_READ_SECONDS", "9" * 5000, "1 到 3600"), ("UNION_BOARD_READ_MB", "1", "64 到 1000000"),
])  # fmt: skip
def test_a_wrong_number_of_the_environment_is_told_before_anything_is_done(reported, capsys, monkeypatch, name, text, allowed):
    before = open_reader(reported).release
    monkeypatch.setenv(name, text)
    assert refused(capsys, "approve", "1") == f"环境变量 {name} 写的是“{text[:40]}”。请写 {allowed} 之间的整数，只写数字，不带单位。\n"
    monkeypatch.delenv(name)
    assert open_reader(reported).release == before and state(reported) == "submitted"


def test_an_empty_setting_is_none(reported, capsys, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_KEEP_RELEASES", " ")
    assert told(capsys, "approve", "1")["submission_ids"] == ["000001"]
