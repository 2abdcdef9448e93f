"""On the county's days of the month: last month's bulletin and the words of the reminders, once each, whoever of the processes comes first."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog
from pipelines.catalog.period import format_period, name_period, shift_period
from pipelines.delivery.mail import send
from pipelines.delivery.settings import DeliverySettings
from pipelines.durable import write_durably
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.locks import Busy, hold_lock
from pipelines.reports.bulletin.facts import Bulletin, read_bulletin
from pipelines.reports.bulletin.page import make_page
from pipelines.reports.bulletin.wording import tell_head, tell_returns
from pipelines.reports.bulletin.workbook import make_workbook
from pipelines.reports.place import open_place
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.workflow.reminders import read_reminders
from pipelines.workflow.unattended import forget_fault, note_failure

BY = "自动发送"
KINDS = {"reminder": "催报", "bulletin": "通报"}
File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was done: the files in the folder, who was written to, and a sentence where nothing was to be done."""

    files: tuple[Path, ...] = ()
    mailed: tuple[str, ...] = ()
    note: str = ""


def last_month(today: date) -> date:
    """The month that is reported now."""
    return shift_period(today.replace(day=1), -1)


def make_documents(bulletin: Bulletin) -> list[File]:
    """Name and content of the bulletin's workbook and page."""
    return [make_workbook(bulletin), make_page(bulletin)]


def _bulletin(reader: Reader, catalog: Catalog, period: date, today: date) -> tuple[str, list[File]]:
    facts = read_bulletin(reader, catalog, period)
    return f"{tell_head(facts)}\n{tell_returns(facts)}\n", make_documents(facts)


def _reminder(reader: Reader, catalog: Catalog, period: date, today: date) -> tuple[str, list[File]]:
    told = read_reminders(reader, catalog, period, today)
    if not told.each:
        return "", []
    text = "\n\n".join(["【群发】", told.everyone, *(f"【{r.township}】\n{r.text}" for r in told.each)]) + "\n"
    return told.everyone, [(f"{name_period(period)}催报.txt", text.encode("utf-8-sig"))]


MAKERS = {"bulletin": _bulletin, "reminder": _reminder}


def _state(home: Home) -> Path:
    return home.path / "private" / "delivery.json"


def _read_state(home: Home) -> dict[str, str]:
    try:
        return json.loads(_state(home).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _is_due(kind: str, settings: DeliverySettings, state: dict[str, str], period: date, today: date) -> bool:
    day = settings.bulletin_day if kind == "bulletin" else settings.remind_day
    return today.day >= day and period == last_month(today) and state.get(kind, "") < format_period(period)


def _put(settings: DeliverySettings, files: list[File]) -> list[Path]:
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
        for name, content in files:
            write_durably(settings.folder / name, content)
    except OSError as fault:
        raise UserError(f"文件夹 {settings.folder} 写不进去。", "请检查 UNION_BOARD_DELIVERY_DIR 是否存在、磁盘是否已满或只读。") from fault
    return [settings.folder / name for name, _ in files]


def _one(home: Home, catalog: Catalog, settings: DeliverySettings, kind: str, period: date, today: date) -> Delivered:
    """One kind of document: folder first, then mail; that it is done is kept last, so that a fault is tried again."""
    reader, told = open_place(home, catalog) if kind == "bulletin" else (open_reader(home), catalog)  # a reminder goes to townships, however many counties they lie in
    words, files = MAKERS[kind](reader, told, period, today)
    paths = _put(settings, files) if files else []
    if files and settings.mail:
        _write_state(home, _read_state(home))  # a home that takes nothing would have the mail sent again and again
        demo = "【演示数据】" if (home.path / "demo.json").exists() else ""
        send(settings.mail, f"{demo}{catalog.county.name}{name_period(period)}工会{KINDS[kind]}", words, files)
    _keep(home, kind, period)
    if files:
        append_events(home, [Event("export", BY, f"{kind} {format_period(period)}", period=period)])
    return Delivered(tuple(paths), settings.mail.receivers if files and settings.mail else ())


def _keep(home: Home, kind: str, period: date) -> None:
    state = _read_state(home)
    _write_state(home, state | {kind: max(state.get(kind, ""), format_period(period))})


def _write_state(home: Home, state: dict[str, str]) -> None:
    write_durably(_state(home), json.dumps(state, ensure_ascii=False).encode())


def deliver(home: Home, catalog: Catalog, settings: DeliverySettings, *, period: date, today: date | None = None, force: bool = False) -> Delivered:
    """Delivers what is due of a month; nothing twice unless forced. UserError where no folder is set, it cannot be written, or the mail was not taken; one kind's fault keeps no other back."""
    if settings.folder is None:
        raise UserError("没有设置发送文件夹。", "请设置环境变量 UNION_BOARD_DELIVERY_DIR。")
    today = today or date.today()
    done: list[Delivered] = []
    faults: list[UserError] = []
    try:
        with hold_lock(home, "private/.delivery", 0):
            state = _read_state(home)
            for kind in KINDS:
                if force or _is_due(kind, settings, state, period, today):
                    try:
                        done.append(_one(home, catalog, settings, kind, period, today))
                    except UserError as fault:
                        faults.append(fault)
    except Busy:
        return Delivered(note="另一个进程正在办。")
    if faults:
        raise faults[0]
    files, mailed = tuple(f for d in done for f in d.files), tuple(dict.fromkeys(a for d in done for a in d.mailed))
    return Delivered(files, mailed, "" if files else "今天没有要办的。")


def keep_delivering(home: Home, settings: DeliverySettings, stop: threading.Event, tell, minutes: float = 10) -> None:
    """Looks every ten minutes whether something is due, until `stop`; `tell(level, words)` hears of what was done, and of a fault once."""
    told = ""
    while settings.folder is not None and not stop.wait(minutes * 60):
        try:
            done = deliver(home, load_catalog(overlay=home.overlay), settings, period=last_month(date.today()))
            told = ""
            forget_fault(home, "delivery")
            for file in done.files:
                tell("info", f"delivered {file.name}")
        except Exception as fault:  # whatever it was, it is tried again
            words = note_failure(home, "delivery", fault)
            if words != told:
                tell("error", words)
            told = words
