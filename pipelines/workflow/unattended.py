"""Faults of what a server does by itself, where nobody sits and sees them: kept in the home until it succeeds, for the page 系统 and `/healthz`."""

from __future__ import annotations

import json
import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipelines.durable import find_disk_fault, write_durably
from pipelines.faults import UserError
from pipelines.home import Home

WORKS = {"backup": "自动备份", "delivery": "自动发送", "start_up": "启动时的清理和补发"}
_FILES = {"backup": "backup.json", "delivery": "delivering.json", "start_up": "start_up.json"}


def _path(home: Home, work: str) -> Path:
    return home.path / "private" / _FILES[work]


def describe_fault(fault: Exception) -> str:
    """A fault as a sentence: its own words, the disk's, or of an error that nobody foresaw its kind and its line of code, for what it says may quote a cell."""
    if isinstance(fault, UserError):
        return f"{fault.message}{fault.remedy}"
    if told := find_disk_fault(fault):
        return f"{told.message}{told.remedy}"
    line = traceback.extract_tb(fault.__traceback__)[-1]
    return f"程序出错（{type(fault).__name__}，{Path(line.filename).name}:{line.lineno}）。请把这句话告诉维护人员。"


def note_fault(home: Home, work: str, fault: str) -> None:
    """Keeps a sentence, an empty one when all is well. OSError where the home's disk takes nothing."""
    write_durably(_path(home, work), json.dumps({"at": datetime.now().isoformat(timespec="seconds"), "fault": fault}, ensure_ascii=False).encode())


def note_failure(home: Home, work: str, fault: Exception) -> str:
    """Keeps what kept a work from being done, if the disk takes it, and gives its sentence."""
    sentence = f"{WORKS[work]}没有做完：{describe_fault(fault)}"
    with suppress(OSError):
        note_fault(home, work, sentence)
    return sentence


def forget_fault(home: Home, work: str) -> None:
    """After it succeeded: nothing is to be told any more."""
    with suppress(OSError):  # a read-only disk has its own warning
        _path(home, work).unlink(missing_ok=True)


def read_fault(home: Home, work: str) -> str:
    """What to tell people; empty when all is well."""
    try:
        return json.loads(_path(home, work).read_text("utf-8"))["fault"]
    except (OSError, ValueError, KeyError):
        return ""
