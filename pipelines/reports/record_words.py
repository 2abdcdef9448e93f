"""The audit record in the words of people: what an event was done to, and its details, where the record keeps keys and file names."""

from __future__ import annotations

import re
from datetime import date

from pipelines.audit.log import Event
from pipelines.catalog.model import Catalog
from pipelines.catalog.period import name_period, parse_period
from pipelines.reports.table import list_tables
from pipelines.reports.words import table_words

_KEPT = {"scoring": "评分记录", "decisions": "审核记录"}  # folders of a home whose files events name, as scoring/000001
_FILES = {"target_changes.toml": "目标的修改记录", "aliases.toml": "记住的列标题"}
_OTHERS = {"bulletin": "月度通报", "summary": "工作总结", "score": "评分结果", "inputs": "汇总用的数据", "reminder": "催报的话"}
_MIGRATED = {"lake": "移入数据湖", "file": "移回单个文件"}
_POINTS = re.compile(r"(^|；)(?:([^；|]+)\|)?(\w+) (\d+(?:\.\d+)?)(?=（|；|$)")
_HEADER = re.compile(r"：(\w+\.\w+)$")


def _names(catalog: Catalog, year: int) -> dict[str, str]:
    """Key -> name of what points are given for, those of the year's rubrics before others that use the same key."""
    rubrics = sorted(catalog.rubrics, key=lambda r: r.first_year <= year <= r.last_year)
    return {i.key: i.name for r in rubrics for i in r.items} | {v.key: v.words for r in rubrics for v in r.vetoes}


def _say_points(found: re.Match, names: dict[str, str], items: dict[str, str], veto: bool) -> str:
    before, union, key, points = found.groups()
    if union:
        return f"{before}{union}“{items.get(key, key)}”{'有' if float(points) else '缺'}"
    return f"{before}{names[key]}{'' if veto else f' {points} 分'}" if key in names else found[0]


def _say_export(subject: str, catalog: Catalog) -> str:
    """A table or document, with its format or month: relief.xlsx, `bulletin 2026-10`."""
    found = re.fullmatch(r"(\w+?)(?:\.(\w+)| (\d{4}-\d\d))?", subject)
    title = (_OTHERS | list_tables(catalog)).get(found[1]) if found else None
    if not title:
        return subject
    return title + (f"（{found[2]}）" if found[2] else "") + (f" {name_period(parse_period(found[3]))}" if found[3] else "")


def say_subject(event: Event, catalog: Catalog) -> str:
    """What it was done to: `decisions/000014` is 审核记录 000014; names of files and accounts stay."""
    folder, _, number = event.subject.partition("/")
    if folder in _KEPT and number.isdigit():
        return f"{_KEPT[folder]} {number}"
    if event.action in ("export", "export_personal"):
        return _say_export(event.subject, catalog)
    return {"migrate": _MIGRATED, "target": _FILES, "catalogue": _FILES}.get(event.action, {}).get(event.subject, event.subject)


def say_detail(event: Event, catalog: Catalog) -> str:
    """The details: names of items, tables and columns for their keys."""
    if event.action in ("score", "self_score", "veto", "ruling", "undo"):
        names = _names(catalog, (event.period or date.today()).year)
        items = {i.key: i.name for s in catalog.standards for i in s.items}
        return _POINTS.sub(lambda found: _say_points(found, names, items, event.action == "veto"), event.detail)
    if event.action == "catalogue":
        fields = table_words(catalog, "problem").codes["field"]
        return _HEADER.sub(lambda found: f"：{fields.get(found[1], found[1])}", event.detail)
    if event.action == "export" and event.subject == "score":
        return next((r.name for r in catalog.rubrics if r.key == event.detail), event.detail)
    return event.detail
