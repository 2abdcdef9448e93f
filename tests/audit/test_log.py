"""The record cannot be changed, shortened in the middle or added to unseen, and a power cut costs no acknowledged line."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from datetime import date

import pytest

from pipelines.audit.log import START, Event, append_events, log_path, read_head, read_records, verify_chain
from pipelines.faults import UserError
from pipelines.home import Home

EVENTS = [Event("sign_in", "liu", detail="网页"), Event("upload", "liu", "龙坝镇.xlsx", "420324108", date(2026, 3, 1), "000001"), Event("sign_out", "liu")]


def test_what_was_appended_is_read_back_and_holds(home):
    assert verify_chain(home).head == START
    append_events(home, EVENTS[:1])
    append_events(home, EVENTS[1:])
    assert [r.event for r in read_records(home)] == EVENTS
    verdict = verify_chain(home)
    assert (verdict.count, verdict.fault) == (3, "")
    assert verdict.head == list(read_records(home))[-1].hash


def _without_second(lines: list[str]) -> list[str]:
    return [lines[0], lines[2]]


def _changed(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace("龙坝镇", "水坪镇"), lines[2]]


def _changed_with_new_hash(lines: list[str]) -> list[str]:
    from pipelines.audit.log import _digest

    fields = json.loads(lines[1]) | {"actor": "wang"}
    fields.pop("hash")
    return [lines[0], json.dumps(fields | {"hash": _digest(fields)}, ensure_ascii=False), lines[2]]


def _swapped(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], lines[2]]


def _doubled(lines: list[str]) -> list[str]:
    return [*lines, lines[2]]


@pytest.mark.parametrize("tamper", [_without_second, _changed, _changed_with_new_hash, _swapped, _doubled])
def test_every_way_of_tampering_is_found(home, tamper):
    append_events(home, EVENTS)
    lines = log_path(home).read_text("utf-8").splitlines()
    log_path(home).write_text("\n".join(tamper(lines)) + "\n", "utf-8")
    assert verify_chain(home).fault


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_torn_last_line_is_cut_off_and_the_chain_goes_on(home, cut):
    append_events(home, EVENTS)
    whole = log_path(home).read_bytes()
    log_path(home).write_bytes(whole + whole.splitlines(keepends=True)[-1][:-cut])
    assert verify_chain(home).count == 3
    append_events(home, EVENTS[:1])
    assert (verify_chain(home).count, verify_chain(home).fault) == (4, "")
    assert log_path(home).read_bytes().startswith(whole)


def test_the_end_cannot_be_cut_off_where_a_hash_was_noted(home):
    append_events(home, EVENTS)
    head = verify_chain(home).head
    assert read_head(home) == (3, head)
    assert not verify_chain(home, {head: "备份"}).fault
    lines = log_path(home).read_text("utf-8").splitlines()
    log_path(home).write_text("\n".join(lines[:2]) + "\n", "utf-8")
    assert not verify_chain(home).fault
    assert "备份记下的指纹找不到" in verify_chain(home, {head: "备份"}).fault


def test_what_cannot_be_recorded_is_refused(home):
    log_path(home).mkdir(parents=True)
    with pytest.raises(UserError, match="写不进去"):
        append_events(home, EVENTS)


def _append_some(path: str) -> None:
    home = Home(__import__("pathlib").Path(path))
    for _ in range(20):
        append_events(home, EVENTS)


def test_many_processes_write_one_chain(home):
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_append_some, [str(home.path)] * 4))
    verdict = verify_chain(home)
    assert (verdict.count, verdict.fault) == (240, "")
