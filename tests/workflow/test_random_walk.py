"""Long random walks of uploads, acts and roll-backs against a plain model of the rules; at the end a rebuild and a restored backup are the same."""

from __future__ import annotations

import os
import random
from copy import deepcopy

import pytest

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.workflow import review
from pipelines.workflow.backup import make_backup, restore_backup
from tests.intake.test_load import _content
from tests.workflow.conftest import MARCH, OTHER, TOWN, events

NAMES = {TOWN: "城关镇", OTHER: "蒋家堰镇"}
ACTS = ("upload", "correct", "correct", "approve", "approve", "return", "lock", "unlock", "remind", "roll back")


class Month:
    """What the rules say of one township's month."""

    def __init__(self) -> None:
        self.state, self.rounds, self.returns, self.reminders, self.corrected, self.was_approved, self.numbers = "missing", 0, set(), 0, False, False, []

    def upload(self, number: str) -> None:
        self.corrected |= self.was_approved
        self.rounds += self.state in ("returned", "approved", "locked")
        self.state = "resubmitted" if self.rounds else "submitted"
        self.numbers.append(number)

    def told(self) -> tuple:
        return self.state, self.rounds, len(self.returns), self.reminders, self.corrected, self.numbers[-1] if self.numbers else None


class Walk:
    """A home and its model, taking the same steps."""

    def __init__(self, home: Home, catalog, seed: int) -> None:
        self.home, self.catalog, self.dice, self.count = home, catalog, random.Random(seed), 0
        self.model = {TOWN: Month(), OTHER: Month()}
        self.past: dict[str, dict[str, Month]] = {}
        self.load(TOWN)
        self.load(OTHER)

    def load(self, code: str, **said) -> str:
        self.count += 1
        report = load_bytes(self.home, self.catalog, f"{self.count}.xlsx", events(self.count, (NAMES[code], "2026-03")), **said)
        if report.status == "loaded":
            self.model[code].upload(report.submission_id)
        return report.status

    def step(self) -> str:
        act, code = self.dice.choice(ACTS), self.dice.choice((TOWN, OTHER))
        month = self.model[code]
        if act == "upload":
            assert self.load(code) == ("refused" if month.state in ("approved", "locked") else "loaded")
        elif act == "correct":
            by_county = self.dice.random() < 0.5
            assert self.load(code, correction="改", by_county=by_county) == ("refused" if month.state == "locked" and not by_county else "loaded")
        elif act == "roll back":
            if self.past and self.dice.random() < 0.5:
                release = self.dice.choice(sorted(self.past))
                roll_back(self.home, release)
                self.model = deepcopy(self.past[release])
        else:
            self.decide(act, code, month)
        self.past[read_current(self.home)] = deepcopy(self.model)
        return act

    def decide(self, act: str, code: str, month: Month) -> None:
        number = self.dice.choice(month.numbers)
        allowed = {"approve": ("submitted", "resubmitted", "returned"), "return": ("submitted", "resubmitted", "returned", "approved"),
                   "lock": ("approved",), "unlock": ("locked",), "remind": ("returned",)}[act]  # fmt: skip
        fits = month.state in allowed and (act not in ("approve", "return") or number == month.numbers[-1])
        home, catalog = self.home, self.catalog
        do = {
            "approve": lambda: review.approve(home, catalog, [number], "王"), "return": lambda: review.return_submission(home, catalog, number, "因", [], "王"),
            "lock": lambda: review.lock(home, catalog, [code], MARCH, "王"), "unlock": lambda: review.unlock(home, catalog, [code], MARCH, "因", "王"),
            "remind": lambda: review.remind(home, catalog, [code], MARCH, "王"),
        }[act]  # fmt: skip
        if not fits:
            with pytest.raises(UserError):
                do()
            return
        do()
        month.state = {"approve": "approved", "return": "returned", "lock": "locked", "unlock": "approved", "remind": month.state}[act]
        month.was_approved |= act == "approve"
        month.reminders += act == "remind"
        if act == "return":
            month.returns.add(number)

    def seen(self) -> dict[str, tuple]:
        rows = open_reader(self.home).rows(
            """select township_code, state, resubmissions, times_returned, reminders, corrected, submission_id
            from submission_status where period = $p and township_code in ($a, $b)""", {"p": MARCH, "a": TOWN, "b": OTHER})  # fmt: skip
        return {code: tuple(told) for code, *told in rows}


@pytest.mark.parametrize("seed", range(int(os.environ.get("UNION_BOARD_WALKS", 1))))
def test_a_random_walk_agrees_with_the_rules_and_can_be_made_again(home, catalog, tmp_path, seed):
    walk, taken = Walk(home, catalog, seed), set()
    for _ in range(35):
        taken.add(walk.step())
        assert walk.seen() == {code: month.told() for code, month in walk.model.items()}
    assert len(taken) >= 7
    before = _content(home)
    rebuild(home)
    assert _content(home) == before
    make_backup(home, tmp_path / "备份.zip")
    other = Home(tmp_path / "other")
    restore_backup(other, tmp_path / "备份.zip")
    rebuild(other)
    assert _content(other) == before
