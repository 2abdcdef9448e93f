"""What people put down for scores: an append-only journal in the home's `scoring/`, one file per act, told to the audit record.

Nothing is ever changed or deleted: an act is taken back by a later one. An act holds for its township's months of the same year from its own month on, until
a newer one (by month, then by number) says otherwise. `TOLD` is the last act that the audit record has; what a killed writer did not tell, the next one does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from pipelines.audit.log import Event, append_events, read_records
from pipelines.catalog.model import Catalog
from pipelines.catalog.period import format_period, parse_period
from pipelines.catalog.scoring import Rubric, find_rubric
from pipelines.durable import write_durably
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.locks import Busy, hold_lock
from pipelines.scoring.engine import Mark, Marks
from pipelines.scoring.figure import exact

KINDS = {"score": "评分", "self_score": "自评", "veto": "一票否决", "ruling": "核定", "undo": "撤销评分"}
LONGEST = 500  # characters of a remark
SEPARATOR = "|"  # of union and item in the subject of a ruling


@dataclass(frozen=True, slots=True)
class Entry:
    """Points for one subject: an item, a veto, or `union|item` of 八有 and 六会 (1 for yes, 0 for no)."""

    subject: str
    points: float
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What one person put down at once for one township and month."""

    sequence: int
    kind: str  # a key of KINDS
    rubric: str
    township_code: str
    period: date
    entries: tuple[Entry, ...]
    by: str
    at: datetime
    undoes: int | None = None


def _folder(home: Home) -> Path:
    return home.path / "scoring"


def _path(home: Home, sequence: int) -> Path:
    return _folder(home) / f"{sequence:06d}.json"


def _read(path: Path) -> Act:
    try:
        told = json.loads(path.read_text("utf-8"))
        entries = tuple(Entry(**e) for e in told["entries"])
        return Act(**told | {"entries": entries, "period": parse_period(told["period"]), "at": datetime.fromisoformat(told["at"])})
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"评分记录 {path} 已损坏，暂时不能算分；其他页面照常可以看。", "请从最近的备份里取回这个文件后再试。") from None


def list_acts(home: Home, township_code: str | None = None) -> list[Act]:
    """Every act in order, of one township where it is named. UserError for one that a disk spoilt."""
    acts = [_read(p) for p in sorted(_folder(home).glob("[0-9]*.json"))]
    return [a for a in acts if township_code in (None, a.township_code)]


def count_acts(home: Home) -> int:
    """The number of the newest act; 0 where there is none."""
    return max((int(p.stem) for p in _folder(home).glob("[0-9]*.json")), default=0)


def undone(acts: Sequence[Act]) -> set[int]:
    """The numbers of the acts that were taken back."""
    return {a.undoes for a in acts if a.undoes is not None}


def _in_force(acts: Sequence[Act], rubric: str, period: date) -> list[Act]:
    gone = undone(acts)
    fitting = [a for a in acts if a.rubric == rubric and a.kind != "undo" and a.sequence not in gone and a.period.year == period.year and a.period <= period]
    return sorted(fitting, key=lambda a: (a.period, a.sequence))


def read_marks(acts: Sequence[Act], rubric: str, township_code: str, period: date) -> tuple[Marks, dict[tuple[str, str], Mark]]:
    """The marks of one township in a month, and the county's rulings by (union, item)."""
    found: dict[str, dict[str, Mark]] = {kind: {} for kind in KINDS}
    for act in _in_force([a for a in acts if a.township_code == township_code], rubric, period):
        found[act.kind] |= {e.subject: Mark(Fraction(str(e.points)), e.remark, act.by) for e in act.entries}
    rulings = {tuple(subject.rsplit(SEPARATOR, 1)): mark for subject, mark in found["ruling"].items()}
    return Marks(found["score"], found["self_score"], found["veto"]), rulings


def _most(catalog: Catalog, rubric: Rubric, kind: str, subject: str) -> float:
    """The most points that a subject may get; UserError for one that is not there."""
    if kind in ("score", "self_score"):
        full = {i.key: i.full for i in rubric.items}
    elif kind == "veto":
        full = {v.key: 1.0 for v in rubric.vetoes if not (v.indicator or v.fact)}
    else:
        items = {i.key for s in catalog.standards if s.level == "union" for i in s.items}
        full = {subject: 1.0} if subject.rpartition(SEPARATOR)[2] in items and subject.rpartition(SEPARATOR)[0] else {}
    if subject not in full:
        raise UserError(f"“{rubric.name}”里没有“{subject}”这一项。", f"可以填：{'、'.join(full) or '八有、六会的项目'}。")
    return full[subject]


