"""What is said of a key that a file of the catalogue cannot have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

UNKNOWN = "不认识的项，请核对拼写"


def find_unknown(file: str, table: Iterable[str], known: Iterable[str], place: str = "") -> Iterator[tuple[str, str, str]]:
    """(file, key, message) of every key of a table that is not known; `place` is the table's own key."""
    yield from ((file, f"{place}.{key}" if place else key, UNKNOWN) for key in sorted(set(table) - set(known)))
