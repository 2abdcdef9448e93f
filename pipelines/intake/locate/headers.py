"""Which form a row of headers belongs to, and which column holds which key: exact aliases after folding, nothing guessed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipelines.catalog.model import Catalog, Form
from pipelines.catalog.names import MONEY_UNITS, fold, split_unit
from pipelines.intake.locate.grid import Header

Learned = tuple[tuple[str, str, str], ...]  # (form, folded header, key)


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Headers read as those of one form; `constants` are what a matrix says of every row."""

    form: Form
    columns: dict[str, int]
    headers: dict[str, str]
    units: dict[str, str]
    unknown: tuple[tuple[int, str], ...]
    doubled: tuple[tuple[str, int, int], ...]  # key, first column, second column
    constants: tuple[tuple[str, str], ...] = ()

    @property
    def score(self) -> int:
        """How many columns are known."""
        return len(self.columns)

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return all(c.key in self.columns for c in self.form.columns if c.required)


@lru_cache(maxsize=64)
def form_aliases(form: Form) -> dict[str, str]:
    """Folded header -> key."""
    return {fold(name): column.key for column in form.columns for name in (column.header, *column.aliases)}


@lru_cache(maxsize=64)
def form_titles(form: Form) -> frozenset[str]:
    """The folded names that a sheet of this form may carry."""
    return frozenset(map(fold, (form.title, form.key, *form.aliases)))


def is_titled(form: Form, titles: tuple[str, ...]) -> bool:
    """Whether one of the folded titles is, or holds, a name of the form."""
    return any(name == title or (len(name) > 2 and name in title) for title in titles for name in form_titles(form))


def learned_for(catalog: Catalog, township_code: str) -> Learned:
    """The headers that were confirmed for a township or for the whole county."""
    return tuple((a.form, fold(split_unit(a.header)[0]), a.key) for a in catalog.aliases if a.township_code in ("", township_code))


def match_form(form: Form, headers: tuple[Header, ...], learned: Learned) -> HeaderMatch:
    """The headers as this form's; a confirmed header comes before the catalogue's."""
    own = {name: key for owner, name, key in learned if owner == form.key}
    index = form_aliases(form) | own if own else form_aliases(form)
    columns: dict[str, int] = {}
    written: dict[str, str] = {}
    units: dict[str, str] = {}
    unknown, doubled = [], []
    for header in headers:
        key = header.find(index)
        if key is None:
            unknown.append((header.index, header.text))
        elif key in columns:
            doubled.append((key, columns[key], header.index))
        else:
            columns[key], written[key] = header.index, header.text
            if header.unit in MONEY_UNITS:
                units[key] = header.unit
    return HeaderMatch(form, columns, written, units, tuple(unknown), tuple(doubled))


@lru_cache(maxsize=4_000)
def _candidates(forms: tuple[Form, ...], headers: tuple[Header, ...], learned: Learned) -> list[HeaderMatch]:
    matches = [match_form(form, headers, learned) for form in forms]
    return [match for match in matches if match.score >= 2]


def match_headers(forms: tuple[Form, ...], headers: tuple[Header, ...], titles: tuple[str, ...], learned: Learned) -> tuple[HeaderMatch, bool] | None:
    """The best reading of some headers as one form's, and whether a title names it; None when they are no form's.

    A title decides between forms that know the same headers; without it all required columns or more than half of the headers must be known.
    """
    best = None
    for match in _candidates(forms, headers, learned):
        named = is_titled(match.form, titles)
        if not (named or match.complete or match.score * 2 > len(headers)):
            continue
        rank = (named, match.score, match.complete)
        if best is None or rank > best[0]:
            best = (rank, (match, named))
    return best[1] if best else None
