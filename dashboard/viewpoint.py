"""Whose eyes a run sees with, where it is no visitor's page but work that is done ahead for one (`ahead.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pipelines.access.model import Person


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """The visitor, and the place and release that the page showed; `release` is None for the newest."""

    person: Person
    place: str | None
    release: str | None


_taken: ContextVar[Viewpoint | None] = ContextVar("viewpoint", default=None)


def viewpoint() -> Viewpoint | None:
    """The one that was taken; None in a visitor's page."""
    return _taken.get()


@contextmanager
def seen_from(taken: Viewpoint) -> Iterator[None]:
    """Has everything inside see what the visitor saw."""
    token = _taken.set(taken)
    try:
        yield
    finally:
        _taken.reset(token)
