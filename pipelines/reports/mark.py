"""What an export with names in clear asks for and carries: a written reason, a line in the audit record, and a mark in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.access.model import Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.table import Selection, describe_selection, find_personal, list_tables

SHORTEST, LONGEST = 4, 200  # signs of a reason
COLUMN = "export_mark"  # of a CSV, which has no other place that every reader passes over


@dataclass(frozen=True, slots=True)
class Mark:
    """Who took which rows, when and why."""

    who: str
    at: datetime
    table: str  # its Chinese title
    filter: str
    reason: str

    @property
    def lines(self) -> dict[str, str]:
        """Label -> text, in the order to be read."""
        return {"导出人": self.who, "导出时间": f"{self.at:%Y-%m-%d %H:%M:%S}", "表": self.table, "筛选条件": self.filter, "导出理由": self.reason}

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return "本文件含个人信息，请勿外传。" + "；".join(f"{label}：{text}" for label, text in self.lines.items())

    @property
    def metadata(self) -> dict[str, str]:
        """Keys and values for a format that has a place for them."""
        told = {"who": self.who, "when": self.at.isoformat(timespec="seconds"), "table": self.table, "filter": self.filter, "reason": self.reason}
        return {f"union_board_{key}": text for key, text in told.items()}


def check_reason(text: str | None) -> str:
    """The reason on one line; UserError where there is none worth the name."""
    reason = " ".join((text or "").split())
    if sum(sign.isalpha() for sign in reason) < SHORTEST:
        raise UserError("导出个人信息要写明理由。", f"请写至少 {SHORTEST} 个字，例如：核对春节慰问金发放名册。")
    if len(reason) > LONGEST:
        raise UserError(f"理由太长（{len(reason)} 个字）。", f"请写在 {LONGEST} 个字以内。")
    return reason


def check_personal(catalog: Catalog, selection: Selection) -> None:
    """UserError where the selection has no names in it."""
    wanted = set(find_personal(catalog, selection.table)) & set(selection.columns or find_personal(catalog, selection.table))
    if not wanted:
        raise UserError("选的表或列里没有个人信息。", "请直接导出，不用写理由。")


def record_personal(home: Home, catalog: Catalog, person: Person, selection: Selection, ending: str, reason: str) -> Mark:
    """Puts the export into the audit record, to be called before anything is handed out, and gives the mark for the file.

    UserError without the right, without a reason, for a selection without names, and where nothing can be recorded.
    """
    if not person.may("see_personal"):
        raise UserError("您的账号不能导出个人信息。", "需要时请联系县工会干事。")
    reason = check_reason(reason)
    check_personal(catalog, selection)
    told = describe_selection(catalog, selection)
    place = selection.township_code or person.township_code
    append_events(home, [Event("export_personal", person.account, f"{selection.table}.{ending}", place, detail=f"{told}；理由：{reason}")])
    who = person.name if person.name == person.account else f"{person.name}（{person.account}）"
    return Mark(who, datetime.now(), list_tables(catalog)[selection.table], told, reason)
