"""The tables of the warehouse: the fixed ones of `schema.sql`, and one per form as the catalogue describes it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.catalog.model import Catalog, Column, Form

TYPES = {
    "text": "varchar",
    "choice": "varchar",
    "count": "bigint",
    "money": "decimal(18, 4)",
    "decimal": "decimal(18, 4)",
    "date": "date",
    "bool": "boolean",
}
LINEAGE = ("township_code", "period", "submission_id", "source_file", "source_sheet", "source_row")
_LINEAGE_TYPES = ("varchar", "date", "varchar", "varchar", "varchar", "integer")
NOT_APPLICABLE = "not_applicable"
AS_WRITTEN = "as_written"
SOURCE_TABLE = "source_table"  # which of the tables that a form was joined from: with it `form_column` tells the letters of a row's cells; missing means the first
_NUMBERS = ("count", "money", "decimal")


def stored_columns(column: Column) -> list[tuple[str, str]]:
    """(name, SQL type) of what is stored for one column: a number has a lower-bound companion, an ID number a hash and a mask."""
    if not column.stored:
        return [(f"{column.key}_masked", "varchar"), (f"{column.key}_hash", "varchar")]
    names = [(column.key, TYPES[column.type])]
    return [*names, (f"{column.key}_at_least", "boolean")] if column.type in _NUMBERS else names


def form_columns(form: Form) -> list[tuple[str, str]]:
    """(name, SQL type) of every column of a form's table: lineage, the form's own, the keys that the row calls not
    applicable, as JSON what stood in the cells that are stored in another form than they were written, and the number of the row's table."""
    own = (pair for c in form.columns for pair in stored_columns(c))
    return [*zip(LINEAGE, _LINEAGE_TYPES, strict=True), *own, (NOT_APPLICABLE, "varchar"), (AS_WRITTEN, "varchar"), (SOURCE_TABLE, "integer")]


def _form_table(form: Form) -> str:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in form_columns(form))
    return f'create table if not exists "{form.key}_all" ({columns})'


def _missing_columns(connection: duckdb.DuckDBPyConnection, form: Form) -> list[tuple[str, str]]:
    known = {row[1] for row in connection.execute(f"pragma table_info('{form.key}_all')").fetchall()}
    return [pair for pair in form_columns(form) if pair[0] not in known]


def create_tables(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Creates what is not there yet and adds the columns that the catalogue gained; never drops anything."""
    for statement in (Path(__file__).parent / "schema.sql").read_text("utf-8").split(";"):
        if statement.strip():
            connection.execute(statement)
    for form in catalog.forms:
        connection.execute(_form_table(form))
        for name, kind in _missing_columns(connection, form):
            connection.execute(f'alter table "{form.key}_all" add column "{name}" {kind}')
