"""The parts of the monthly bulletin, as `bulletin.toml` says, and the check of that file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.catalog.model import Section
from pipelines.catalog.unknown import find_unknown

FILE = "bulletin.toml"  # a catalogue that was kept before it existed has none
KEYS = {"key": str, "title": str, "leading": str, "indicators": list}


def build_sections(tables: dict[str, dict[str, Any]]) -> tuple[Section, ...]:
    """The parts of the checked file in their order; none where there is no file."""
    return tuple(Section(s["key"], s["title"], s["leading"], tuple(s["indicators"])) for s in tables.get(FILE, {}).get("section", []))


def _check_section(place: str, section: dict[str, Any], known: set[str]) -> Iterator[tuple[str, str, str]]:
    yield from find_unknown(FILE, section, KEYS, place)
    for key, kind in KEYS.items():
        if not isinstance(section.get(key), kind) or not section[key]:
            yield FILE, f"{place}.{key}", "要写一列指标代码" if kind is list else "缺少这一项"
    codes = section.get("indicators") if isinstance(section.get("indicators"), list) else []
    yield from ((FILE, f"{place}.indicators", f"没有指标“{code}”") for code in codes if code not in known)
    leading = section.get("leading")
    if isinstance(leading, str) and leading not in codes:
        yield FILE, f"{place}.leading", f"“{leading}”要在 indicators 里"


def check_bulletin(tables: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every part that cannot be printed."""
    if FILE not in tables:
        return
    known = {i.get("code") for i in tables["indicators.toml"].get("indicator", [])}
    sections = tables[FILE].get("section")
    yield from find_unknown(FILE, tables[FILE], ("section",))
    if not isinstance(sections, list) or not sections:
        yield FILE, "section", "至少要有一个部分"
        return
    seen: set[object] = set()
    for number, section in enumerate(sections, 1):
        yield from _check_section(f"section[{number}]", section, known)
        for key in ("key", "title"):
            if section.get(key) in seen:
                yield FILE, f"section[{number}].{key}", f"“{section[key]}”重复了"
            seen.add(section.get(key))
