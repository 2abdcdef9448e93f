"""Keeps the tables that people read: the marts of `marts/*.sql` and the figures of the readings that are stored, as tables that each publishing
brings up to date where something was touched (`touched.py`); everything else as views over them.

A mart's select reads the table `touched` early, and gives the rows of the township-months in it. Where the catalogue or the program changed, the
tables are made empty, and every month is then a new one: the way is the same.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.catalog.model import Catalog
from pipelines.catalog.reading import READINGS
from pipelines.warehouse.at_hand import AtHand, stored
from pipelines.warehouse.measures import refresh_measures
from pipelines.warehouse.touched import OF_TOUCHED, Months, clear_calendar, each_figures, each_months, note_changed, prepare_touched, write_calendar
from pipelines.warehouse.transaction import transaction
from pipelines.warehouse.upgrade import figures_sha256, read_made_by, tell_figures

ROOM = Path(__file__).parent
STORED = ("month", "year")  # readings whose numerators and denominators are kept; the others are added up when they are asked for
EVERY_READING = "indicator_reading"  # all of them in one view, told apart by `reading`
# A row's upload says its township too; asked for twice, because numbers of uploads lie anywhere and a county's townships together.
_CURRENT = """create or replace view "{form}" as select t.* exclude (source_table) from "{form}_all" as t
join form_load as l on l.submission_id = t.submission_id and l.township_code = t.township_code and l.form = '{form}' and l.superseded_by is null"""


def _list_files(folder: str) -> dict[str, Path]:
    return {path.stem.split("_", 1)[1]: path for path in sorted((ROOM / folder).glob("*.sql"))}


def mart_names() -> dict[str, Path]:
    """Table name -> its .sql file, in the order in which they are made."""
    return _list_files("marts")


def view_names() -> dict[str, Path]:
    """View name -> its .sql file, each of which reads those before it and the marts."""
    return _list_files("views")


def figure_table(reading: str) -> str:
    """The view that holds the indicators in a reading."""
    return "indicator_value" if reading == "month" else f"indicator_{reading}"


def _fill(name: str, reading: str = "", **words: str) -> str:
    """The SQL of a template with its words put in."""
    sql = (ROOM / f"{name}.sql").read_text("utf-8").replace("$reading", f"'{reading}'")
    for word, said in words.items():
        sql = sql.replace(f"{{{word}}}", said)
    return sql


def create_form_views(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """One view per form with the rows of the uploads that nothing has replaced; and `month_state`."""
    for form in catalog.forms:
        connection.execute(_CURRENT.format(form=form.key))
    connection.execute(f"create or replace view month_state as {_fill('month_state', touched='')}")


def figures_above(table: str) -> str:
    """The view that holds of a `figure_table`, or of `EVERY_READING`, the places above the townships: few rows of many, which lie together."""
    return f"{table}_above"


def figure_steps(reading: str) -> dict[str, str]:
    """The views that make a reading's indicators from measures, revisions and targets, by name, each reading those before it; the last is `figure_table`."""
    townships, places, figures = f"township_{reading}", f"place_{reading}", f"figure_{reading}"
    return {
        townships: _fill("figure", reading, span="span_month", own="", months="true"),
        places: _fill("place_figure", reading, townships=townships, touched="", months="true"),
        figures: f"select * from {townships} union all select * from {places}",
        figure_table(reading): _fill("indicator", reading, figures=figures),
    }


def derived_sql() -> dict[str, str]:
    """What `figure_steps` read that is no table of rows, by name, each reading those before it."""
    return {name: view_names()[name].read_text("utf-8") for name in ("measure_month", "revised_figure")} | {"target_year": _fill("target_year")}


def _told_apart(tables: dict[str, str]) -> str:
    """All rows of the readings' tables, by `reading`."""
    return " union all ".join(f"select '{reading}' as reading, * from \"{table}\"" for reading, table in tables.items())


