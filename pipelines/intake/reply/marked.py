"""The marked copy: the sender's own file as xlsx, wrong cells coloured and commented, with a list of all of them in front."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pipelines.faults import Problem
from pipelines.intake.read.guard import borrow_guard

FAILED = Problem("no_marked_copy", "error", None, None, None, None, "这份文件标注不了。", "请按上面列出的位置在原文件里修改。")


def mark_file(content: bytes, problems: Sequence[Problem]) -> bytes | Problem:
    """An xlsx with the problems marked, drawn in a guarded child; a problem where that is not possible."""
    told = [p.as_dict() | {"explain": p.explain} for p in problems]
    with borrow_guard() as guard:
        return guard.mark(content, told) or FAILED


def mark_workbook(content: bytes, problems: list[dict]) -> bytes:
    """What the child does: edits an xlsx in place, and draws anything else, or what cannot be edited, anew."""
    from pipelines.intake.read.workbook import read_workbook
    from pipelines.intake.reply.edit import mark_in_place
    from pipelines.intake.reply.redraw import redraw

    if content.startswith(b"PK"):
        try:
            return mark_in_place(content, problems)
        except Exception:  # openpyxl raises whatever a broken part makes of it; the copy is drawn anew
            pass
    return redraw(json.loads(read_workbook(content))["sheets"], problems)
