"""The only place that keeps data between runs: the catalogue, the readers, and query results by release and by who may see what. What was drawn is kept by `components/drawn.py`."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas

from dashboard.access import visitor
from dashboard.ahead import note
from dashboard.asof import pinned
from dashboard.figure_table import FigureTable, MonthFigures, Row
from dashboard.place import seen_place
from dashboard.stopping import running
from pipelines.access.model import Person
from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog
from pipelines.catalog.narrow import narrow_catalog
from pipelines.catalog.period import shift_period
from pipelines.catalog.reading import READINGS
from pipelines.home import Home, find_home
from pipelines.reports.table import is_kept
from pipelines.scoring.board import Board, Standing, is_added_up, read_board
from pipelines.scoring.journal import count_acts
from pipelines.scoring.lift import Lift, find_lifts
from pipelines.warehouse.earlier import find_readable, list_readable
from pipelines.warehouse.marts import EVERY_READING, figure_table
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.warehouse.releases import Release, read_current
from pipelines.warehouse.scope import Scope, make_scope

if TYPE_CHECKING:
    from dashboard.selection import Selection

SQL = Path(__file__).parent / "sql"
SECONDS = 10  # how long it is kept which columns are masked or left out
MANY = 20  # places with files of their own
_many: dict[Path, tuple[tuple[int, ...], float, Catalog | None]] = {}
PAGE = threading.Semaphore(1)  # one page body at a time: threads only fight over the interpreter


def _touched(overlay: Path) -> tuple[int, ...]:
    """What changes when the shown place's own files or the common ones are written by the board."""
    paths = (overlay, overlay / "places" / (seen_place() or ""))
    return tuple(path.stat().st_mtime_ns for path in paths if path.exists())


def find_whole() -> Catalog:
    """The catalogue of the whole home, with its overlay. Of a home in which many places have files of their own, which take long to look through,
    somebody else's change may be seen half a second late."""
    overlay, now = find_home().overlay, time.monotonic()
    touched, until, catalog = _many.get(overlay, ((), 0.0, None))
    if catalog is not None and now < until and touched == _touched(overlay):
        return catalog
    catalog = load_catalog(overlay=overlay)
    if len(catalog.local) > MANY:
        _many[overlay] = _touched(overlay), now + 0.5, catalog
    return catalog


def find_catalog(place: str | None = None) -> Catalog:
    """The catalogue of a place, else of the one that this run shows; the whole one outside of pages and on a one-county board."""
    whole, seen = find_whole(), place or seen_place()
    return narrow_catalog(whole, seen) if seen else whole


@lru_cache(maxsize=256)
def _reader(home: Home, scope: Scope, release: str | None) -> Reader:
    return open_reader(home, release, scope)


@lru_cache(maxsize=64)
def _sparing_reader(home: Home, scope: Scope, release: str | None) -> Reader:
    return open_reader(home, release, scope, sparing=True)


@lru_cache(maxsize=16)
def _readable(home: Home, current: str | None) -> list[Release]:
    return list_readable(home)


def list_releases_to_read() -> list[Release]:
    """The releases that pages can be seen as of, newest first; they only change with a publishing."""
    return _readable(find_home(), read_current(find_home()))


@lru_cache(maxsize=256)
def _scope(home: Home, person: Person, export: bool, personal: bool, place: str | None, flat: bool, tick: int) -> Scope:
    return make_scope(find_whole(), person, export, personal, place, flat)


def scope_of(person: Person, export: bool = False, personal: bool = False, place: str | None = None, flat: bool = False) -> Scope:
    """What the person's queries see of a place, else of the one that this run shows; the columns that it depends on are read from the catalogue
    every ten seconds. UserError for a place outside the person's."""
    return _scope(find_home(), person, export, personal, seen_place() if place is None else place, flat, int(time.monotonic() / SECONDS))


def _refreshed(scope: Scope, release: str | None, sparing: bool = False) -> Reader:
    if release:
        find_readable(find_home(), release)
    reader = (_sparing_reader if sparing else _reader)(find_home(), scope, release)
    reader.refresh()
    return reader


def find_reader(person: Person | None = None, release: str | None = None, place: str | None = None) -> Reader:
    """The process's reader for the person, of the newest release or of one that is named; without a person the visitor's, of the release that this run is pinned to."""
    return _refreshed(scope_of(person or visitor(), place=place), release if person else pinned())


def find_export_reader(person: Person, table: str = "", personal: bool = False, release: str | None = None, place: str | None = None) -> Reader:
    """The same for what leaves in a file: small counts of persons are left out for whoever may not see personal data, with `personal` names stand in clear,
    and of a `table` every township of the place is there. UserError where the person may not see these, and for a release that cannot be read."""
    return _refreshed(scope_of(person, export=True, personal=personal, place=place, flat=bool(table)), release, sparing=bool(table) and is_kept(table))


@lru_cache(maxsize=64)
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text("utf-8")


@lru_cache(maxsize=64)
def _sql_of(name: str, reading: str) -> str:
    """With the view of the one reading that is asked for in the place of the view of all, which takes up to 30 ms longer to plan."""
    return _sql(name).replace(f" {EVERY_READING} ", f" (select '{reading}' as reading, * from \"{figure_table(reading)}\") ")


@lru_cache(maxsize=1024)
def _frame(home: Home, scope: Scope, pin: str | None, release: str, name: str, parameters: tuple[tuple[str, object], ...]) -> pandas.DataFrame:
    given = dict(parameters)
    return _reader(home, scope, pin).frame(_sql_of(name, given["reading"]) if given.get("reading") in READINGS else _sql(name), given)


