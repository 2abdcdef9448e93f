"""The county's acts on townships' months, each a record on disk before the warehouse knows of it.

A record is a dict: sequence, first and count (of the acts that were done together), action, township_code, period, submission_id, reason,
cells, by, at, catalogue_sha256, receipts (how many uploads there were), and outcome: made | undone. `made` is written before the
transaction: `reconcile_decisions` makes it `undone` where that was killed, and where the release that held it was rolled back. Acts done
together hold all or none: while one of their records is missing, the others count for nothing. `TOLD` beside the records is the last one
that the audit record has; what a killed writer did not tell it any more, the next one does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path

from pipelines.audit.log import Event, append_events, read_records
from pipelines.catalog.period import format_period, parse_period
from pipelines.durable import AT_ONCE, write_durably
from pipelines.home import Home
from pipelines.intake.keep import is_whole, keep_catalogue, read_kept, read_numbered
from pipelines.intake.settled import newest_number, record_name
from pipelines.warehouse.decision import Cell, Decision
from pipelines.warehouse.writer import Writer

AUTOMATIC = "自动审核"


def write_record(home: Home, record: dict) -> None:
    """Writes a record so that a reader and a power cut find the old one or the new one."""
    write_durably(home.decisions / record_name(record["sequence"]), json.dumps(record, ensure_ascii=False, indent=1).encode())


def find_spoilt_records(home: Home) -> Iterator[tuple[Path, dict]]:
    """The records that a disk spoilt, each with what those that were made together with it say of the group: `first` and `count`, or nothing."""
    paths = sorted(home.decisions.glob("[0-9]*.json"))
    groups = [(r["first"], r["count"]) for r in (read_kept(p) for p in paths if is_whole(p))]
    for path in (p for p in paths if not is_whole(p)):
        group = next(((f, n) for f, n in groups if f <= int(path.stem) < f + n), None)
        yield path, dict(zip(("first", "count"), group, strict=True)) if group else {}


def list_records(home: Home) -> list[dict]:
    """Every record in order; those of an unfinished group are told as undone. Spoilt for one that a disk spoilt."""
    records = list(read_numbered(home.decisions))
    found = Counter(r["first"] for r in records)
    return [r if found[r["first"]] == r["count"] else r | {"outcome": "undone"} for r in records]


def as_decision(record: dict) -> Decision:
    """A record as the warehouse takes it."""
    told = {k: record[k] for k in ("sequence", "action", "township_code", "submission_id", "reason", "by")}
    cells = tuple(Cell(**c) for c in record["cells"])
    return Decision(**told, period=parse_period(record["period"]), cells=cells, at=datetime.fromisoformat(record["at"]))


def _event(decision: Decision) -> Event:
    d = decision
    return Event(d.action, d.by, f"decisions/{d.sequence:06d}", d.township_code, d.period, d.submission_id, d.reason)


def _told(home: Home) -> int:
    path = home.decisions / "TOLD"
    text = path.read_text("ascii") if path.exists() else ""
    return int(text) if text.isdigit() else 0  # a power cut may leave it empty


def _tell(home: Home, decisions: Sequence[Decision]) -> None:
    append_events(home, [_event(d) for d in decisions])
    write_durably(home.decisions / "TOLD", str(newest_number(home.decisions)).encode(), durable=False)


def _tell_late(home: Home) -> None:
    """Tells the audit record what a killed writer had done."""
    if newest_number(home.decisions) == (last := _told(home)):
        return
    known = {r.event.subject for r in read_records(home)}
    late = [as_decision(r) for r in list_records(home) if r["sequence"] > last and r["outcome"] == "made"]
    _tell(home, [d for d in late if _event(d).subject not in known])


def reconcile_decisions(home: Home, inside: set[int], numbers: list[int] | None = None) -> None:
    """Brings all records, or those with these numbers, in line with the warehouse, whose decisions are `inside`; the caller holds the writers' lock."""
    for record in list(read_numbered(home.decisions, numbers)):
        outcome = "made" if record["sequence"] in inside else "undone"
        if record["outcome"] != outcome:
            write_record(home, record | {"outcome": outcome})
    _tell_late(home)


def record_decisions(home: Home, writer: Writer, decisions: Sequence[Decision]) -> None:
    """Keeps decisions (whose sequences are given here), puts them into the open warehouse and tells the audit record."""
    if not decisions:
        return
    catalogue, receipts, first = writer.catalog.sha256, newest_number(home.receipts), newest_number(home.decisions) + 1
    keep_catalogue(home, catalogue)
    numbered = [replace(d, sequence=first + n) for n, d in enumerate(decisions)]
    together = {"first": first, "count": len(numbered), "catalogue_sha256": catalogue, "receipts": receipts, "outcome": "made"}
    records = [asdict(d) | {"period": format_period(d.period), "at": d.at.isoformat(timespec="seconds")} | together for d in numbered]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda record: write_record(home, record), records))
    writer.decide(numbered)
    _tell(home, numbered)


def approve_unseen(home: Home, writer: Writer, months: dict[tuple[str, date], str]) -> None:
    """Approves uploads without any problem, by month, where the catalogue says that nobody has to look at these."""
    now = datetime.now().replace(microsecond=0)
    made = [Decision(0, "approve", code, period, number, "", (), AUTOMATIC, now) for (code, period), number in sorted(months.items())]
    record_decisions(home, writer, made)
