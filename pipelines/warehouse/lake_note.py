"""Which part of PostgreSQL is a home's: `warehouse/lake.json` names the schema of its catalogue, for every machine that shares the home."""

from __future__ import annotations

import json
import os
import secrets

from pipelines.durable import sync_folder
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.postgres import connected, looking_up

RELEASES = "union_board_release"
_TABLE = """create schema if not exists {schema};
create table if not exists {schema}.{table} (id bigint, snapshot bigint, published_at timestamp, note text, audit text, audit_count integer, bytes bigint,
    schema_version integer, figures_sha256 text)"""

_COUNTED = """with empty as (insert into {schema}.ducklake_table_stats (table_id, record_count, next_row_id, file_size_bytes)
    select table_id, 0, 0, 0 from {schema}.ducklake_table where end_snapshot is null and table_id not in (select table_id from {schema}.ducklake_table_stats) returning table_id)
insert into {schema}.ducklake_table_column_stats (table_id, column_id) select table_id, column_id from {schema}.ducklake_column join empty using (table_id) where end_snapshot is null"""


def read_schema(home: Home) -> str | None:
    """The schema's name; None while the home has none."""
    try:
        told = json.loads(home.lake_note.read_text("utf-8"))["schema"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        told = ""
    if not isinstance(told, str) or not told.isidentifier():
        raise UserError(f"{home.lake_note} 写坏了，不知道数据在 PostgreSQL 的哪一处。", "请维护人员从备份取回这个文件，或恢复最近的备份。")
    return told


def ask(address: str, sql: str) -> list[tuple]:
    """The rows of a query in PostgreSQL's SQL. StoreGone where the server is."""
    with looking_up(address, "public") as connection:
        return [tuple(row.values()) for row in connection.execute(sql).fetchall()]


def run(address: str, sql: str) -> None:
    """Runs statements, all or none."""
    with connected(address, "public") as connection:
        connection.execute(sql)


def count_empty(schema: str) -> str:
    """SQL that notes of tables that never had a row that they have none, for DuckLake remembers nothing of a table that it finds no note of: it asks PostgreSQL twice for
    each column that a statement names. For who holds the lock. https://ducklake.select/docs/stable/specification/tables/ducklake_table_stats"""
    return _COUNTED.format(schema=schema)


def new_schema(address: str) -> str:
    """A schema in PostgreSQL with an empty table of releases, which is nobody's yet."""
    schema = f"union_board_{secrets.token_hex(6)}"
    run(address, _TABLE.format(schema=schema, table=RELEASES))
    return schema


def note_schema(home: Home, schema: str) -> None:
    """From here on the home's warehouse is the lake. FileExistsError where it was one already."""
    folder = home.lake_note.parent
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".lake.{schema}.part"
    partial.write_text(json.dumps({"schema": schema}), "utf-8")
    try:
        os.link(partial, home.lake_note)  # unlike a rename it fails where the file is there
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(folder)


def make_schema(home: Home, address: str) -> str:
    """The home's schema, a new one where there is none. Of two machines that do so at once one wins."""
    if read_schema(home) is None:
        schema = new_schema(address)
        try:
            note_schema(home, schema)
        except FileExistsError:
            run(address, f"drop schema if exists {schema} cascade")
    return read_schema(home)
