"""What people put down in the demo county: each township's own score, and the county's points for what only people can judge."""

from __future__ import annotations

import zlib
from datetime import date
from random import Random

from pipelines.catalog.model import Catalog
from pipelines.demo.county import QUALITY
from pipelines.home import Home
from pipelines.scoring.board import Standing, read_board
from pipelines.scoring.engine import Line
from pipelines.scoring.journal import Entry, record_act
from pipelines.warehouse.reader import open_reader

CLERK, COUNTY = "演示填报员", "演示干事"
UNJUDGED = ("天宝乡",)  # the county has not come to it yet
_YEARS = "select year(period), min(period), max(period) from submission_status where status <> 'missing' group by 1 order by 1"
REMARKS = {True: "抽查 10 户，档案齐全，发放有签收", False: "抽查 10 户，有的缺收入证明，请补齐"}


def _own(line: Line, random: Random) -> Entry:
    """A township sees itself a little better than the county does."""
    full = line.item.full
    points = full if line.points is None else min(full, float(line.points) + random.choice((0, 0, 0, 0.5, 1)))
    return Entry(line.item.key, points, "档案在镇总工会档案柜" if line.item.kind == "manual" else "")


def _given(line: Line, name: str) -> Entry:
    quality = QUALITY.get(name, 0.75)
    return Entry(line.item.key, round(line.item.full * quality * 2) / 2, REMARKS[quality > 0.8])


def _mark(home: Home, catalog: Catalog, standing: Standing, rubric: str, first: date) -> None:
    random = Random(zlib.crc32(f"{standing.township_code}{first}".encode()))
    lines = standing.score.lines
    record_act(home, catalog, "self_score", rubric, standing.township_code, first, [_own(line, random) for line in lines], CLERK)
    manual = [_given(line, standing.township) for line in lines if line.item.kind == "manual"]
    if manual and standing.township not in UNJUDGED:
        record_act(home, catalog, "score", rubric, standing.township_code, first, manual, COUNTY)


def write_marks(home: Home, catalog: Catalog) -> None:
    """The marks of every year that was reported, holding from its first month on."""
    reader = open_reader(home)
    for _, first, last in reader.rows(_YEARS):
        board = read_board(home, reader, catalog, last)
        for standing in board.standings:
            _mark(home, catalog, standing, board.rubric.key, first)
