"""Which form a row of headers belongs to, and which column holds which key: exact aliases after folding, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipelines.catalog.model import Form
from pipelines.catalog.names import fold, split_unit

MONEY_UNITS = ("元", "千元", "万元", "百元", "亿元")


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """One row read as the headers of one form."""

    form: Form
    columns: dict[str, int]
    headers: dict[str, str]
    units: dict[str, str]
    unknown: tuple[tuple[int, str], ...]
    doubled: tuple[tuple[str, int, int], ...]  # key, first column, second column
    score: int


@lru_cache(maxsize=64)
def _aliases(form: Form) -> dict[str, str]:
    index: dict[str, str] = {}
    for column in form.columns:
        for name in (column.header, *column.aliases):
            index[fold(name)] = column.key
    return index


@lru_cache(maxsize=64)
def form_titles(form: Form) -> frozenset[str]:
    """The folded names that a sheet of this form may carry."""
    return frozenset(map(fold, (form.title, form.key, *form.aliases)))


def _key(form: Form, header: str) -> tuple[str | None, str]:
    bare, unit = split_unit(header)
    index = _aliases(form)
    return index.get(fold(header).lstrip("*")) or index.get(fold(bare).lstrip("*")), unit


def _match(form: Form, headers: Iterable[tuple[int, str]]) -> HeaderMatch:
    columns: dict[str, int] = {}
    written: dict[str, str] = {}
    units: dict[str, str] = {}
    unknown, doubled = [], []
    for index, header in headers:
        key, unit = _key(form, header)
        if key is None:
            unknown.append((index, header))
        elif key in columns:
            doubled.append((key, columns[key], index))
        else:
            columns[key], written[key] = index, header
            if unit in MONEY_UNITS:
                units[key] = unit
    return HeaderMatch(form, columns, written, units, tuple(unknown), tuple(doubled), len(columns))


@lru_cache(maxsize=2_000)
def match_headers(forms: tuple[Form, ...], headers: tuple[tuple[int, str], ...], title: str) -> HeaderMatch | None:
    """The best reading of a row of headers; None when it is no header row of any form.

    The sheet's name decides between forms that know the same headers; without it more than half of the headers must be known.
    """
    best = None
    for form in forms:
        named = title in form_titles(form)
        match = _match(form, headers)
        if match.score < 2 or (not named and match.score * 2 <= len(headers)):
            continue
        rank = (named, match.score)
        if best is None or rank > best[0]:
            best = (rank, match)
    return best[1] if best else None
