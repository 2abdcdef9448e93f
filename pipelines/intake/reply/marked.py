"""The caller's side of the marked copy: hands the file and its problems to the guarded child."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.faults import Problem
from pipelines.intake.read.guard import mark_guarded

REMEDY = "请对照页面或命令行列出的问题，直接在原文件里修改。"


def _unmade(reason: str) -> Problem:
    return Problem("unmarked", "error", None, None, None, None, f"标注好的表格没有做成：{reason}", REMEDY)


def mark_file(content: bytes, problems: Sequence[Problem]) -> bytes | Problem:
    """An .xlsx of the sender's own file with every problem marked and listed, or why there is none."""
    answer = mark_guarded(content, [p.as_dict() for p in problems])
    return _unmade(answer.message) if isinstance(answer, Problem) else answer
