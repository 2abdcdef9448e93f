"""What a reader may see: one township, one place or all, names of persons masked or not, small counts of persons left out or not.

`make_scope` says it for a person; `Limited` puts a view before every table, so that it holds whatever the SQL says, filters included. Of a place it
shows the tables as `place.py` says.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import groupby

import duckdb

from pipelines.access.model import Person
from pipelines.catalog.model import Catalog
from pipelines.catalog.places import TOWNSHIP
from pipelines.catalog.privacy import counted_columns, counted_items, counted_parts
from pipelines.faults import UserError
from pipelines.warehouse.marts import figures_above
from pipelines.warehouse.place import FIGURES, place_table, prepare_place
from pipelines.warehouse.schema import AS_WRITTEN

SUPPRESSED = "suppressed"  # the column that names what a row leaves out, as `not_applicable` names what it cannot have


@dataclass(frozen=True, slots=True)
class Small:
    """A column that is left out of a table's rows where `watched` is a small count; with a `key` column only where it is one of `values`."""

    table: str
    column: str
    watched: str
    key: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: one township, one place or all, and per table the columns with persons' names and with small counts that it does not see in clear."""

    township_code: str | None = None
    masked: tuple[tuple[str, str], ...] = ()  # (table, column)
    small: tuple[Small, ...] = ()
    least: int = 0  # the first count that is not small
    place: str | None = None  # shown as the county; None: the release as it is
    flat: bool = False  # the place's townships under their own codes


