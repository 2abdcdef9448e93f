"""What an upload, a decision or a correction touches, worked out from `stale`: the township-months whose marts have to be made again.

`changed` has all of them; `touched` is the portion at hand, of one or more months that follow one another, so that much can be made anew
without holding all of it in memory. A month that was not there before is changed for every township.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import due_date
from pipelines.catalog.reading import READINGS, span_months
from pipelines.warehouse.meaning import insert_rows

PORTION = 20_000  # township-months that are made in one go
OF_TOUCHED = "(township_code, period) in (select township_code, period from touched)"
_CHANGED = """create or replace temp table changed as
with known as (
    select period, period in (select distinct period from submission_status) as is_made from span_month where reading = 'month'
),
told as (
    select township_code, period from stale
    union
    select t.township_code, k.period from township as t cross join known as k where not k.is_made
    union
    select l.township_code, l.period from form_load as l join known as k using (period) where not k.is_made
)
select t.township_code, t.period from told as t semi join known using (period)"""
_CHANGED_FIGURES = """create or replace temp table changed_figure as
select distinct c.township_code, s.period from changed as c join span_month as s on s.month = c.period where s.reading = $reading"""
_TOUCHED_FIGURES = """create or replace temp table touched as
with own as (
    select township_code, period from changed_figure where {months}
)
select * from own
union
select p.place_code, o.period from own as o join place_township as p using (township_code)"""
_TOUCHED_SPAN = """create or replace temp table touched_span as
select s.reading, c.township_code, s.period, s.month from changed_figure as c join span_month as s using (period) where s.reading = $reading and {months}"""


@dataclass(frozen=True, slots=True)
class Months:
    """Months from the first to the last; written into the SQL, so that what lies outside of them is not read."""

    first: date
    last: date

    @property
    def condition(self) -> str:
        """On the column `period`."""
        return f"period between date '{self.first}' and date '{self.last}'"


def prepare_touched(connection: duckdb.DuckDBPyConnection, state: str) -> None:
    """An empty `touched`, and `touched_state`: `month_state` of what is in it."""
    connection.execute("create or replace temp table touched (township_code varchar, period date)")
    connection.execute(f"create or replace temp view touched_state as {state}")


def clear_calendar(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `write_calendar` write it all again."""
    for table in ("deadline", "span_month", "target_year"):
        connection.execute(f"delete from {table}")


def write_calendar(connection: duckdb.DuckDBPyConnection, catalog: Catalog, targets: str) -> None:
    """The deadlines, the months that each reading of a month covers, and the targets of the years, where there are other months or targets than before; `targets` selects the last."""
    months = [row[0] for row in connection.execute(
        "select unnest(generate_series(min(period), max(period) + interval 1 month, interval 1 month))::date from form_load"
    ).fetchall()]  # fmt: skip
    known = [row[0] for row in connection.execute("select period from deadline order by period").fetchall()]
    if months != known:
        clear_calendar(connection)
        insert_rows(connection, "deadline", [(month, due_date(catalog, month)) for month in months])
        insert_rows(connection, "span_month", [(r, p, m) for p in months[:-1] for r in READINGS for m in span_months(r, p)])
    if connection.execute("select 1 from target_year limit 1").fetchone() is None:
        connection.execute(f"insert into target_year {targets}")


def note_changed(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `changed`."""
    connection.execute(_CHANGED)


def _portions(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Months]:
    portion, size = [], 0
    for period, count in connection.execute(f"select period, count(*) from {table} group by period order by period").fetchall():
        if portion and size + count > PORTION:
            yield Months(portion[0], portion[-1])
            portion, size = [], 0
        portion.append(period)
        size += count
    if portion:
        yield Months(portion[0], portion[-1])


def each_months(connection: duckdb.DuckDBPyConnection) -> Iterator[Months]:
    """The changed months by portions, each while `touched` has its township-months."""
    for months in _portions(connection, "changed"):
        connection.execute(f"create or replace temp table touched as select * from changed where {months.condition}")
        yield months


def each_figures(connection: duckdb.DuckDBPyConnection, reading: str) -> Iterator[Months]:
    """The months by portions whose figures in a reading are changed, each while `touched` has its townships and the places above them, and `touched_span` what they are added up from."""
    connection.execute(_CHANGED_FIGURES, {"reading": reading})
    for months in _portions(connection, "changed_figure"):
        connection.execute(_TOUCHED_FIGURES.format(months=months.condition))
        connection.execute(_TOUCHED_SPAN.format(months=months.condition), {"reading": reading})
        yield months
