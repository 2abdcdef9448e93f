"""From a release to a draft: the facts of a place and span, put into the county's words."""

from __future__ import annotations

from pipelines.catalog.model import Catalog
from pipelines.home import Home
from pipelines.reports.summary.facts.read import find_place, find_span, read_facts
from pipelines.reports.summary.wording.compose import compose
from pipelines.reports.summary.wording.data import load_wording
from pipelines.reports.summary.wording.model import Draft
from pipelines.warehouse.reader import Reader


def make_draft(reader: Reader, home: Home, catalog: Catalog, code: str | None, text: str, reading: str | None = None) -> Draft:
    """The summary of a township (or, without a code, of all that the reader sees) for a year `2026` or a month `2026-03`; UserError where there is none."""
    place = find_place(catalog, reader, code)
    span = find_span(reader, catalog, place, text, reading)
    return compose(read_facts(reader, catalog, place, span), load_wording(home, catalog), catalog)
