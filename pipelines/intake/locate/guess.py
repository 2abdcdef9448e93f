"""What an unknown header might mean: only ever a question to a person, never a reading."""

from __future__ import annotations

from difflib import SequenceMatcher

from pipelines.catalog.names import fold, split_unit
from pipelines.intake.locate.headers import HeaderMatch, form_aliases

CLOSE = 0.6


def _likeness(header: str, name: str) -> float:
    return SequenceMatcher(None, header, name).ratio()


def guess_column(matches: list[HeaderMatch], header: str) -> tuple[str, str, str] | None:
    """(form, key, header of the column) that comes nearest to an unknown header among the columns not found; None when none is near."""
    word = fold(split_unit(header)[0])
    best: tuple[float, tuple[str, str, str]] | None = None
    for match in matches:
        for name, key in form_aliases(match.form).items():
            likeness = _likeness(word, name) if key not in match.columns and len(name) > 1 else 0
            if likeness >= CLOSE and (best is None or likeness > best[0]):
                best = (likeness, (match.form.key, key, match.form.column(key).header))
    return best[1] if best else None