def _checked(catalog: Catalog, rubric: Rubric, kind: str, entry: Entry) -> Entry:
    most = _most(catalog, rubric, kind, entry.subject)
    name = next((i.name for i in rubric.items if i.key == entry.subject), entry.subject)
    if not 0 <= exact(entry.points) <= exact(most):
        raise UserError(f"“{name}”不能填 {entry.points:g} 分。", f"请填 0 到 {most:g} 之间的分。")
    remark = entry.remark.strip()
    if not remark and kind != "self_score":
        raise UserError(f"“{name}”要写明评分的依据。", "请用一句话写清依据，乡镇看得到。")
    if len(remark) > LONGEST:
        raise UserError(f"“{name}”的说明太长（{len(remark)} 字）。", f"请写得短些，最多 {LONGEST} 字。")
    return Entry(entry.subject, float(entry.points), remark)


def _event(act: Act) -> Event:
    told = "；".join(f"{e.subject} {e.points:g}" + (f"（{e.remark}）" if e.remark else "") for e in act.entries)
    return Event(act.kind, act.by, f"scoring/{act.sequence:06d}", act.township_code, act.period, detail=(f"撤销 {act.undoes:06d}；" if act.undoes else "") + told)


@contextmanager
def _lock(home: Home) -> Iterator[None]:
    _folder(home).mkdir(parents=True, exist_ok=True)
    try:
        with hold_lock(home, "scoring/journal", 30):
            yield
    except Busy:
        raise UserError("另一人正在保存评分，暂时不能写入。", "请过一会儿再试一次。") from None


def _tell(home: Home, acts: Sequence[Act]) -> None:
    append_events(home, [_event(a) for a in acts])
    write_durably(_folder(home) / "TOLD", str(acts[-1].sequence).encode(), durable=False)


def _tell_late(home: Home, acts: Sequence[Act]) -> None:
    path = _folder(home) / "TOLD"
    text = path.read_text("ascii") if path.exists() else ""
    late = [a for a in acts if a.sequence > (int(text) if text.isdigit() else 0)]
    if late:
        known = {r.event.subject for r in read_records(home)}
        append_events(home, [_event(a) for a in late if _event(a).subject not in known])


def _append(home: Home, acts: Sequence[Act], act: Act) -> Act:
    _tell_late(home, acts)
    told = asdict(act) | {"period": format_period(act.period), "at": act.at.isoformat(timespec="seconds")}
    write_durably(_path(home, act.sequence), json.dumps(told, ensure_ascii=False, indent=1).encode())
    try:
        _tell(home, [act])
    except UserError:
        _path(home, act.sequence).unlink()  # nobody has been told of it: what cannot be recorded is not done
        raise
    return act


def _next(acts: Sequence[Act]) -> int:
    return max((a.sequence for a in acts), default=0) + 1


def record_act(home: Home, catalog: Catalog, kind: str, rubric_key: str, township_code: str, period: date, entries: Sequence[Entry], by: str) -> Act:
    """Keeps what somebody put down; all of it or, with a UserError that says what is wrong, nothing. Who may do it is the caller's question."""
    rubric = find_rubric(catalog.rubrics, period.year, rubric_key)
    if rubric is None:
        raise UserError(f"{period.year} 年没有“{rubric_key}”这个评分办法。", "请核对评分办法的代码和年份。")
    if catalog.township(township_code) is None:
        raise UserError(f"没有代码为 {township_code} 的乡镇。", "请核对乡镇代码。")
    if not entries:
        raise UserError("没有填任何一项。", "请至少填一项。")
    checked = tuple(_checked(catalog, rubric, kind, e) for e in entries)
    with _lock(home):
        acts = list_acts(home)
        return _append(home, acts, Act(_next(acts), kind, rubric.key, township_code, period.replace(day=1), checked, by, datetime.now().replace(microsecond=0)))


def undo_act(home: Home, sequence: int, by: str, township_code: str | None = None) -> Act:
    """Takes an act back by a new one, so that what held before it holds again; of one township where it is named. UserError where there is nothing to take back."""
    with _lock(home):
        acts = list_acts(home)
        found = next((a for a in acts if a.sequence == sequence and a.kind != "undo" and township_code in (None, a.township_code)), None)
        if found is None:
            raise UserError(f"没有编号为 {sequence:06d} 的评分记录。", "请刷新页面后再试。")
        if sequence in undone(acts):
            raise UserError(f"编号为 {sequence:06d} 的评分记录已经撤销过了。", "请刷新页面查看。")
        act = Act(_next(acts), "undo", found.rubric, found.township_code, found.period, (), by, datetime.now().replace(microsecond=0), sequence)
        return _append(home, acts, act)
