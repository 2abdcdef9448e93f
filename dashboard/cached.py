"""The only place that keeps anything between runs: the catalogue, the readers, and query results by release and by who may see what."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pandas

from dashboard.access import visitor
from pipelines.access.model import Person
from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog
from pipelines.home import Home, find_home
from pipelines.warehouse.reader import Reader, Scope, open_reader

SQL = Path(__file__).parent / "sql"
SECONDS = 10  # how long the list of columns with names is kept
PAGE = threading.Semaphore(1)  # one page body at a time: threads only fight over the interpreter


def find_catalog() -> Catalog:
    """The catalogue with the home's overlay."""
    return load_catalog(overlay=find_home().overlay)


@lru_cache(maxsize=256)
def _reader(home: Home, scope: Scope) -> Reader:
    return open_reader(home, scope=scope)


@lru_cache(maxsize=8)
def _masked(home: Home, tick: int) -> tuple[tuple[str, str], ...]:
    names = [(form.key, column.key) for form in find_catalog().forms for column in form.columns if column.personal and column.stored]
    return tuple((table + end, column) for table, column in names for end in ("", "_all"))


def scope_of(person: Person) -> Scope:
    """What the person's queries see: a township clerk's own township, and for everybody names of persons masked."""
    return Scope(person.township_code, _masked(find_home(), int(time.monotonic() / SECONDS)))


def find_reader(person: Person | None = None) -> Reader:
    """The process's reader for the person (the visitor of this run, unless named), moved to the newest release."""
    reader = _reader(find_home(), scope_of(person or visitor()))
    reader.refresh()
    return reader


@lru_cache(maxsize=64)
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text("utf-8")


@lru_cache(maxsize=1024)
def _frame(home: Home, scope: Scope, release: str, name: str, parameters: tuple[tuple[str, object], ...]) -> pandas.DataFrame:
    return _reader(home, scope).frame(_sql(name), dict(parameters))


def query(name: str, **parameters: object) -> pandas.DataFrame:
    """The rows of `sql/NAME.sql` that the visitor may see; the frame is shared between visits and must not be changed."""
    person = visitor()
    reader = find_reader(person)
    return _frame(find_home(), scope_of(person), reader.release or "", name, tuple(sorted(parameters.items())))


def is_demo() -> bool:
    """Whether the home holds invented figures."""
    return (find_home().path / "demo.json").exists()


@contextmanager
def slow_work() -> Iterator[None]:
    """Lets other visitors' pages run while this one does something slow."""
    PAGE.release()
    try:
        yield
    finally:
        PAGE.acquire()
