"""Addresses of views with the same filters, so that a link opens what it speaks of."""

from __future__ import annotations

from urllib.parse import urlencode

from dashboard.asof import KEY as RELEASE
from dashboard.asof import pinned
from dashboard.cached import find_catalog
from dashboard.place import KEY as PLACE
from dashboard.place import is_looking, place_words
from dashboard.selection import BY_NAME, Selection
from pipelines.catalog.period import name_period
from pipelines.catalog.places import TOWNSHIP

_READINGS = {key: name for name, key in BY_NAME.items()}


def view_address(view: str, selection: Selection, township: str | None = None, **more: str) -> str:
    """The view with the month, the reading and the release chosen and, if named, a township; `more` are other choices of the view, the empty ones left out."""
    told = {"period": name_period(selection.period)}
    if township:
        told["township"] = township
    if selection.reading != "month":
        told["reading"] = _READINGS[selection.reading]
    if release := pinned():
        told[RELEASE] = release
    told |= place_words()
    told |= {key: value for key, value in more.items() if value}
    return f"/{view}?{urlencode(told)}"


def township_address(selection: Selection, township: str, view: str = "township", **more: str) -> str:
    """Where a township is shown; a place that is none opens as the same board one level down: its overview, or the view that is named."""
    if is_looking():
        children = {t.name: t.code for t in find_catalog().county.townships}
        if find_catalog().places.places[children[township]].level != TOWNSHIP:
            return view_address("" if view == "township" else view, selection, **{PLACE: children[township]}, **more)
    return view_address(view, selection, township, **more)
