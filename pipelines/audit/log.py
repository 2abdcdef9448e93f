"""The record itself: one JSON object a line, each holding the hash of the line before it, so that no line can be changed, removed or put between unseen.

`audit/log.jsonl` is only ever appended to, under its own lock and forced to disk before the caller goes on. A line that a power cut left
half written was acknowledged to nobody: the next writer cuts it off. The hash of the newest line, which `verify` tells and every backup
carries, is what an outsider notes down to prove later that the end was not cut off either.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.faults import DiskFault, UserError
from pipelines.home import Home
from pipelines.locks import Busy, hold_lock

START = "0" * 64  # what the first line calls the hash before it


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody did. `detail` is a short text without personal data."""

    action: str  # a key of ACTIONS
    actor: str  # account name, or 命令行
    subject: str = ""  # the file, table or account that it was done to
    township_code: str | None = None
    period: date | None = None  # first day of the month
    submission_id: str | None = None
    detail: str = ""


ACTIONS = {
    "sign_in": "登录", "sign_in_refused": "登录失败", "sign_out": "退出", "locked_out": "登录锁定",
    "account_added": "新增账号", "account_changed": "修改账号", "account_disabled": "停用账号", "password_changed": "修改密码",
    "upload": "报送", "upload_refused": "报送未通过", "upload_unchanged": "重复报送", "upload_undone": "报送未完成",
    "approve": "审核通过", "return": "退回", "lock": "锁定", "unlock": "解锁", "remind": "催报", "correction": "订正",
    "score": "评分", "self_score": "自评", "veto": "一票否决", "ruling": "核定八有六会", "undo": "撤销评分",
    "export": "导出", "export_personal": "导出个人信息", "download_original": "下载原表",
    "catalogue": "修改目录", "target": "修改目标", "rollback": "恢复版本", "rebuild": "重建", "backup": "备份", "restore": "恢复备份", "upgrade": "升级", "migrate": "迁移数据",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the record: an event with its place in the chain."""

    sequence: int
    happened_at: datetime  # local time, as the machine's clock said
    event: Event
    previous: str  # sha256 of the line before
    hash: str  # sha256 of this line without itself


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many lines hold, the hash of the newest, the first fault in Chinese (empty when there is none), and as a
    note what a power cut left of a line that nobody was told of."""

    count: int
    head: str
    fault: str = ""
    note: str = ""


def log_path(home: Home) -> Path:
    """Where the record lies."""
    return home.path / "audit" / "log.jsonl"


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as file:
            yield from (line for line in file if line.endswith(b"\n"))


def _digest(fields: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _fields(sequence: int, at: str, event: Event, previous: str) -> dict[str, object]:
    told = asdict(event) | {"period": event.period.strftime("%Y-%m") if event.period else None}
    return {"sequence": sequence, "happened_at": at, **told, "previous": previous}


def _tail(file) -> tuple[int, bytes]:
    """Where the last whole lines begin in the file, and these lines, at least one where there is any."""
    end = file.seek(0, os.SEEK_END)
    tail, start = b"", end
    while start > 0 and tail.count(b"\n") < 2:
        start = max(0, start - 65_536)
        file.seek(start)
        tail = file.read(end - start)
    return start, tail[: tail.rfind(b"\n") + 1]


def _last_line(file) -> bytes:
    """The newest whole line; a torn one behind it is cut off."""
    start, whole = _tail(file)
    file.truncate(start + len(whole))
    file.seek(0, os.SEEK_END)
    return whole.splitlines()[-1] if whole else b""


def append_events(home: Home, events: Sequence[Event]) -> None:
    """Adds the events to the record and returns when they are on disk. UserError where the disk takes nothing: what cannot be recorded is not done."""
    if not events:
        return
    try:
        _append(home, events)
    except (OSError, Busy) as fault:
        raise DiskFault("操作记录写不进去，这一步没有做。", "请维护人员检查磁盘是否已满或只读。") from fault


def _place(line: bytes) -> tuple[int, str]:
    """Number and hash of a line. UserError for one that is no record: nothing may be joined to it."""
    try:
        told = json.loads(line) if line else {"sequence": 0, "hash": START}
        return told["sequence"], told["hash"]
    except (ValueError, KeyError, TypeError) as fault:
        raise UserError("操作记录的最后一行已损坏，不能再往下写，这一步没有做。", "请维护人员运行 verify-audit 核对，并从备份恢复 audit/log.jsonl。") from fault


def _append(home: Home, events: Sequence[Event]) -> None:
    path = log_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    with hold_lock(home, "audit/log.jsonl", 60), path.open("ab+") as file:
        last = _last_line(file)
        sequence, previous = _place(last)
        now, written = datetime.now().isoformat(timespec="milliseconds"), []
        for event in events:
            sequence += 1
            fields = _fields(sequence, now, event, previous)
            previous = _digest(fields)
            written.append(json.dumps(fields | {"hash": previous}, ensure_ascii=False))
        file.write(("\n".join(written) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def _record(fields: dict) -> Record:
    told = {k: fields[k] for k in ("action", "actor", "subject", "township_code", "submission_id", "detail")}
    period = date.fromisoformat(f"{fields['period']}-01") if fields["period"] else None
    return Record(fields["sequence"], datetime.fromisoformat(fields["happened_at"]), Event(**told, period=period), fields["previous"], fields["hash"])


def read_whole(home: Home) -> bytes:
    """The record's bytes up to the last whole line, while others may be adding to it."""
    return _whole(log_path(home))


def _whole(path: Path) -> bytes:
    text = path.read_bytes()
    return text[: text.rfind(b"\n") + 1]


def read_records(home: Home) -> Iterator[Record]:
    """Every record, oldest first."""
    return (_record(json.loads(line)) for line in _lines(log_path(home)))


def read_head(home: Home) -> tuple[int, str]:
    """How many records there are, and the hash of the newest."""
    path = log_path(home)
    if not path.exists():
        return 0, START
    with path.open("rb") as file:
        last = _tail(file)[1]
    return _place(last.splitlines()[-1] if last else b"")


def verify_chain(home: Home, noted: dict[str, str] | None = None) -> Verdict:
    """Recomputes the whole chain; the first line that does not hold is named.

    `noted` are hashes that were told outside the record, each with the words for where: one that no line has proves that the end was cut off.
    """
    count, head, missing = 0, START, dict(noted or {})
    missing.pop(START, None)
    for number, line in enumerate(_lines(log_path(home)), 1):
        try:
            fields = json.loads(line)
            told = fields.pop("hash")
        except (ValueError, KeyError, AttributeError, TypeError):
            return Verdict(count, head, f"第 {number} 行不是完整的记录。")
        if fields.get("previous") != head or fields.get("sequence") != number:
            return Verdict(count, head, f"第 {number} 行与前一行接不上：中间的记录被删改或插入过。")
        if _digest(fields) != told:
            return Verdict(count, head, f"第 {number} 行的内容被改动过。")
        count, head = number, told
        missing.pop(told, None)
    fault = f"{list(missing.values())[-1]}记下的指纹找不到：现在只有 {count} 条记录，记录的末尾被删过或丢失了。" if missing else ""
    return Verdict(count, head, fault, _torn(log_path(home)))


def _torn(path: Path) -> str:
    """What to say of an unfinished last line: it is no tampering, for whoever wrote it was not told that it was done."""
    size = path.stat().st_size if path.exists() else 0
    torn = size - len(_whole(path)) if size else 0
    return f"最后有 {torn} 字节没有写完的半行，是断电或程序被中止时留下的，不算改动，下一次写入时自动清除。" if torn else ""
