"""Headers that people confirm: kept in the home's catalogue, per township, so that the next file is read without asking."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, replace
from datetime import datetime

from pipelines.audit.log import Event, append_events
from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import read_catalog_text
from pipelines.catalog.model import LearnedAlias
from pipelines.catalog.names import fold
from pipelines.durable import write_durably
from pipelines.faults import UserError
from pipelines.home import CODE_CATALOG, Home
from pipelines.warehouse.writer import hold_lock

FILE = "aliases.toml"
HEAD = "# Headers that people confirmed on the upload page.\n"


def list_aliases(home: Home) -> list[LearnedAlias]:
    """What was confirmed so far, oldest first."""
    path = home.overlay / FILE
    return [LearnedAlias(**table) for table in tomllib.loads(path.read_text("utf-8")).get("alias", [])] if path.exists() else []


def _same(one: LearnedAlias, other: LearnedAlias) -> bool:
    return (one.township_code, one.form, fold(one.header)) == (other.township_code, other.form, fold(other.header))


def _write(home: Home, aliases: list[LearnedAlias]) -> None:
    blocks = ["[[alias]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in asdict(a).items()) for a in aliases]
    text = "\n".join([HEAD, *blocks])
    faults = check_catalog(read_catalog_text(CODE_CATALOG, home.overlay) | {FILE: text})
    if faults:
        raise UserError(f"不能这样记住列标题：{faults[0].message}。", "请重新选择它是哪一列。")
    write_durably(home.overlay / FILE, text.encode())


def _event(action: str, alias: LearnedAlias, by: str) -> Event:
    return Event("catalogue", by, FILE, alias.township_code or None, detail=f"{action}列标题“{alias.header}”：{alias.form}.{alias.key}")


def add_alias(home: Home, alias: LearnedAlias, by: str = "命令行") -> None:
    """Keeps a confirmed header; a later answer about the same header of the same township takes its place."""
    with hold_lock(home):
        kept = [a for a in list_aliases(home) if not _same(a, alias)]
        _write(home, [*kept, replace(alias, at=alias.at or datetime.now().isoformat(timespec="seconds"))])
        append_events(home, [_event("记住", alias, by)])


def remove_alias(home: Home, alias: LearnedAlias, by: str = "命令行") -> None:
    """Forgets a confirmed header."""
    with hold_lock(home):
        _write(home, [a for a in list_aliases(home) if not _same(a, alias)])
        append_events(home, [_event("忘记", alias, by)])
