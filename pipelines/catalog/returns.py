"""Checks the settings of the returns: the switch of the automatic approval, and that every wording of a reminder can be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import Any

from pipelines.catalog.unknown import find_unknown

FILE = "returns.toml"  # a catalogue that was kept before it existed has none
_LETTER = ("township", "month", "due", "days")
WORDINGS = {
    "before": {"missing": _LETTER, "returned": (*_LETTER, "reason", "cells"), "all": ("month", "due", "days", "lists")},
    "today": {"missing": _LETTER, "returned": (*_LETTER, "reason", "cells"), "all": ("month", "due", "days", "lists")},
    "after": {"missing": _LETTER, "returned": (*_LETTER, "reason", "cells"), "all": ("month", "due", "days", "lists")},
    "part": {"missing": ("names",), "returned": ("names",), "cells": ("places",)},
}


def _blanks(text: str) -> list[str] | None:
    try:
        parts = [(name, spec or how) for _, name, spec, how in Formatter().parse(text) if name is not None]
    except ValueError:
        return None
    return [f"{name}:{form}" if form else name for name, form in parts]


def _check_wording(text: object, known: tuple[str, ...]) -> str:
    """What is wrong with one wording; empty when nothing is."""
    if not isinstance(text, str) or not text.strip():
        return "要写一句话"
    blanks = _blanks(text)
    if blanks is None:
        return "花括号不成对，要填的内容请写成 {due} 这样"
    strange = [b for b in blanks if b not in known]
    return f"不认识“{{{strange[0]}}}”，只能用 {'、'.join(f'{{{k}}}' for k in known)}" if strange else ""


def check_returns(tables: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every setting and wording that cannot be used."""
    table = tables.get(FILE)
    if table is None:
        return
    if not isinstance(table.get("auto_approve"), bool):
        yield FILE, "auto_approve", "要写 true 或 false"
    yield from find_unknown(FILE, table, ("auto_approve", "reminder"))
    wordings = table.get("reminder")
    if not isinstance(wordings, dict):
        yield FILE, "reminder", "要写催报的措辞"
        return
    yield from find_unknown(FILE, wordings, WORDINGS, "reminder")
    for tone, cases in WORDINGS.items():
        said = wordings.get(tone) if isinstance(wordings.get(tone), dict) else {}
        yield from find_unknown(FILE, said, cases, f"reminder.{tone}")
        for case, known in cases.items():
            if message := _check_wording(said.get(case), known):
                yield FILE, f"reminder.{tone}.{case}", message
