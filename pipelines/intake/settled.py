"""Up to which receipt and which decision everything was found in line with the warehouse, so that the next writer reads on from there, not all of them again.

A note beside the live file has the two numbers and a fingerprint: of the files up to them (number, size, time of the last change) and of what the
warehouse held. Where either is another one, by a roll-back, a restored backup or a spoilt file, everything is read again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.durable import write_durably
from pipelines.home import Home


@dataclass(frozen=True, slots=True)
class Settled:
    """The last receipt and the last decision that were found in line; 0 where all have to be read."""

    receipts: int = 0
    decisions: int = 0


def _note(home: Home) -> Path:
    return home.warehouse.parent / "SETTLED"


def list_numbers(folder: Path) -> Iterator[tuple[int, os.DirEntry]]:
    """(number, file) of each numbered record in a folder, in no order."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            for entry in entries:
                stem, _, ending = entry.name.partition(".")
                if ending == "json" and stem.isdecimal():
                    yield int(stem), entry


def _fingerprint(folder: Path, last: int, inside: Iterable[int]) -> int:
    found = 0
    for number, entry in list_numbers(folder):
        if number <= last:
            told = entry.stat()
            found += hash((number, told.st_size, told.st_mtime_ns))
    return (found + sum(hash((number, -1)) for number in inside if number <= last)) % 2**64


def _newest(folder: Path) -> int:
    return max((number for number, _ in list_numbers(folder)), default=0)


def _fingerprints(home: Home, settled: Settled, loaded: set[int], decided: set[int]) -> list[int]:
    return [_fingerprint(home.receipts, settled.receipts, loaded), _fingerprint(home.decisions, settled.decisions, decided)]


def read_settled(home: Home, loaded: set[int], decided: set[int]) -> Settled:
    """From where the records have to be read, for a warehouse that holds these uploads and decisions."""
    try:
        told = json.loads(_note(home).read_text("ascii"))
        settled, fingerprints = Settled(**told["settled"]), told["fingerprints"]
    except (OSError, ValueError, KeyError, TypeError):
        return Settled()
    return settled if fingerprints == _fingerprints(home, settled, loaded, decided) else Settled()


def note_settled(home: Home, loaded: set[int], decided: set[int]) -> None:
    """Notes that every record is in line now; a lost note costs only time."""
    settled = Settled(_newest(home.receipts), _newest(home.decisions))
    told = {"settled": asdict(settled), "fingerprints": _fingerprints(home, settled, loaded, decided)}
    write_durably(_note(home), json.dumps(told).encode(), durable=False)
