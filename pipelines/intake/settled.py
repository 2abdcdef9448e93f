"""Up to which receipt and which decision everything was found in line with the warehouse, so that the next writer reads on from there, not all of them again.

A note beside the live file has for each of the two the number, how many files there are up to it, fingerprints of the files (number, size, time of the
last change) and one of what the warehouse held. Where one is another, by a roll-back, a restored backup or a spoilt file, everything is read again.
After years there are more files than a writer has time to look at: each looks at the newest thousand, which a power cut may have spoilt, and the
day's first one at all of them.
"""

from __future__ import annotations

import json
import os
import re
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from pipelines.durable import write_durably
from pipelines.home import Home

_RECORD = re.compile(r"^([0-9]{6,})\.json$", re.MULTILINE)
RECENT = 1000  # files that every writer looks at


@dataclass(frozen=True, slots=True)
class Folder:
    """What was found of one kind of records up to the newest: how many files, the fingerprints of the recent and of all, and that of the warehouse. 0 where all have to be read."""

    newest: int = 0
    count: int = 0
    recent: int = 0
    files: int = 0
    warehouse: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What was found in line, and the day on which every file was looked at."""

    receipts: Folder = field(default_factory=Folder)
    decisions: Folder = field(default_factory=Folder)
    checked: str = ""

    @property
    def is_of_today(self) -> bool:
        """Whether every file was looked at today."""
        return self.checked == date.today().isoformat()


def _note(home: Home) -> Path:
    return home.warehouse.parent / "SETTLED"


def record_name(number: int) -> str:
    """How the file of a receipt or a decision is called."""
    return f"{number:06d}.json"


def list_numbers(folder: Path) -> list[int]:
    """The numbers of the records in a folder, in order."""
    names = os.listdir(folder) if folder.is_dir() else ()
    return sorted(map(int, _RECORD.findall("\n".join(names))))  # of 180,000 and more in a province


def newest_number(folder: Path) -> int:
    """The greatest number of a record in a folder; 0 where there is none."""
    return max(list_numbers(folder), default=0)


def _sum(folder: Path, numbers: list[int]) -> int:
    """The fingerprint of some records, as they are now."""
    told = ((number, os.stat(f"{folder}/{record_name(number)}")) for number in numbers)
    return sum(hash((number, file.st_size, file.st_mtime_ns)) for number, file in told)


def _recent(numbers: list[int]) -> list[int]:
    return numbers[-RECENT:]


def find_later(folder: Path, numbers: list[int], told: Folder, everything: bool) -> list[int] | None:
    """Of a folder's records, which are in order, those that came after what was noted; None where those up to it are not as they were. Looks at the recent files, or at all."""
    known = bisect_right(numbers, told.newest)
    before, later = numbers[:known], numbers[known:]
    if len(before) != told.count or _sum(folder, _recent(before)) != told.recent or (everything and _sum(folder, before) != told.files):
        return None
    return later


def describe(folder: Path, numbers: list[int], told: Folder, later: list[int], warehouse: int) -> Folder:
    """What to note of a folder's records after the later ones, too, are in line."""
    return Folder(max(later, default=told.newest), len(numbers), _sum(folder, _recent(numbers)), told.files + _sum(folder, later), warehouse)


def read_settled(home: Home) -> Settled:
    """The last writer's note; empty where there is none."""
    try:
        told = json.loads(_note(home).read_text("ascii"))
        return Settled(Folder(**told["receipts"]), Folder(**told["decisions"]), told["checked"])
    except (OSError, ValueError, KeyError, TypeError):
        return Settled()


def note_settled(home: Home, receipts: Folder, decisions: Folder) -> None:
    """Notes what is in line now, every file having been looked at today; a lost note costs only time."""
    write_durably(_note(home), json.dumps(asdict(Settled(receipts, decisions, date.today().isoformat()))).encode(), durable=False)
