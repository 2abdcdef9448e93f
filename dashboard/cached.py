"""The only place that keeps anything between runs: the catalogue, the reader, and query results by release."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pandas

from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog
from pipelines.home import Home, find_home
from pipelines.warehouse.reader import Reader, open_reader

SQL = Path(__file__).parent / "sql"
PAGE = threading.Semaphore(1)  # one page body at a time: threads only fight over the interpreter


def find_catalog() -> Catalog:
    """The catalogue with the home's overlay."""
    return load_catalog(overlay=find_home().overlay)


@lru_cache(maxsize=4)
def _reader(home: Home) -> Reader:
    return open_reader(home)


def find_reader() -> Reader:
    """The process's reader, moved to the newest release."""
    reader = _reader(find_home())
    reader.refresh()
    return reader


@lru_cache(maxsize=64)
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text("utf-8")


@lru_cache(maxsize=512)
def _frame(home: Home, release: str, name: str, parameters: tuple[tuple[str, object], ...]) -> pandas.DataFrame:
    return _reader(home).frame(_sql(name), dict(parameters))


def query(name: str, **parameters: object) -> pandas.DataFrame:
    """The rows of `sql/NAME.sql`; the frame is shared between visits and must not be changed."""
    reader = find_reader()
    return _frame(find_home(), reader.release or "", name, tuple(sorted(parameters.items())))


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
