"""A draft's paragraphs, and the draft with comments, by way of the guarded child."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pipelines.faults import UserError
from pipelines.intake.read.guard import work_guarded


def _answer(body: bytes) -> dict:
    found = json.loads(body)
    if "fault" in found:
        _, message, remedy = found["fault"]
        raise UserError(message, remedy)
    return found


def read_draft(content: bytes) -> list[str]:
    """The paragraphs of a .docx or a text file; UserError for anything else."""
    return _answer(work_guarded(content, draft=True))["paragraphs"]


def mark_draft(content: bytes, comments: Sequence[dict[str, object]]) -> bytes:
    """The draft as .docx with a comment at each spot (paragraph, start, end, text); UserError where it cannot be marked."""
    body = work_guarded(content, draft=True, comments=list(comments))
    if not body.startswith(b"PK"):
        _answer(body)
    return body
