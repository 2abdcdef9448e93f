"""The numbers before headings: `一、` and `（一）`, as official documents have them."""

from __future__ import annotations

from pipelines.reports.summary.wording.gaps import ORDINALS
from pipelines.reports.summary.wording.model import Section


def _ordinal(number: int) -> str:
    return ORDINALS[number] if number < len(ORDINALS) else str(number + 1)


def number_headings(sections: tuple[Section, ...]) -> list[str]:
    """`一、`, `（一）` before each title; the second level begins anew under each of the first."""
    found, first, second = [], -1, -1
    for section in sections:
        first, second = (first + 1, -1) if section.level == 1 else (first, second + 1)
        found.append(f"{_ordinal(first)}、{section.title}" if section.level == 1 else f"（{_ordinal(second)}）{section.title}")
    return found
