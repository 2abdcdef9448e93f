"""Receipts and decisions that a disk spoilt, written anew from what the warehouse knows of them.

One that the warehouse does not hold was never acknowledged as done, for that happens after the release: it becomes `undone`, and its number stays taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipelines.catalog.period import format_period
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.journal import find_spoilt_records, reconcile_decisions, write_record
from pipelines.intake.keep import Spoilt, find_spoilt_receipts, reconcile, write_receipt
from pipelines.intake.settled import Folder, describe, find_later, list_numbers, note_settled, read_settled
from pipelines.warehouse.writer import Held, Writer

_SUBMISSION = "select sha256, source_file, township_code, period, received_at, received_by, catalogue_sha256 from submission where submission_id = $id"
_REASONS = "select code || ' ' || coalesce(sheet, '') || '!' || coalesce(cell, '') || ' ' || coalesce(field, ''), explanation from problem_all where submission_id = $id and explanation is not null"
_CORRECTION = "select reason from correction where submission_id = $id"
_DECISION = "select action, township_code, period, submission_id, reason, decided_by, decided_at from decision where sequence = $id"
_CELLS = "select sheet, cell, note from decision_cell where sequence = $id"


class Source(Protocol):
    """A writer or a reader."""

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[tuple]:
        """The query's rows."""


def _receipt(source: Source, sequence: int) -> dict:
    named = {"id": f"{sequence:06d}"}
    blank = {"sequence": sequence, "sha256": "", "file": "", "township_code": None, "period": None, "asked": {"township_code": None, "period": None},
             "received_at": "", "by": "", "catalogue_sha256": "", "explanations": {}, "outcome": "undone", "problems": []}  # fmt: skip
    found = source.rows(_SUBMISSION, named)
    if not found:
        return blank
    sha256, file, code, period, at, by, catalogue = found[0]
    place = {"township_code": code, "period": format_period(period)}
    told = {"sha256": sha256, "file": file, **place, "asked": place, "received_at": at.isoformat(timespec="seconds"), "by": by, "catalogue_sha256": catalogue}
    correction = source.rows(_CORRECTION, named)
    return blank | told | {"explanations": dict(source.rows(_REASONS, named)), "correction": correction[0][0] if correction else "", "outcome": "loaded"}


def _record(source: Source, sequence: int, receipts: int) -> dict:
    blank = {"sequence": sequence, "first": sequence, "count": 1, "action": "remind", "township_code": "", "period": "0001-01", "submission_id": None, "reason": "",
             "cells": [], "by": "", "at": "0001-01-01T00:00:00", "catalogue_sha256": "", "receipts": receipts, "outcome": "undone"}  # fmt: skip
    found = source.rows(_DECISION, {"id": sequence})
    if not found:
        return blank
    action, code, period, submission, reason, by, at = found[0]
    (catalogue,) = source.rows("select sha256 from catalogue")[0]
    cells = [dict(zip(("sheet", "cell", "note"), row, strict=True)) for row in source.rows(_CELLS, {"id": sequence})]
    told = {"action": action, "township_code": code, "period": format_period(period), "submission_id": submission, "reason": reason, "by": by}
    return blank | told | {"at": at.isoformat(timespec="seconds"), "cells": cells, "catalogue_sha256": catalogue, "outcome": "made"}


def mend_spoilt(home: Home, source: Source, whole: bool = True) -> None:
    """Writes anew what is spoilt; the caller holds the writers' lock. Where the source is not `whole`, UserError for one that it does not hold."""
    for path in find_spoilt_receipts(home):
        receipt = _receipt(source, int(path.stem))
        _refuse_unknown(path, whole or receipt["outcome"] == "loaded")
        write_receipt(home, receipt)
    newest = max((int(p.stem) for p in home.receipts.glob("[0-9]*.json")), default=0)
    for path, group in find_spoilt_records(home):
        record = _record(source, int(path.stem), newest) | group
        _refuse_unknown(path, whole or record["outcome"] == "made")
        write_record(home, record)


def _refuse_unknown(path, known: bool) -> None:
    if not known:
        raise UserError(f"记录 {path} 已损坏，最近的好版本里也没有它。", "请从最近的备份里取回这个文件后再试。")


@dataclass(frozen=True, slots=True)
class _Records:
    """One kind of records: their numbers, what the last writer noted, the later ones, which have to be read, and what the warehouse holds of these."""

    folder: Path
    numbers: list[int]
    told: Folder
    later: list[int]
    held: Held

    def describe(self) -> Folder:
        """What to note once they are in line."""
        return describe(self.folder, self.numbers, self.told, self.later, self.held.all)


def _look(folder: Path, told: Folder, everything: bool, read: Callable[[int], Held]) -> _Records:
    numbers = list_numbers(folder)
    later, held = find_later(folder, numbers, told, everything), read(told.newest)
    if later is None or (told.newest and held.before != told.warehouse):
        told, later, held = Folder(), numbers, read(0)
    return _Records(folder, numbers, told, later, held)


def settle(home: Home, writer: Writer) -> int:
    """Brings receipts and decisions in line with the open warehouse, whatever a kill or a disk did to them; gives the newest receipt's number."""
    told = read_settled(home)
    receipts = _look(home.receipts, told.receipts, not told.is_of_today, writer.read_loaded)
    decisions = _look(home.decisions, told.decisions, not told.is_of_today, writer.read_decided)
    try:
        reconcile(home, receipts.held.later, receipts.later)
        reconcile_decisions(home, decisions.held.later, decisions.later)
    except Spoilt:
        mend_spoilt(home, writer)
        reconcile(home, writer.read_loaded(0).later)
        reconcile_decisions(home, writer.read_decided(0).later)
    note_settled(home, noted := receipts.describe(), decisions.describe())
    return noted.newest
