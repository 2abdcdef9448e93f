"""Eight readers and four writers, pages and command line, the same months among them, and `kill -9` at random for half a minute.

On a slow machine it abates after that minute, a kill in five seconds, until a page and a command were both told of an upload.
`UNION_BOARD_STORM_SEED` repeats the plan of a storm that is printed with its result, `UNION_BOARD_STORM_SECONDS` makes it longer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.audit.log import read_records, verify_chain
from pipelines.home import ROOT, Home
from pipelines.intake.journal import list_records
from pipelines.intake.keep import list_receipts, read_original
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, list_tables, read_table
from pipelines.warehouse.reader import open_reader
from tests.warehouse.storm import PLACES, find_torn, make_upload, name_file

SEED = int(os.environ.get("UNION_BOARD_STORM_SEED") or random.SystemRandom().randrange(10_000))
SECONDS = float(os.environ.get("UNION_BOARD_STORM_SECONDS", 30))
ROLES = ["read"] * 8 + ["page"] * 2 + ["load"] * 2

pytestmark = pytest.mark.file_only  # tests/warehouse/test_lake.py has the writers and the kills of the lake


class Player:
    """One of the twelve: a process that is started anew whenever it ended or was killed, and everything it ever said."""

    def __init__(self, home: Home, number: int) -> None:
        self.home, self.number, self.role, self.dice = home, number, ROLES[number], random.Random(SEED * 100 + number)
        self.said, self.faults, self.ended, self.starts = [], [], [], 0
        self.process: subprocess.Popen | None = None

    def _command(self) -> list[str]:
        first = 1 + self.number + 12 * 1000 * self.starts  # no two uploads have the same content
        if self.role == "read":
            return ["tests.warehouse.storm", "read", str(self.home.path)]
        if self.role == "page":
            return ["tests.warehouse.storm", "page", str(self.home.path), str(first)]
        files = [self._file(first + 12 * n) for n in range(2)]
        return ["pipelines", "load", "--json", *map(str, files)]

    def _file(self, serial: int) -> Path:
        path = self.home.path.parent / name_file(serial)
        path.write_bytes(make_upload(serial, self.dice.choice(PLACES)))
        return path

    def start(self) -> None:
        """A process of its own, whose words go to files that outlive it."""
        self.starts += 1
        out, err = (self.home.path.parent / f"{self.number}-{self.starts}.{ending}" for ending in ("out", "err"))
        self.said.append(out)
        self.faults.append(err)
        with out.open("wb") as stdout, err.open("wb") as stderr:
            told = {**os.environ, "UNION_BOARD_HOME": str(self.home.path)}
            self.process = subprocess.Popen([sys.executable, "-m", *self._command()], cwd=ROOT, env=told, stdout=stdout, stderr=stderr, start_new_session=True)

    def kill(self) -> None:
        """`kill -9` of the process alone, or of all that it started."""
        if self.dice.random() < 0.5:
            self.process.kill()
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def tend(self) -> None:
        """Starts the next process where the last one came to its end."""
        if self.process.poll() is not None:
            self.ended.append(self.process.returncode)
            self.start()


def receipts_of(player: Player) -> list[tuple[str, str]]:
    """(receipt, file) of every upload that the player was told is in."""
    found = []
    for path in player.said:
        text = path.read_text("utf-8")
        if player.role == "load" and text.strip():
            found += [(f["submission_id"], f["file"]) for f in json.loads(text)["files"] if f["status"] == "loaded"]
        if player.role == "page":
            whole = [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]
            found += [(number, name_file(int(serial))) for status, serial, number in whole if status == "loaded"]
    return found


def exports(home: Home, catalog, folder: Path) -> dict[str, bytes]:
    """Every table but the audit record as the product writes it."""
    reader, found = open_reader(home), {}
    for table in list_tables(catalog):
        write_export(read_table(reader, catalog, Selection(table)), folder / "t.csv")
        found[table] = (folder / "t.csv").read_bytes()
    found.pop("audit")
    return found


def count_acknowledged(players: list[Player]) -> dict[str, int]:
    """How many uploads the writers of each kind were told are in."""
    return {role: sum(len(receipts_of(p)) for p in players if p.role == role) for role in ("page", "load")}


def rage(home: Home) -> tuple[list[Player], int]:
    """The storm itself; gives who played and how many were killed."""
    dice, players, killed = random.Random(SEED), [Player(home, n) for n in range(len(ROLES))], 0
    for player in players:
        player.start()
    start = time.monotonic()
    try:
        while (passed := time.monotonic() - start) < SECONDS or (passed < 5 * SECONDS and min(count_acknowledged(players).values()) == 0):
            time.sleep(dice.uniform(0.3, 1.5) if passed < SECONDS else 5)
            for player in players:
                player.tend()
            victim = dice.choice(players[:8] if dice.random() < 0.4 else players[8:])
            victim.kill()
            victim.start()
            killed += 1
    finally:
        for player in players:
            os.killpg(player.process.pid, signal.SIGKILL)
            player.process.wait()
    return players, killed


def test_nothing_acknowledged_is_lost_and_nothing_torn_is_read(home, catalog, tmp_path):
    load_bytes(home, catalog, "头一份.xlsx", make_upload(0, PLACES[0]))
    players, killed = rage(home)
    reads = sum(p.read_text("utf-8").count("read ") for player in players for p in player.said if player.role == "read")
    by_role = count_acknowledged(players)
    print(f"seed {SEED}: {killed} killed, {reads} releases read, acknowledged {by_role}")
    said = "".join(p.read_text("utf-8") for player in players for p in player.faults)
    assert said == ""
    assert [(p.number, p.role, p.starts, code) for p in players for code in p.ended if code] == []
    assert [line for player in players for p in player.said for line in p.read_text("utf-8").splitlines() if "TORN" in line or "refused" in line] == []
    assert min(by_role.values()) > 0 and reads > 8 and killed > SECONDS / 3

    load_bytes(home, catalog, "最后一份.xlsx", make_upload(11, PLACES[0]))  # the next writer mends what the last kills left
    reader = open_reader(home)
    held = dict(reader.rows("select submission_id, source_file from submission"))
    told = [pair for player in players for pair in receipts_of(player)]
    assert [pair for pair in told if held.get(pair[0]) != pair[1]] == [] and len(dict(told)) == len(told)
    assert find_torn(reader) == []
    receipts = {f"{r['sequence']:06d}": r for r in list_receipts(home)}
    assert {number for number, r in receipts.items() if r["outcome"] == "loaded"} == set(held)
    assert all(read_original(home, receipts[number]["sha256"]) for number in held)
    assert verify_chain(home).fault == "" and list_records(home) == []
    assert {r.event.submission_id for r in read_records(home) if r.event.action == "upload"} >= set(held)

    before = exports(home, catalog, tmp_path)
    rebuild(home)
    assert exports(home, catalog, tmp_path) == before
