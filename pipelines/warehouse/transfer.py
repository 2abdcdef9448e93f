"""Carries a whole warehouse from one attached database into another: rows in their order, views as they were written."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter

import duckdb

from pipelines.warehouse.transaction import transaction


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    sql = "select table_name from duckdb_tables() where database_name = $database and not temporary and not internal order by table_oid"
    return [row[0] for row in connection.execute(sql, {"database": database}).fetchall()]


def _views(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, str]:
    sql = "select view_name, sql from duckdb_views() where database_name = $database and not temporary and not internal order by view_oid"
    return dict(connection.execute(sql, {"database": database}).fetchall())


def _body(sql: str) -> str:
    """What a view selects."""
    return sql.rstrip().rstrip(";")[sql.lower().index(" as ") + 4 :]


def _in_order(views: dict[str, str]) -> list[str]:
    """Each view after those that it names."""
    waits = {name: {other for other in views if other != name and re.search(rf"\b{re.escape(other)}\b", _body(sql))} for name, sql in views.items()}
    return list(TopologicalSorter(waits).static_order())


def _replace(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    tables, views = _tables(connection, source), _views(connection, source)
    for name in [v for v in _views(connection, target) if v not in views]:
        connection.execute(f'drop view "{name}"')
    for name in [t for t in _tables(connection, target) if t not in tables]:
        connection.execute(f'drop table "{name}"')
    for name in tables:
        connection.execute(f'create or replace table {target}."{name}" as select * from {source}."{name}" order by rowid')
    for name in _in_order(views):
        connection.execute(f'create or replace view "{name}" as {_body(views[name])}')


def replace_contents(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Makes one attached database what another one is, wholly or not at all."""
    connection.execute(f"use {target}")
    with transaction(connection):
        _replace(connection, source, target)
