"""Scores as a flat table, one row per township and item, for files and for `--json`."""

from __future__ import annotations

from fractions import Fraction

import pyarrow as pa

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import format_period
from pipelines.catalog.scoring import Rubric
from pipelines.reports.words import YES_NO, Words
from pipelines.scoring.board import Board, Standing
from pipelines.scoring.engine import GroupScore, Line
from pipelines.scoring.words import actual_text, derive, rule_words

NUMBERS = ("value", "earned", "deducted", "points", "full", "self_points", "difference", "total", "judged")
COLUMNS = {  # and what stands over each for people
    "township_code": "乡镇代码", "township": "乡镇", "period": "月份", "rubric": "评分办法", "group": "组", "group_name": "组的名称", "item": "项目", "item_name": "项目名称",
    "rule": "计分办法", "actual": "实际", "value": "值", "earned": "台阶分", "deducted": "扣分", "capped": "封顶", "full": "满分", "points": "得分", "self_points": "自评", "difference": "差",
    "remark": "说明", "derivation": "怎样得来", "total": "总分", "judged": "可评分", "rank": "名次",
}  # fmt: skip


def number(value: Fraction | None) -> float | None:
    """The number as files hold it; None stays None: 无数据 is an empty cell, never 0."""
    return None if value is None else round(float(value), 4)


def _difference(line: Line) -> Fraction | None:
    return line.points - line.own.points if line.own and line.points is not None else None


def line_row(catalog: Catalog, board: Board, standing: Standing, group: GroupScore, line: Line) -> dict[str, object]:
    """One item of one township under the names of COLUMNS."""
    own, given = line.own, line.given
    return {
        "township_code": standing.township_code, "township": standing.township, "period": format_period(board.period), "rubric": board.rubric.key,
        "group": group.group.key, "group_name": group.group.name, "item": line.item.key, "item_name": line.item.name, "rule": rule_words(catalog, line.item),
        "actual": actual_text(catalog, line), "value": number(line.value), "earned": number(line.earned), "deducted": number(line.deducted), "capped": line.is_capped,
        "full": float(line.item.full), "points": number(line.points), "self_points": number(own.points) if own else None, "difference": number(_difference(line)),
        "remark": given.remark if given else None, "derivation": derive(catalog, line),
        "total": number(standing.score.total), "judged": number(standing.score.judged), "rank": standing.rank,
    }  # fmt: skip


def list_rows(catalog: Catalog, board: Board, township_code: str | None = None) -> list[dict[str, object]]:
    """Every item of every township, or of one."""
    wanted = [s for s in board.standings if township_code in (None, s.township_code)]
    return [line_row(catalog, board, s, group, line) for s in wanted for group in s.score.groups for line in group.lines]


def _type(name: str) -> pa.DataType:
    return pa.float64() if name in NUMBERS else pa.bool_() if name == "capped" else pa.int64() if name == "rank" else pa.string()


def score_table(rows: list[dict[str, object]]) -> pa.RecordBatchReader:
    """The rows as a stream of batches in the order of COLUMNS."""
    table = pa.table({name: pa.array([r[name] for r in rows], _type(name)) for name in COLUMNS})
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches())


def score_words(rubric: Rubric) -> Words:
    """What its columns and codes are called."""
    items = {item.key: item.name for item in rubric.items}
    return Words(COLUMNS, {"rubric": {rubric.key: rubric.name}, "group": {g.key: g.name for g in rubric.groups}, "item": items, "capped": YES_NO})
