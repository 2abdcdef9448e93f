"""The caller's side of the marked copy: hands the file and its problems to the guarded child."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.faults import Problem
from pipelines.intake.read.guard import mark_guarded

REMEDY = "请对照页面或命令行列出的问题，直接在原文件里修改。"

MOST = 10_000  # a file with more faults than this has one fault many times over


def _most_urgent(problems: Sequence[Problem]) -> list[Problem]:
    """Errors before warnings; the last line tells of those that are left out."""
    ordered = sorted(problems, key=lambda p: p.severity != "error")
    if len(ordered) <= MOST:
        return ordered
    left = len(ordered) - MOST
    message = f"还有 {left} 处没有标注，也没有列在这里。"
    return [*ordered[:MOST], Problem("more", ordered[MOST].severity, None, None, None, None, message, "请先改好已经标出的，再检查一次。")]


def _unmade(reason: str) -> Problem:
    return Problem("unmarked", "error", None, None, None, None, f"标注好的表格没有做成：{reason}", REMEDY)


def mark_file(content: bytes, problems: Sequence[Problem]) -> bytes | Problem:
    """An .xlsx of the sender's own file with every problem marked and listed, or why there is none."""
    answer = mark_guarded(content, [p.as_dict() | {"explain": p.explain} for p in _most_urgent(problems)])
    return _unmade(answer.message) if isinstance(answer, Problem) else answer
