"""Makes the tables that people read: current rows of each form, then the marts of `marts/*.sql` in their order."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import due_date
from pipelines.warehouse.meaning import insert_rows
from pipelines.warehouse.measures import refresh_measures
from pipelines.warehouse.upgrade import tell_figures

FOLDER = Path(__file__).parent / "marts"
STATE = Path(__file__).parent / "state.sql"
_CURRENT = """create or replace view "{form}" as select t.* from "{form}_all" as t
join form_load as l on l.submission_id = t.submission_id and l.form = '{form}' and l.superseded_by is null"""


def mart_names() -> dict[str, Path]:
    """Table name -> its .sql file, in the order in which they are made."""
    return {path.stem.split("_", 1)[1]: path for path in sorted(FOLDER.glob("*.sql"))}


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


def refresh_marts(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Brings the measures up to date and makes every mart anew, in one transaction."""
    connection.execute("begin")
    refresh_measures(connection, catalog)
    _write_deadlines(connection, catalog)
    for name, path in mart_names().items():
        connection.execute(f'create or replace table "{name}" as {path.read_text("utf-8")}')
    tell_figures(connection)
    connection.execute("commit")
