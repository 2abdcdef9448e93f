"""The link from a figure to the rows that it was added up from: one for cards, table cells and chart points.

    address = figure_address(selection, "relief_amount", township="龙坝镇")   # an indicator of the catalogue
    address = rows_address(selection, "relief", "amount", category="医疗救助")  # any sum over a form's rows; "" counts them
    address = row_address(selection, "relief", "amount", row)  # one row of a query that tells township, period, source_sheet and source_row
    Card(…, address=address)                    # the card's figure; `indicator_card` does it by itself
    link_html("12,345", address)                # a cell of `show_table`
    link_points(figure, [address, …])           # the points of a chart's trace, in their order; a click opens them
    show_twin(frame, headers, title, addresses) # the rows of the table twin

Place, month and reading are the view's own unless they are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import urlencode

import plotly.graph_objects as go

from dashboard.asof import KEY as RELEASE
from dashboard.asof import pinned
from dashboard.place import place_words
from dashboard.selection import Selection
from dashboard.traced import spell_condition
from pipelines.catalog.model import Condition
from pipelines.catalog.period import name_period
from pipelines.catalog.reading import READINGS

WORDS = "看这个数由哪些行相加"


def trace_address(selection: Selection, what: list[tuple[str, str]], township: str | None = None, period: date | None = None, reading: str | None = None,
                  union: str | None = None) -> str:  # fmt: skip
    """Where anything is opened; `what` are the words that `dashboard/traced.py` reads."""
    read_as = reading or selection.reading
    place = [("period", name_period(period or selection.period))]
    place += [("reading", READINGS[read_as])] if read_as != "month" else []
    place += [(key, value) for key, value in (("township", selection.township if township is None else township), ("union", union)) if value]
    return "/trace?" + urlencode(what + place + ([(RELEASE, release)] if (release := pinned()) else []) + list(place_words().items()))


def figure_address(selection: Selection, indicator: str, *, township: str | None = None, period: date | None = None, reading: str | None = None,
                   union: str | None = None) -> str:  # fmt: skip
    """Where an indicator's figure is opened; `township` is a name, "" means the whole county."""
    return trace_address(selection, [("indicator", indicator)], township, period, reading, union)


def rows_address(selection: Selection, form: str, field: str = "", *conditions: Condition, township: str | None = None, period: date | None = None, reading: str | None = None,
                 union: str | None = None, **where: object) -> str:  # fmt: skip
    """Where a sum over a form's rows is opened: of a number column, or without one the count of the rows; `where` a column is so, or one
    of a tuple, or not filled in (None), and as the `conditions` say."""
    what = [("form", form)] + ([("sum", field)] if field else [])
    asked = [*conditions, *(Condition(key, "in" if isinstance(value, tuple) else "=", value) for key, value in where.items())]
    what += [("where", spell_condition(condition)) for condition in asked]
    return trace_address(selection, what, township, period, reading, union)


def row_address(selection: Selection, form: str, field: str, row: object) -> str:
    """Where one row is opened: `row` has its township, period, source_sheet and source_row."""
    stands = {"source_sheet": row.source_sheet, "source_row": row.source_row}
    return rows_address(selection, form, field, township=row.township, period=row.period.date(), reading="month", **stands)


def link_html(html: str, address: str | None) -> str:
    """A figure of a table, ready-made HTML, as a link; without an address as it is."""
    return f'<a class="figure" href="{escape(address)}" title="{WORDS}">{html}</a>' if address else html


def link_points(figure: go.Figure, addresses: Sequence[str | None], trace: int = 0) -> go.Figure:
    """The chart with the points of a trace opened by a click (`navigate.py` listens)."""
    figure.data[trace].customdata = [a or "" for a in addresses]
    return figure
