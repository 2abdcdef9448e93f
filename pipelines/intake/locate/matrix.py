"""Tables with one row per village or union and many figures across: each group of columns becomes a table of the form that it belongs to."""

from __future__ import annotations

from functools import lru_cache

from pipelines.catalog.model import Catalog, MatrixBlock
from pipelines.catalog.names import MONEY_UNITS, fold
from pipelines.intake.locate.grid import Header
from pipelines.intake.locate.headers import HeaderMatch, form_aliases

Matrix = tuple[list[HeaderMatch], tuple[tuple[int, str], ...]]
LEAST = 3  # columns with figures; fewer are no matrix


@lru_cache(maxsize=8)
def _spellings(blocks: tuple[MatrixBlock, ...]) -> dict[str, tuple[int, str]]:
    return {fold(group + name): (number, key) for number, b in enumerate(blocks) for key, names in b.columns for group in b.groups for name in names}


def _groups(catalog: Catalog, headers: list[Header]) -> tuple[dict[tuple, dict[str, Header]], list[Header]]:
    """The columns of each (form, constants), and the headers of none."""
    index, groups, rest = _spellings(catalog.matrix), {}, []
    for header in headers:
        found = header.find(index)
        block = catalog.matrix[found[0]] if found else None
        columns = groups.setdefault((block.form, block.name, block.set), {}) if block else {}
        if found is None or found[1] in columns:
            rest.append(header)
        else:
            columns[found[1]] = header
    return groups, rest


def _add_register(catalog: Catalog, groups: dict[tuple, dict[str, Header]], rest: list[Header]) -> list[Header]:
    """Gives a register in the table the columns that it knows by its own headers; returns those of nobody."""
    register = next((columns for (form, _, _), columns in groups.items() if form == "register"), None)
    if register is None:
        return rest
    index, left = form_aliases(catalog.form("register")), []
    for header in rest:
        key = next((index[name] for name in header.names if name in index), None)
        if key and key not in register:
            register[key] = header
        else:
            left.append(header)
    return left


_matches: dict[tuple[str, tuple[Header, ...]], Matrix | None] = {}
MOST_KEPT = 2_000


def match_matrix(catalog: Catalog, headers: tuple[Header, ...]) -> Matrix | None:
    """One match per form and kind of row, and the unknown columns; None when the headers are no matrix."""
    key = catalog.sha256, headers
    if key not in _matches:
        if len(_matches) >= MOST_KEPT:
            _matches.clear()
        _matches[key] = _match(catalog, headers)
    return _matches[key]


def _match(catalog: Catalog, headers: tuple[Header, ...]) -> Matrix | None:
    names = set(map(fold, catalog.matrix_names))
    name = next((h for h in headers if names & set(h.names)), None)
    if name is None:
        return None
    groups, rest = _groups(catalog, [h for h in headers if h is not name])
    rest = _add_register(catalog, groups, rest)
    known = sum(map(len, groups.values()))
    if known < LEAST or known < len(rest):
        return None
    matches = []
    for (form, keys, constants), columns in groups.items():
        matches.append(
            HeaderMatch(
                catalog.form(form),
                dict.fromkeys(keys, name.index) | {key: h.index for key, h in columns.items()},
                dict.fromkeys(keys, name.text) | {key: h.text for key, h in columns.items()},
                {key: h.unit for key, h in columns.items() if h.unit in MONEY_UNITS},
                (),
                (),
                constants=constants,
            )
        )
    return matches, tuple((h.index, h.text) for h in rest)
