"""Makes the marked copy; runs only inside the guarded child."""

from __future__ import annotations

import io
import json
import sys
import zipfile

from pipelines.intake.read.workbook import read_workbook
from pipelines.intake.sheet import Sheet, revive

UNMADE = ("unmarked", "这个文件的内容无法重新画成表格。", "请在原文件里修改。")


def is_editable(content: bytes) -> bool:
    """Whether the bytes are an .xlsx or .xlsm that is not of the strict kind."""
    if not content.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        return "xl/workbook.xml" in container.namelist() and b"purl.oclc.org/ooxml" not in container.read("xl/workbook.xml")


def _mark(content: bytes, sheets: list[Sheet], problems: list[dict[str, str | None]]) -> bytes:
    """From the sender's own workbook or, where that cannot be edited, from one drawn anew."""
    sys.modules.setdefault("numpy", None)  # openpyxl would load it for nothing, and it reserves much memory
    from pipelines.intake.reply.edit import edit
    from pipelines.intake.reply.redraw import redraw

    try:
        if is_editable(content):
            return edit(content, sheets, problems, {s.name: s.name for s in sheets})
    except Exception:  # openpyxl raises anything at what it does not know
        pass
    drawn, names = redraw(sheets)
    return edit(drawn, sheets, problems, names)


def mark(content: bytes, problems: list[dict[str, str | None]]) -> bytes:
    """The marked copy's bytes, or the JSON of the fault that stands against it."""
    found = json.loads(read_workbook(content).encode("utf-8", "replace"), object_hook=revive)
    if "fault" in found:
        return json.dumps(found).encode()
    try:
        return _mark(content, [Sheet(s["name"], s["rows"], s["hidden"], s["notes"]) for s in found["sheets"]], problems)
    except Exception:
        return json.dumps({"fault": UNMADE}).encode()
