"""In a home of many counties: which county's catalogue a file is read with, for many townships have the same name."""

from __future__ import annotations

import re

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import find_township
from pipelines.catalog.narrow import catalog_of_township
from pipelines.intake.locate.identity import cover_values, is_cover
from pipelines.intake.sheet import Sheet

_CODE = re.compile(r"(?<!\d)\d{9}(?!\d)")


def _named(catalog: Catalog, sheets: list[Sheet], name: str) -> str | None:
    texts = [str(value) for sheet in filter(is_cover, sheets) for label, (_, value) in cover_values(sheet).items() if label != "period"]
    found = (find_township(catalog, text) for text in [*texts, *_CODE.findall(name)])
    return next((township.code for township in found if township), None)


def catalog_for(catalog: Catalog, sheets: list[Sheet], name: str, asked: str | None) -> Catalog:
    """The catalogue of the county that the caller, the cover or a code in the file's name means; the one given where there is but one or none is meant."""
    if catalog.whole or not catalog.places.is_deep():
        return catalog
    return catalog_of_township(catalog, asked or _named(catalog, sheets, name))