def query(name: str, **parameters: object) -> pandas.DataFrame:
    """The rows of `sql/NAME.sql` that the visitor may see; the frame is shared between visits and must not be changed."""
    reader = find_reader()
    return _frame(find_home(), scope_of(visitor()), pinned(), reader.release or "", name, tuple(sorted(parameters.items())))


@lru_cache(maxsize=64)
def _names(name: str) -> frozenset[str]:
    """The parameters that the statement asks for."""
    return frozenset(re.findall(r"\$(\w+)", _sql(name)))


def query_month(selection: Selection, name: str, **more: object) -> pandas.DataFrame:
    """The same of the chosen month: what the statement asks for of `$period`, `$first`, `$last`, `$place` (empty for all) and `$reading` is the selection's,
    unless it is given; what is given may be a function of the selection, as a month has to be that depends on the chosen one."""
    note(selection, query_month, name, **more)
    told = {"period": selection.period, "first": selection.first, "last": selection.period, "place": selection.township_code or "", "reading": selection.reading}
    given = {key: value(selection) if callable(value) else value for key, value in more.items()}
    return query(name, **{key: value for key, value in told.items() if key in _names(name)} | given)


@lru_cache(maxsize=64)
def _figures(home: Home, scope: Scope, pin: str | None, release: str, reading: str, year: int) -> FigureTable:
    told = {"first": date(year - 1, 1, 1), "last": date(year, 12, 1), "reading": reading}
    return FigureTable(_reader(home, scope, pin).arrow(_sql_of("figures", reading), told).read_all())


@lru_cache(maxsize=256)
def _month(home: Home, scope: Scope, pin: str | None, release: str, reading: str, period: date) -> MonthFigures:
    before = shift_period(period, -12)
    return MonthFigures(_figures(home, scope, pin, release, reading, period.year).read_months(before, period), period, before)


def figures(reading: str, year: int, *indicators: str) -> pandas.DataFrame:
    """The rows of `sql/figures.sql` of the indicators in a year and the one before, of all places that the visitor may see, by month and place.

    All indicators of a reading are read at once and kept: a view asks for dozens, and another month of the year or another township then asks for none.
    """
    return _figures(find_home(), scope_of(visitor()), pinned(), find_reader().release or "", reading, year).read(*indicators)


def figures_of_month(selection: Selection, *indicators: str) -> pandas.DataFrame:
    """The same of the chosen month, with the value of a year ago as `last_year`."""
    note(selection, figures_of_month, *indicators)
    return _month(find_home(), scope_of(visitor()), pinned(), find_reader().release or "", selection.reading, selection.period).read(*indicators)


@lru_cache(maxsize=1024)
def _histories(home: Home, scope: Scope, pin: str | None, release: str, reading: str, year: int, indicator: str) -> dict[str, dict[date, Row]]:
    return _figures(home, scope, pin, release, reading, year).history(indicator)


def histories(selection: Selection, indicator: str) -> dict[str, dict[date, Row]]:
    """The same of one indicator, row by row, for whoever looks single ones up: code of a place -> month -> row, oldest month first. Not to be changed."""
    note(selection, histories, indicator)
    return _histories(find_home(), scope_of(visitor()), pinned(), find_reader().release or "", selection.reading, selection.period.year, indicator)


@lru_cache(maxsize=64)
def _board(home: Home, scope: Scope, pin: str | None, release: str, catalogue: str, acts: int, period: date, rubric: str) -> Board:
    below = _refreshed(replace(scope, flat=True), pin) if is_added_up(find_catalog()) else None
    return read_board(home, _reader(home, scope, pin), find_catalog(), period, rubric, below)


def find_board(selection: Selection, rubric: str = "") -> Board:
    """The month's scores that the visitor may see, kept until the release, the catalogue or the journal of marks moves on."""
    note(selection, find_board, rubric)
    home, release = find_home(), find_reader().release or ""
    return _board(home, scope_of(visitor()), pinned(), release, find_catalog().sha256, count_acts(home), selection.period, rubric)


@lru_cache(maxsize=512)
def lifts_of(standing: Standing) -> tuple[Lift, ...]:
    """What would raise the standing's score, the most worthwhile first."""
    return tuple(find_lifts(standing.score, standing.figures, standing.marks))


def lifts_of_all(selection: Selection, rubric: str) -> list[tuple[Standing, tuple[Lift, ...]]]:
    """The same of every township of the month's scores."""
    note(selection, lifts_of_all, rubric)
    return [(standing, lifts_of(standing)) for standing in find_board(selection, rubric).standings]


@lru_cache(maxsize=512)
def _kept(home: Home, scope: Scope, person: Person, pin: str | None, release: str, catalogue: str, day: date, function: Callable, arguments: tuple) -> object:
    return function(*arguments)


def kept(selection: Selection, function: Callable, *arguments: object) -> object:
    """What the function gives for the selection, computed once for the visitor, the release, the catalogue and the day: it may depend on nothing else. Shared between visits; not to be changed."""
    note(selection, kept, function, *arguments)
    return _kept(find_home(), scope_of(visitor()), visitor(), pinned(), find_reader().release or "", find_catalog().sha256, date.today(), function, (selection, *arguments))


def is_demo() -> bool:
    """Whether the home holds invented figures."""
    return (find_home().path / "demo.json").exists()


@contextmanager
def slow_work() -> Iterator[None]:
    """Lets other visitors' pages run while this one does something slow."""
    PAGE.release()
    try:
        with running():
            yield
    finally:
        PAGE.acquire()
