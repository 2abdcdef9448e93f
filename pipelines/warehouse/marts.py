"""Makes the tables that people read: current rows of each form, then the marts of `marts/*.sql` in their order."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import due_date
from pipelines.catalog.reading import READINGS, span_months
from pipelines.warehouse.meaning import insert_rows
from pipelines.warehouse.measures import refresh_measures
from pipelines.warehouse.upgrade import tell_figures

FOLDER = Path(__file__).parent / "marts"
FIGURE = Path(__file__).parent / "figure.sql"
STORED = ("month", "year")  # readings that are kept; the others are computed when they are asked for
EVERY_READING = "indicator_reading"  # all of them in one view, told apart by `reading`
STATE = Path(__file__).parent / "state.sql"
_CURRENT = """create or replace view "{form}" as select t.* exclude (source_table) from "{form}_all" as t
join form_load as l on l.submission_id = t.submission_id and l.form = '{form}' and l.superseded_by is null"""


def mart_names() -> dict[str, Path]:
    """Table name -> its .sql file, in the order in which they are made."""
    return {path.stem.split("_", 1)[1]: path for path in sorted(FOLDER.glob("*.sql"))}


def figure_table(reading: str) -> str:
    """The table or view that holds the indicators in a reading."""
    return "indicator_value" if reading == "month" else f"indicator_{reading}"


def create_form_views(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """One view per form with the rows of the uploads that nothing has replaced; `problem` likewise; and `month_state`."""
    for form in catalog.forms:
        connection.execute(_CURRENT.format(form=form.key))
    connection.execute(f"create or replace view month_state as {STATE.read_text('utf-8')}")


def _write_deadlines(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    connection.execute("delete from deadline")
    months = connection.execute(
        "select unnest(generate_series(min(period), max(period) + interval 1 month, interval 1 month))::date from form_load"
    ).fetchall()
    insert_rows(connection, "deadline", [(month, due_date(catalog, month)) for (month,) in months])


def _write_spans(connection: duckdb.DuckDBPyConnection) -> None:
    """The months that each reading of each month covers."""
    connection.execute("delete from span_month")
    months = [row[0] for row in connection.execute("select period from deadline order by period").fetchall()[:-1]]
    insert_rows(connection, "span_month", [(r, p, m) for p in months for r in READINGS for m in span_months(r, p)])


def _make_figures(connection: duckdb.DuckDBPyConnection) -> None:
    for reading in READINGS:
        select = FIGURE.read_text("utf-8").replace("$reading", f"'{reading}'")
        kind, order = ("table", " order by period, township_code, indicator") if reading in STORED else ("view", "")
        connection.execute(f'create or replace {kind} "{figure_table(reading)}" as {select}{order}')
    every = " union all ".join(f"select '{r}' as reading, * from \"{figure_table(r)}\"" for r in READINGS)
    connection.execute(f'create or replace view "{EVERY_READING}" as {every}')


def refresh_marts(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Brings the measures up to date and makes every mart anew, in one transaction."""
    connection.execute("begin")
    refresh_measures(connection, catalog)
    _write_deadlines(connection, catalog)
    _write_spans(connection)
    for name, path in mart_names().items():
        connection.execute(f'create or replace table "{name}" as {path.read_text("utf-8")}')
    _make_figures(connection)
    tell_figures(connection)
    connection.execute("commit")
