"""What a document is made from: the reader and the catalogue of one place of the home."""

from __future__ import annotations

from pipelines.catalog.model import Catalog
from pipelines.catalog.narrow import catalog_of_township, narrow_catalog
from pipelines.home import Home
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.warehouse.scope import Scope


def open_place(home: Home, catalog: Catalog, place: str | None = None, township: str | None = None) -> tuple[Reader, Catalog]:
    """Those of a place, else of the township's county, else of all; a one-county home's own."""
    if not catalog.places.is_deep():
        return open_reader(home), catalog
    narrowed = narrow_catalog(catalog, place) if place else catalog_of_township(catalog, township or catalog.places.root.code)
    return open_reader(home, scope=Scope(place=narrowed.county.code)), narrowed