def personal_columns(catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """(form, column) of every stored column with names of persons."""
    return tuple((form.key, column.key) for form in catalog.forms for column in form.columns if column.personal and column.stored)


def _small_in_forms(catalog: Catalog) -> list[Small]:
    found = [Small(form, column, key) for form, key in counted_columns(catalog) for column in (key, AS_WRITTEN)]
    items = counted_items(catalog)
    found += [Small("monthly", column, key, "indicator_code", items) for key in ("value", "year_to_date") for column in (key, AS_WRITTEN)]
    return found + [Small(f"{s.table}_all", s.column, s.watched, s.key, s.values) for s in found]


def _small_in_figures(catalog: Catalog) -> list[Small]:
    """A figure goes with the count that it could be worked out from."""
    above, below = counted_parts(catalog)
    parts = (("numerator", above), ("denominator", below))
    tables = [name for table in sorted(FIGURES) for name in (table, figures_above(table))]
    found = [Small(t, column, part, "indicator", codes) for t in tables for part, codes in parts for column in (part, "value", "attainment")]
    sides = [(side, part, codes) for side in ("old", "new") for part, codes in parts]
    return found + [Small("revision", f"{side}_{c}", f"{side}_{part}", "indicator", codes) for side, part, codes in sides for c in (part, "value")]


def may_see(catalog: Catalog, person: Person, place: str) -> bool:
    """Whether a place (no township) lies within what the person may see; on a one-county board there is only the county."""
    tree = (catalog.whole or catalog).places
    found = tree.places.get(place)
    return found is not None and found.level != TOWNSHIP and tree.holds(home_place(catalog, person), place)


def may_act_on(catalog: Catalog, person: Person, right: str, township_code: str) -> bool:
    """Whether a right is the person's for a township, which lies in the person's place."""
    tree = (catalog.whole or catalog).places
    inside = township_code in tree.places and tree.holds(home_place(catalog, person), township_code)
    return person.may(right, township_code) and (inside or not tree.is_deep())


def make_scope(catalog: Catalog, person: Person, export: bool = False, personal: bool = False, place: str | None = None, flat: bool = False) -> Scope:
    """What the person sees: on pages, in an export, or in an export with names in clear. UserError where these may not be seen.

    A township clerk sees the own township only, and nobody a `place` outside the own one, nor one of a one-county home. An export leaves out small counts of persons for whoever may not see personal data.
    """
    if place is not None and not may_see(catalog, person, place):
        raise UserError("没有这个地方，或不在您的账号能看的范围里。", "请从页面上方选择。")
    trusted = person.may("see_personal")
    if personal and not trusted:
        raise UserError("您的账号不能导出个人信息。", "需要时请联系县工会干事。")
    masked = () if personal else tuple((form + end, column) for form, column in personal_columns(catalog) for end in ("", "_all"))
    small = (*_small_in_forms(catalog), *_small_in_figures(catalog)) if export and not trusted else ()
    whole = catalog.whole or catalog
    seen = None if not whole.places.is_deep() else place or home_place(whole, person)
    return Scope(person.township_code, masked, small, catalog.small_counts.least if small else 0, seen, flat and seen is not None)


def home_place(catalog: Catalog, person: Person) -> str:
    """Where the person's board begins: the place of the account, a township clerk's county, else the root. UserError for a place that is no more."""
    tree = (catalog.whole or catalog).places
    code = person.township_code or person.place_code or tree.root.code
    if code not in tree.places:
        raise UserError(f"您的账号属于“{code}”，地方目录里已没有这个地方。", "请联系系统管理员。")
    return tree.county_of(code).code


def _own_rows(columns: set[str], scope: Scope) -> str:
    if scope.township_code is None:
        return ""
    code = scope.township_code.replace("'", "''")
    if "township_code" in columns:
        return f" where coalesce(township_code, '') in ('', '{code}')"  # what belongs to no township, like a target, is everybody's
    if "submission_id" in columns:
        return f" where submission_id in (select submission_id from release.submission where township_code = '{code}')"
    return ""


def _is_small(small: Small, least: int) -> str:
    words = ", ".join("'" + v.replace("'", "''") + "'" for v in small.values)
    meant = f' and "{small.key}" in ({words})' if small.key else ""
    return f'coalesce("{small.watched}" > 0 and "{small.watched}" < {int(least)}{meant}, false)'


def _small_columns(table: str, names: set[str], scope: Scope) -> dict[str, str]:
    """Column -> the SQL that says where it is left out."""
    meant = [s for s in scope.small if s.table == table and {s.column, s.watched} <= names and (s.values or not s.key)]
    by_column = groupby(sorted(meant, key=lambda s: s.column), key=lambda s: s.column)
    return {column: " or ".join(_is_small(s, scope.least) for s in group) for column, group in by_column}


def _view(table: str, names: set[str], scope: Scope, sources: dict[str, str]) -> str:
    small = _small_columns(table, names, scope)
    replaced = [f'left("{c}", 1) || \'*\' as "{c}"' for t, c in scope.masked if t == table and c in names]
    replaced += [f'case when {where} then null else "{c}" end as "{c}"' for c, where in small.items()]
    told = ", ".join(f"case when \"{c}\" is not null and ({where}) then '{c}' end" for c, where in small.items())
    more = f", nullif(concat_ws(',', {told}), '') as {SUPPRESSED}" if small else ""
    replace = f" replace ({', '.join(replaced)})" if replaced else ""
    source = place_table(table, names, sources) if sources else f'release."{table}"'
    return f'create view "{table}" as select *{replace}{more} from {source}{_own_rows(names, scope)}'


class Limited:
    """What a scope leaves of the attached release: a view before every table, which the unqualified names of all SQL then mean.

    A view is made when SQL first has its name in it, for a statement means few of them; a name that has none yet is no table at all.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
        self._connection, self._scope = connection, scope
        self._lock = threading.Lock()
        self._waiting: dict[str, set[str]] = {}  # columns by table
        connection.execute("use release")
        for table, column in connection.execute("select table_name, column_name from information_schema.columns where table_catalog = 'release'").fetchall():
            self._waiting.setdefault(table, set()).add(column)
        connection.execute("use memory")
        if scope.place and "place" not in self._waiting:
            raise UserError("这个发布版本是分级以前的，不能按地方看。", "请选择较新的数据时点。")
        self._sources = prepare_place(connection, scope.place, scope.flat) if scope.place else {}

    def prepare(self, sql: str) -> None:
        """Makes the views that the SQL may mean."""
        with self._lock:
            for table in [name for name in self._waiting if name in sql]:
                self._connection.execute(_view(table, self._waiting[table], self._scope, self._sources))
                del self._waiting[table]
