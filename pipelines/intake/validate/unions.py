"""Rules between forms and months about unions: self-check and ledgers against the register, members against last month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipelines.catalog.model import Township
from pipelines.catalog.names import fold
from pipelines.catalog.period import shift_period
from pipelines.faults import Problem
from pipelines.intake.sheet import Typed

LEDGERS = ("standards", "relief", "competition", "safety", "rights", "activity")


def _unions(rows: list[dict]) -> dict[str, str]:
    return {fold(r["union_name"]): r["union_name"] for r in rows if r.get("has_union") and r.get("union_name")}


def adopt_spellings(forms: dict[str, list[Typed]], last: list[dict]) -> None:
    """A union that is the register's but for blanks, quotes and full-width signs gets the register's name, under which its rows are counted."""
    names = _unions([r for t in forms.get("register", []) for r in t.rows] or last)
    for typed in (t for form in LEDGERS for t in forms.get(form, [])):
        for row in typed.rows:
            if row.get("union_name"):
                row["union_name"] = names.get(fold(row["union_name"]), row["union_name"])


def _known(rows: list[dict], township: Township) -> set[str]:
    own = {township.name, township.name[:-1], *township.aliases}
    names = {fold(n + end) for n in own for end in ("", "总工会", "工会", "工会委员会", "工会联合会")}
    return names | set(_unions(rows)) | {fold(r["employer"]) for r in rows if r.get("employer")}


def _missing_self_checks(standards: list[Typed], rows: list[dict]) -> Iterator[Problem]:
    told = {fold(r["union_name"]) for t in standards for r in t.rows if r.get("union_name")}
    table = standards[0].table
    for folded, name in _unions(rows).items():
        if folded not in told:
            start = table.range.split(":")[0]
            yield Problem("no_self_check", "warning", table.sheet.name, start, "union_name", name, f"名册里的“{name}”没有填自查表，按未达标计算。", "请在自查表里补上这个工会。")


def _unknown_unions(typed: Typed, known: set[str]) -> Iterator[Problem]:
    for index, row in enumerate(typed.rows):
        name = row.get("union_name")
        if name and fold(name) not in known:
            yield Problem("unknown_union", "warning", typed.table.sheet.name, typed.cell("union_name", index), "union_name", name, f"“{name}”不在单位与工会名册里。", "请核对名称，写法要与名册一致；新建的工会请先补进名册。")


def _member_moves(register: list[Typed], last: list[dict]) -> Iterator[Problem]:
    before = {fold(r["employer"]): r["members"] for r in last if r.get("members") is not None}
    for typed in register:
        for index, row in enumerate(typed.rows):
            members, then = row.get("members"), before.get(fold(row.get("employer") or ""))
            if members is None or then is None:
                continue
            expected = int(then) + (row.get("new_members") or 0) - (row.get("left_members") or 0)
            if members != expected:
                yield Problem("members_moved", "warning", typed.table.sheet.name, typed.cell("members", index), "members", str(members),
                    f"会员人数是 {members} 人，按上月 {int(then)} 人，加本月新发展、减本月减少，应为 {expected} 人。", "请核对会员人数、本月新发展会员和本月减少会员。")  # fmt: skip


def check_unions(forms: dict[str, list[Typed]], last: tuple[date, list[dict]] | None, township: Township, period: date) -> list[Problem]:
    """Warnings about unions; with no register at all nothing is checked."""
    register = forms.get("register", [])
    rows = [r for t in register for r in t.rows] or (last[1] if last else [])
    if not rows:
        return []
    known = _known(rows, township)
    found = [p for form in LEDGERS for typed in forms.get(form, []) for p in _unknown_unions(typed, known)]
    if forms.get("standards"):
        found += _missing_self_checks(forms["standards"], rows)
    if register and last and last[0] == shift_period(period, -1):
        found += _member_moves(register, last[1])
    return found


