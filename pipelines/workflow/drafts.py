"""Files that somebody dropped but has not submitted: kept like any original, found again after a closed browser or a power cut."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.catalog.period import format_period, parse_period
from pipelines.durable import make_durable, telling_disk_faults, write_durably
from pipelines.faults import Problem, UserError
from pipelines.home import Home
from pipelines.intake.keep import keep_original, read_original
from pipelines.intake.report import FileReport

MOST = 20  # of one account; the oldest goes first, its bytes stay


@dataclass(frozen=True, slots=True)
class Draft:
    """One dropped file: whose, what it was read as, and what was wrong with it."""

    id: str
    account: str
    file: str
    sha256: str
    at: datetime
    township_code: str | None
    period: date | None
    asked_township: str | None
    asked_period: date | None
    status: str  # valid | refused
    problems: tuple[Problem, ...]


def _path(home: Home, number: str) -> Path:
    return home.path / "drafts" / f"{number}.json"


def _read(path: Path) -> Draft | None:
    try:
        told = json.loads(path.read_text("utf-8"))
        told["problems"] = tuple(Problem(**p) for p in told["problems"])
        told["at"] = datetime.fromisoformat(told["at"])
        for key in ("period", "asked_period"):
            told[key] = parse_period(told[key]) if told[key] else None
        return Draft(**told)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a record of another version, or one that was just discarded


@telling_disk_faults()
def save_draft(home: Home, account: str, asked: tuple[str | None, date | None], content: bytes, report: FileReport) -> Draft:
    """Keeps the bytes and what was found in them; the same file of the same person is one draft."""
    sha256, kept = keep_original(home, report.file, content)
    make_durable([kept])
    number = hashlib.sha256(f"{account} {sha256}".encode()).hexdigest()[:24]
    draft = Draft(number, account, report.file, sha256, datetime.now().replace(microsecond=0), report.township_code, report.period, *asked,
                  "refused" if report.status == "refused" else "valid", tuple(report.problems))  # fmt: skip
    told = asdict(draft) | {"at": draft.at.isoformat(), "period": format_period(draft.period) if draft.period else None,
                            "asked_period": format_period(asked[1]) if asked[1] else None}  # fmt: skip
    write_durably(_path(home, number), json.dumps(told, ensure_ascii=False, indent=1).encode())
    for old in [d for d in list_drafts(home, account) if d.id != number][MOST - 1 :]:  # never this one, though the clock may have gone back
        discard_draft(home, old.id)
    return draft


def list_drafts(home: Home, account: str) -> list[Draft]:
    """The person's drafts, newest first."""
    found = (_read(p) for p in (home.path / "drafts").glob("*.json"))
    return sorted((d for d in found if d and d.account == account), key=lambda d: d.at, reverse=True)


def find_draft(home: Home, number: str, account: str) -> Draft:
    """The person's draft of that number; UserError for any other."""
    found = next((d for d in list_drafts(home, account) if d.id == number), None)
    if found is None:
        raise UserError("没有这份草稿。", "它可能已经提交或丢弃了；原表还在的话，请重新放入。")
    return found


def read_draft(home: Home, draft: Draft) -> bytes:
    """The dropped bytes. UserError when they are gone."""
    content = read_original(home, draft.sha256)
    if content is None:
        raise UserError("草稿的原表不见了。", "请重新放入文件。")
    return content


def discard_draft(home: Home, number: str) -> None:
    """Forgets a draft; the bytes stay with the originals."""
    _path(home, number).unlink(missing_ok=True)
