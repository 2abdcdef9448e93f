"""Marts that are kept current through random uploads, corrections, decisions, targets and roll-backs are those that are made wholly anew."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from datetime import datetime

import duckdb
import pytest

from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import TargetChange
from pipelines.catalog.period import shift_period
from pipelines.demo.levels import write_places
from pipelines.faults import UserError
from pipelines.warehouse.at_hand import AtHand
from pipelines.warehouse.decision import Decision
from pipelines.warehouse.marts import mart_names, refresh_marts
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import find_store, list_releases, read_current
from pipelines.warehouse.writer import hold_lock, open_writer, restore_release
from pipelines.workflow.targets import change_target, find_target
from tests.warehouse.test_warehouse import MARCH, contest, employer, form, upload

ACTS = ("report", "report two", "report two", "correct", "correct", "decide", "decide", "target", "roll back")
AIMS = ("org_union_rate", "comp_project_set", "mem_member_total")
EVERYTHING = """select table_name from information_schema.tables
where table_schema = 'main' and table_catalog = current_database() and table_name not in ('stale', 'made_by')"""


class Walk:
    """A home that random things happen to."""

    def __init__(self, home, seed: int) -> None:
        self.home, self.dice, self.number = home, random.Random(seed), 0
        self.codes = [t.code for t in self.catalog.county.townships][:5]
        self.sent: list[tuple[str, str, object]] = []

    @property
    def catalog(self):
        return load_catalog(overlay=self.home.overlay)

    def place(self) -> tuple:
        return self.dice.choice(self.codes), shift_period(MARCH, self.dice.choice((-4, -2, -1, 0, 0, 0, 1, 1, 2, 7)))

    def forms(self) -> list:
        dice = self.dice
        workers = dice.randrange(10, 90)
        projects = dice.choice((None, dice.randrange(5, 30)))
        made = [
            form("competition", contest(projects, dice.choice((0, 3, 5)), 2, projects_at_least=dice.random() < 0.2)),
            form("register", employer("甲", workers, dice.randrange(workers), dice.random() < 0.7)),
            form("relief", nil=True),
            form("standards", {"union_name": "甲工会", "has_sign": True, "has_funds": dice.random() < 0.5}),
        ]
        return dice.sample(made, dice.randrange(2, 5))

    def send(self, code: str, period, correction: str = ""):
        self.number += 1
        self.sent.append((f"{self.number:06d}", code, period))
        return replace(upload(self.number, code, MARCH, *self.forms(), sha=str(self.number), catalog=self.catalog), period=period, correction=correction)

    def report(self) -> None:
        with open_writer(self.home, self.catalog) as writer:
            writer.stage([self.send(*self.place())])

    def report_two(self) -> None:
        (one, month), (other, later) = self.place(), self.place()
        with open_writer(self.home, self.catalog) as writer:
            writer.stage([self.send(one, month)])
            writer.stage([self.send(other, later)])

    def correct(self) -> None:
        _, code, period = self.dice.choice(self.sent)
        with open_writer(self.home, self.catalog) as writer:
            writer.stage([self.send(code, period, "数错了")])

    def decide(self) -> None:
        self.number += 1
        number, code, period = self.dice.choice(self.sent)
        action = self.dice.choice(("approve", "return", "lock", "unlock", "remind"))
        if action == "remind":
            number, (code, period) = None, self.place()  # also of a month that nobody has reported
        with open_writer(self.home, self.catalog) as writer:
            writer.decide([Decision(self.number, action, code, period, number, "原因", (), "王", datetime(2026, 6, 1, 9))])

    def target(self) -> None:
        indicator, place = self.dice.choice(AIMS), self.dice.choice(("", self.codes[0]))
        change = TargetChange(indicator, self.dice.choice((2025, 2026)), reason="要点", source="文件", by="王", township_code=place, value=round(self.dice.random(), 2),
                              reading=self.dice.choice(("", "year")))  # fmt: skip
        before = find_target(self.catalog, indicator, change.year, place)
        try:
            change_target(self.home, change, before.value if before else None)
        except UserError as fault:
            assert "和原来一样" in str(fault) or "目标没有改" in str(fault)

    def roll_back(self) -> None:
        with hold_lock(self.home):
            restore_release(self.home, self.dice.choice(list_releases(self.home)[-4:]).id)
        held = {row[0] for row in open_reader(self.home).rows("select submission_id from submission")}
        self.sent = [told for told in self.sent if told[0] in held]
        with open_writer(self.home, self.catalog):  # targets may be others than they were
            pass

    def step(self, act: str) -> None:
        getattr(self, act.replace(" ", "_"))()


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    tables = [row[0] for row in connection.execute(EVERYTHING).fetchall()]
    return {table: connection.execute(f'select * from "{table}" order by all').fetchall() for table in sorted(tables)}


def make_anew(home, catalog, folder) -> tuple[dict, dict]:
    """What the newest release has, and what it would have were everything made from the rows again."""
    files = find_store(home).give_files(read_current(home), folder)
    copy = next(path for path in files.values() if path.suffix == ".duckdb")
    if folder not in copy.parents:  # the file store gives its own
        copy = shutil.copy(copy, folder)
    with duckdb.connect(str(copy)) as connection:
        kept = contents(connection)
        connection.execute("update made_by set figures_sha256 = null")
        connection.execute("delete from measure_value")
        connection.execute("insert into stale select distinct township_code, period from form_load")
        refresh_marts(connection, catalog)
        return kept, contents(connection)


@pytest.mark.parametrize("seed", range(2, 2 + int(os.environ.get("UNION_BOARD_WALKS", 1))))
def test_marts_that_are_kept_current_are_those_made_anew(home, tmp_path, seed):
    if seed % 2 == 0:
        write_places(home, "province")
    walk = Walk(home, seed)
    acts = ["report", *walk.dice.sample(ACTS, len(ACTS)), *walk.dice.sample(ACTS, len(ACTS))]
    for number, act in enumerate(acts):
        walk.step(act)
        if number in (7, len(acts) - 1):
            kept, anew = make_anew(home, walk.catalog, tmp_path)
            assert kept.keys() == anew.keys() > {*mart_names(), "indicator_value", "indicator_year", "figure_month"}
            for table, rows in kept.items():
                assert rows == anew[table], (number, table)
    assert all(kept[table] for table in (*mart_names(), "indicator_reading", "target_month") if table != "problem")
    assert any(row[-1] for row in kept["indicator_year"]), "something was revised"


def test_an_upload_leaves_the_rows_of_other_months_where_they_are(home, catalog):
    months = [shift_period(MARCH, n) for n in range(3)]
    codes = [t.code for t in catalog.county.townships][:3]
    with open_writer(home, catalog) as writer:
        writer.stage([replace(upload(1 + n * 3 + m, code, MARCH, form("register", employer("甲", 30, 20)), catalog=catalog), period=month) for n, code in enumerate(codes) for m, month in enumerate(months)])
    with open_writer(home, catalog) as writer:
        writer.connection.execute("update figure_month set numerator = -1")  # so that it shows which ones are made again
        writer.stage([replace(upload(10, codes[1], MARCH, form("register", employer("甲", 30, 25)), catalog=catalog), period=months[1])])
    made = open_reader(home).rows("select distinct township_code, period from figure_month where numerator <> -1 order by all")
    assert made == [(catalog.county.code, months[1]), (codes[1], months[1])]


def test_the_figures_are_the_same_where_tables_are_read_at_hand(home, catalog, monkeypatch):
    walk = Walk(home, 3)
    for act in ("report two", "report two", "decide", "correct"):
        walk.step(act)
    before = open_reader(home)
    tables = [row[0] for row in before.rows("select table_name from duckdb_tables() where database_name = 'release' and table_name not in ('stale', 'made_by')")]
    reads = []
    monkeypatch.setattr(AtHand, "_read", lambda self, table, which="", read=AtHand._read: (reads.append(table), read(self, table, which)))
    with open_writer(home, walk.catalog) as writer:
        writer.store.is_far = True
        writer.connection.execute("insert into stale select distinct township_code, period from form_load")
        writer.changed = True
    after = open_reader(home)
    assert after.release != before.release and {"township", "form_load", "measure_value", "register_all"} <= set(reads)
    for table in tables:
        asked = f'select * from "{table}" order by all'
        assert after.rows(asked) == before.rows(asked), table
