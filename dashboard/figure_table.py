"""The rows of `sql/figures.sql` in Arrow, by indicator: a page asks for dozens of indicators of a few months among tens of thousands of rows, and only what it asks for becomes Python."""

from __future__ import annotations

from collections import namedtuple
from datetime import date
from itertools import accumulate
from typing import Any

import numpy
import pandas
import pyarrow
import pyarrow.compute as compute

Row = Any  # a named tuple with the columns of `sql/figures.sql`
ORDER = [("period", "ascending"), ("township_code", "ascending")]


def _to_list(column: pyarrow.ChunkedArray) -> list:
    """Python values; NaN stands for a missing number, None for anything else that is missing."""
    return column.to_numpy().tolist()


class FigureTable:
    """Ordered by indicator, month and place; `read` gives rows as the statement orders them."""

    def __init__(self, table: pyarrow.Table) -> None:
        self._table = table.combine_chunks()
        counts = compute.value_counts(self._table["indicator"].combine_chunks())  # in the order in which they come
        sizes = counts.field("counts").to_pylist()
        self._of = dict(zip(counts.field("values").to_pylist(), zip([0, *accumulate(sizes)], sizes, strict=False), strict=True))
        self._row = namedtuple("Row", table.column_names)

    def _slices(self, indicators: tuple[str, ...]) -> pyarrow.Table:
        return pyarrow.concat_tables([self._table.slice(*self._of[code]) for code in indicators if code in self._of] or [self._table.slice(0, 0)])

    def read(self, *indicators: str) -> pandas.DataFrame:
        """The indicators' rows by month and place, and of one place in the order asked for."""
        found = self._slices(indicators)
        return (found.sort_by(ORDER) if len(indicators) > 1 else found).to_pandas(date_as_object=False)

    def read_months(self, *months: date) -> pandas.DataFrame:
        """All indicators' rows of some months, by indicator, month and place."""
        return self._table.filter(compute.is_in(self._table["period"], pyarrow.array(months))).to_pandas(date_as_object=False)

    def history(self, indicator: str) -> dict[str, dict[date, Row]]:
        """One indicator's rows: code of a place -> month -> row, oldest month first."""
        found, rows = self._slices((indicator,)), {}
        for row in map(self._row._make, zip(*map(_to_list, found.columns), strict=True)):
            rows.setdefault(row.township_code, {})[row.period] = row
        return rows


class MonthFigures:
    """The rows of one month with the value of a year ago as `last_year`, and what finds an indicator's among them without a look at the others."""

    def __init__(self, rows: pandas.DataFrame, period: date, before: date) -> None:
        now, then = (rows[rows.period == pandas.Timestamp(p)] for p in (period, before))
        last_year = then.set_index(["township_code", "indicator"]).value.rename("last_year")
        self._rows = now.join(last_year, on=["township_code", "indicator"])
        self._of = self._rows.groupby("indicator", sort=False).indices
        self._at = self._rows.groupby("township_code").ngroup().to_numpy()

    def read(self, *indicators: str) -> pandas.DataFrame:
        """The indicators' rows by place, and of one place in the order asked for."""
        found = [self._of[code] for code in indicators if code in self._of]
        rows = numpy.concatenate(found) if found else numpy.array([], dtype=int)
        return self._rows.take(rows[self._at[rows].argsort(kind="stable")])
