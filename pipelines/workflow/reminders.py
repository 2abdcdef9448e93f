"""The words of a reminder, for one township and for all: what is missing or returned, the due date, the days left or over, and what to mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import clear_name
from pipelines.catalog.period import due_date, name_period
from pipelines.warehouse.decision import ALLOWED
from pipelines.warehouse.reader import Reader

_STATES = "select township_code, state, submission_id, return_reason from submission_status where period = $period"
_CELLS = """select c.sheet, c.cell, c.note from decision_cell as c
where c.sequence = (select max(sequence) from decision where action = 'return' and submission_id = $id) order by c.sheet, c.cell"""
NOT_REPORTED = ("missing", None, None)


@dataclass(frozen=True, slots=True)
class Reminder:
    """The words for one township whose month is missing or returned."""

    township_code: str
    township: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Reminders:
    """A month's reminders; `days` are left before the due date, or over after it. Nobody to remind: no reminders and no words for all."""

    period: date
    due: date
    tone: str  # before | today | after
    days: int
    each: tuple[Reminder, ...]
    everyone: str


class _Words:
    """The catalogue's wordings, filled in."""

    def __init__(self, catalog: Catalog, period: date, today: date) -> None:
        self._wordings = dict(catalog.returns.wordings)
        self.due = due_date(catalog, period)
        self.tone = "before" if today < self.due else "today" if today == self.due else "after"
        self.days = abs((self.due - today).days)
        self._known = {"month": name_period(period), "due": f"{self.due.month}月{self.due.day}日", "days": self.days}

    def part(self, case: str, **blanks: object) -> str:
        return self._wordings[f"part.{case}"].format(**blanks)

    def letter(self, case: str, **blanks: object) -> str:
        return self._wordings[f"{self.tone}.{case}"].format(**self._known, **blanks)


def _bare(text: str | None) -> str:
    return (text or "").strip().rstrip("。.；;，,！!")


def _cells(reader: Reader, words: _Words, submission_id: str) -> str:
    rows = reader.rows(_CELLS, {"id": submission_id})
    places = "；".join(f"“{sheet}”{cell}" + (f"（{_bare(note)}）" if note else "") for sheet, cell, note in rows)
    return words.part("cells", places=places) if places else ""


def _everyone(words: _Words, each: list[Reminder], reasons: dict[str, str]) -> str:
    missing = "、".join(r.township for r in each if r.state == "missing")
    returned = "、".join(f"{r.township}（{reasons[r.township_code]}）" for r in each if r.state == "returned")
    lists = (words.part("missing", names=missing) if missing else "") + (words.part("returned", names=returned) if returned else "")
    return words.letter("all", lists=lists) if each else ""


def read_reminders(reader: Reader, catalog: Catalog, period: date, today: date | None = None, township_codes: tuple[str, ...] = ()) -> Reminders:
    """The reminders of a month as of a day (today), for the named townships or, without names, all; a month that nobody reported yet has one for each."""
    words = _Words(catalog, period, today or date.today())
    rows = reader.rows(_STATES, {"period": period}) if reader.release else []
    found = {code: told for code, *told in rows}
    each, reasons = [], {}
    for township in catalog.county.townships:
        state, submission_id, reason = found.get(township.code, NOT_REPORTED)
        if state not in ALLOWED["remind"] or (township_codes and township.code not in township_codes):
            continue
        reasons[township.code] = _bare(reason)
        blanks = {"reason": _bare(reason), "cells": _cells(reader, words, submission_id)} if state == "returned" else {}
        name = clear_name(catalog, township)
        each.append(Reminder(township.code, name, state, words.letter(state, township=name, **blanks)))
    return Reminders(period, words.due, words.tone, words.days, tuple(each), _everyone(words, each, reasons))
