"""Views of tables that people named and kept: filters, columns and pivot under a name, for the account alone or for everybody."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from pipelines.access.model import Person
from pipelines.durable import write_durably
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.locks import Busy, hold_lock

LONGEST, MOST = 40, 200  # signs of a name, views of an account


@dataclass(frozen=True, slots=True)
class SavedView:
    """One kept view; `query` is what its address tells, every filter named."""

    id: str
    name: str
    account: str
    shared: bool
    query: dict[str, str]
    at: str


def _path(home: Home) -> Path:
    return home.path / "saved" / "views.json"


def _read(home: Home) -> list[SavedView]:
    try:
        return [SavedView(**told) for told in json.loads(_path(home).read_text("utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as fault:
        raise UserError("保存的视图读不出来。", "请维护人员检查 saved/views.json，必要时用备份恢复。") from fault


def list_views(home: Home, person: Person) -> list[SavedView]:
    """The person's own and the shared ones, by name."""
    return sorted((v for v in _read(home) if v.shared or v.account == person.account), key=lambda v: (v.name, v.id))


def find_view(home: Home, person: Person, number: str) -> SavedView:
    """The view; UserError where the person sees none of that number."""
    found = next((v for v in list_views(home, person) if v.id == number), None)
    if found is None:
        raise UserError("没有这个视图，可能已经删除，或者没有共享给您。", "请在“明细导出”里另选一个。")
    return found


def may_change(person: Person, view: SavedView) -> bool:
    """One's own; what is shared also whoever oversees the county's returns and uploads for them."""
    return view.account == person.account or (view.shared and person.may("review"))


def check_name(views: list[SavedView], name: str, account: str, but: str = "") -> str:
    """The name on one line; UserError for none, a long one, or one that the account has."""
    told = " ".join(name.split())
    if not told or len(told) > LONGEST:
        raise UserError("视图要有名称。" if not told else f"名称太长（{len(told)} 个字）。", f"请写 1 到 {LONGEST} 个字，例如：各乡镇春节慰问。")
    if any(v.name == told and v.account == account and v.id != but for v in views):
        raise UserError(f"已经有叫“{told}”的视图。", "请换一个名称，或先删除原来的。")
    return told


def _change(home: Home, change: object) -> None:
    _path(home).parent.mkdir(parents=True, exist_ok=True)
    try:
        with hold_lock(home, "saved/views", 20):
            text = json.dumps([asdict(v) for v in change(_read(home))], ensure_ascii=False, indent=1)
            write_durably(_path(home), text.encode())
    except (OSError, Busy) as fault:
        raise UserError("视图现在保存不了。", "请稍后再试；还是不行请维护人员检查磁盘是否已满或只读。") from fault


def save_view(home: Home, person: Person, name: str, query: dict[str, str], shared: bool) -> SavedView:
    """Keeps a view; UserError for a name that cannot be used, for too many, and for sharing by somebody who sees one township only."""
    if shared and person.township_code is not None:
        raise UserError("乡镇账号的视图只能自己用。", "需要共享请联系县工会干事。")
    made = SavedView(secrets.token_hex(4), name, person.account, shared, dict(query), datetime.now().isoformat(timespec="seconds"))

    def add(views: list[SavedView]) -> list[SavedView]:
        nonlocal made
        made = replace(made, name=check_name(views, name, person.account))
        if sum(v.account == person.account for v in views) >= MOST:
            raise UserError(f"已经保存了 {MOST} 个视图。", "请先删除不用的。")
        return [*views, made]

    _change(home, add)
    return made


def _mine(home: Home, person: Person, number: str) -> SavedView:
    view = find_view(home, person, number)
    if not may_change(person, view):
        raise UserError("这个视图是别人共享的，您不能改。", "可以另存一个自己的。")
    return view


def rename_view(home: Home, person: Person, number: str, name: str) -> None:
    """Another name for a view that the person may change."""
    view = _mine(home, person, number)
    _change(home, lambda views: [replace(v, name=check_name(views, name, view.account, number)) if v.id == number else v for v in views])


def delete_view(home: Home, person: Person, number: str) -> None:
    """Forgets a view that the person may change."""
    _mine(home, person, number)
    _change(home, lambda views: [v for v in views if v.id != number])
