"""Which figures count persons, as `privacy.toml` and the units of the catalogue say, and the check of that file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.catalog.model import Catalog, Indicator, Measure, SmallCounts
from pipelines.catalog.unknown import find_unknown

FILE = "privacy.toml"  # a catalogue that was kept before it existed has none
KEYS = ("least", "units", "public")


def build_small_counts(tables: dict[str, dict[str, Any]]) -> SmallCounts:
    """The settings of the checked file; the defaults where there is none."""
    told = tables.get(FILE, {}).get("small_counts", {})
    return SmallCounts(**{k: tuple(v) if isinstance(v, list) else v for k, v in told.items()})


def check_privacy(tables: dict[str, dict[str, Any]], fields: dict[str, dict[str, dict[str, Any]]]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every setting that cannot be used."""
    if FILE not in tables:
        return
    told = tables[FILE].get("small_counts")
    if not isinstance(told, dict):
        yield FILE, "small_counts", "缺少这一项"
        return
    yield from find_unknown(FILE, told, KEYS, "small_counts")
    least = told.get("least", 3)
    if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= 100:
        yield FILE, "small_counts.least", "要写 1 到 100 之间的整数"
    for key in ("units", "public"):
        words = told.get(key, [])
        if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
            yield FILE, f"small_counts.{key}", "要写一列词"
        elif key == "public":
            yield from ((FILE, "small_counts.public", f"没有“{w}”这个数") for w in words if w not in _known(tables, fields))


def _known(tables: dict[str, dict[str, Any]], fields: dict[str, dict[str, dict[str, Any]]]) -> set[str]:
    items = (i.get("code") for n, t in tables.items() if n.startswith("forms/") for i in t.get("item", []))
    indicators = (i.get("code") for i in tables["indicators.toml"].get("indicator", []))
    columns = (f"form:{form}.{key}" for form, named in fields.items() for key in named)
    return {f"monthly:{c}" for c in items} | {f"indicator:{c}" for c in indicators} | set(columns)


def counted_columns(catalog: Catalog) -> list[tuple[str, str]]:
    """(form, column) of every column that counts persons."""
    small = catalog.small_counts
    found = ((f.key, c.key) for f in catalog.forms for c in f.columns if c.type == "count" and c.unit in small.units)
    return [(form, key) for form, key in found if f"form:{form}.{key}" not in small.public]


def counted_items(catalog: Catalog) -> tuple[str, ...]:
    """The items of 乡镇月报 that count persons."""
    small = catalog.small_counts
    return tuple(i.code for i in catalog.monthly_items if i.unit in small.units and f"monthly:{i.code}" not in small.public)


def _counts(measure: Measure, columns: set[tuple[str, str]], items: set[str]) -> bool:
    if measure.form == "monthly":
        wanted = {v for c in measure.where if c.field == "indicator_code" for v in (c.value if isinstance(c.value, tuple) else (c.value,))}
        return bool(wanted & items)
    return (measure.form, measure.field) in columns


def _is_counted(catalog: Catalog, indicator: Indicator) -> bool:
    return indicator.unit in catalog.small_counts.units and f"indicator:{indicator.code}" not in catalog.small_counts.public


def counted_parts(catalog: Catalog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The indicators whose numerator counts persons, and those whose denominator does; a sum is its own numerator."""
    columns, items = set(counted_columns(catalog)), set(counted_items(catalog))
    above = [i.code for i in catalog.indicators if (_counts(i.numerator, columns, items) if i.denominator else _is_counted(catalog, i))]
    below = [i.code for i in catalog.indicators if i.denominator and _counts(i.denominator, columns, items)]
    return tuple(above), tuple(below)