def _list_views() -> dict[str, str]:
    """Every view over the marts, in the order in which they are made."""
    views = {name: path.read_text("utf-8") for name, path in view_names().items()}
    for reading in READINGS:
        steps, table = figure_steps(reading), figure_table(reading)
        views |= {table: steps[table]} if reading in STORED else steps
        views[figures_above(table)] = _fill("indicator", reading, figures=f"(select * from figure_{reading} where level = 'above')")
    tables = {reading: figure_table(reading) for reading in READINGS}
    above = {reading: figures_above(table) for reading, table in tables.items()}
    return views | {EVERY_READING: _told_apart(tables), figures_above(EVERY_READING): _told_apart(above)}


def _drop(connection: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """Drops tables and views, whichever an earlier program made them."""
    kinds = "select table_name, table_type from information_schema.tables where table_catalog = current_database() and table_schema = current_schema()"
    for name, kind in connection.execute(kinds).fetchall():
        if name in names:
            connection.execute(f'drop {"view" if kind == "VIEW" else "table"} "{name}"')


def _make_empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Every mart as an empty table of its select's columns, and the views over them."""
    views = _list_views()
    tables = {name: path.read_text("utf-8") for name, path in mart_names().items()}
    _drop(connection, [*views, *tables, *(f"figure_{reading}" for reading in STORED)])
    for name, sql in tables.items():
        connection.execute(f'create table "{name}" as select * from ({sql}) limit 0')
    for name in view_names():
        connection.execute(f'create view "{name}" as {views.pop(name)}')
    for reading in STORED:
        sql = figure_steps(reading)[f"township_{reading}"]
        connection.execute(f'create table "figure_{reading}" as select * from ({sql}) limit 0')
    for name, sql in views.items():
        connection.execute(f'create view "{name}" as {sql}')
    clear_calendar(connection)


def _refresh_mart(connection: duckdb.DuckDBPyConnection, name: str, path: Path, months: Months) -> None:
    table = stored(connection, name)
    connection.execute(f"delete from {table} where {months.condition} and {OF_TOUCHED}")
    connection.execute(f"insert into {table} {path.read_text('utf-8')}")


def _refresh_figures(connection: duckdb.DuckDBPyConnection, reading: str, months: Months) -> None:
    """Those of the touched townships from the measures, then those of the places above from the townships'."""
    table, order = stored(connection, f"figure_{reading}"), "order by period, township_code, indicator"
    connection.execute(f"delete from {table} where {months.condition} and {OF_TOUCHED}")
    own = _fill("figure", reading, span="touched_span", own="and m.township_code = s.township_code", months=months.condition)
    connection.execute(f"insert into {table} {own} {order}")
    touched = "semi join touched as k on k.township_code = p.place_code and k.period = f.period"
    connection.execute(f"insert into {table} {_fill('place_figure', reading, townships=table, touched=touched, months=months.condition)} {order}")


def refresh_marts(connection: duckdb.DuckDBPyConnection, catalog: Catalog, far: bool = False) -> None:
    """Brings the measures, the marts and the figures up to date where something was touched, in one transaction; `far` where every table that is named costs time."""
    at_hand = AtHand(connection, far)
    with transaction(connection):
        prepare_touched(connection, _fill("month_state", touched="semi join touched using (township_code, period)"))
        if read_made_by(connection)[1] != figures_sha256():
            _make_empty(connection)
        write_calendar(connection, catalog, _fill("target_year"))
        at_hand.read_catalogue()
        note_changed(connection)
        at_hand.read_rows(catalog)
        refresh_measures(connection, catalog)
        at_hand.read_corrections()
        for months in each_months(connection):
            for name, path in mart_names().items():
                _refresh_mart(connection, name, path, months)
        at_hand.read_made()
        for reading in STORED:
            for months in each_figures(connection, reading):
                _refresh_figures(connection, reading, months)
        at_hand.let_go()
        connection.execute("delete from stale")
        tell_figures(connection)
