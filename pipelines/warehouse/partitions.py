"""Hive-partitioned Parquet: one folder per month, `period=2026-01-01/`, as DuckDB, Spark, pandas and the like read it without being told.

The rows come as a stream from a limited reader, which may not touch files; a DuckDB of its own writes them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

PERIOD = "period"
EMPTY = "data_0.parquet"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _rows(schema: pa.Schema) -> str:
    """The stream as a query; a month that is text becomes its first day."""
    if PERIOD in schema.names and pa.types.is_string(schema.field(PERIOD).type):
        return f"select * replace (({PERIOD} || '-01')::date as {PERIOD}) from batches"
    return "select * from batches"


def write_partitions(batches: pa.RecordBatchReader, folder: Path, metadata: dict[str, str] | None = None) -> None:
    """Writes the rows into an empty folder, by `period` where they have it; months in order keep memory flat. Without rows: one file with the columns.

    `metadata` stands as key-value metadata in every file.
    """
    told = ", ".join(f"{_quoted(key)}: {_quoted(text)}" for key, text in (metadata or {}).items())
    options = "format parquet" + (f", kv_metadata {{{told}}}" if told else "")
    by_month = f"{options}, partition_by ({PERIOD}), overwrite_or_ignore" if PERIOD in batches.schema.names else options
    with duckdb.connect(":memory:") as connection:
        connection.execute("set threads = 1")  # one file a month
        connection.execute("set partitioned_write_max_open_files = 4")
        connection.execute("set partitioned_write_flush_threshold = 65536")
        connection.register("batches", batches)
        target = folder if by_month is not options else folder / EMPTY
        connection.execute(f"copy ({_rows(batches.schema)}) to {_quoted(str(target))} ({by_month})")
        if not any(folder.iterdir()):
            connection.register("batches", batches.schema.empty_table())
            connection.execute(f"copy ({_rows(batches.schema)}) to {_quoted(str(folder / EMPTY))} ({options})")
