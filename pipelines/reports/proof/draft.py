"""From the bytes of a draft to findings, and to the draft with comments at the spots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.catalog.model import Catalog
from pipelines.home import Home
from pipelines.intake.draft.read import mark_draft, read_draft
from pipelines.reports.proof.check import check_text
from pipelines.reports.proof.model import STATUSES, Finding
from pipelines.warehouse.reader import Reader

WRONG = ("differs", "sum")


def check_draft(reader: Reader, home: Home, catalog: Catalog, content: bytes, code: str | None, period: str, reading: str | None = None) -> list[Finding]:
    """The findings of a .docx or a text file; UserError for what cannot be read, or a place or span without data."""
    return check_text(reader, home, catalog, read_draft(content), code, period, reading)


def annotate_draft(content: bytes, findings: Sequence[Finding]) -> bytes:
    """The draft as .docx, with a comment at everything that does not plainly agree."""
    told = [f for f in findings if f.status != "agrees" or f.note]
    return mark_draft(content, [{"paragraph": f.paragraph, "start": f.start, "end": f.end, "text": f.remark} for f in told])


def count_up(findings: Sequence[Finding]) -> str:
    """`一致 41 处，不一致 2 处……`."""
    counts = Counter(f.status for f in findings)
    return "，".join(f"{name} {counts[status]} 处" for status, name in STATUSES.items() if counts[status]) or "没有找到数字"
