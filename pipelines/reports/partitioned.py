"""A selection of a table as a folder of hive-partitioned Parquet, month after month, so that no more than a month is sorted at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipelines.catalog.model import Catalog
from pipelines.durable import make_folder
from pipelines.reports.mark import Mark
from pipelines.reports.table import AUDIT, Selection, read_table, table_columns
from pipelines.warehouse.partitions import PERIOD, write_partitions
from pipelines.warehouse.reader import Reader


def list_months(reader: Reader, table: str) -> list[date]:
    """The months of which the table has rows."""
    return [row[0] for row in reader.rows(f'select distinct {PERIOD} from "{table}" order by {PERIOD}')]


def chain_months(months: Iterable[date], read: Callable[[date], pa.RecordBatchReader]) -> pa.RecordBatchReader:
    """What is read of each month, one after the other; at least of one."""
    first, *rest = months
    opening = read(first)

    def follow() -> Iterator[pa.RecordBatch]:
        yield from opening
        for month in rest:
            yield from read(month)

    return pa.RecordBatchReader.from_batches(opening.schema, follow())


def read_months(reader: Reader, catalog: Catalog, selection: Selection) -> pa.RecordBatchReader:
    """As `read_table`, in the order of the months."""
    first, last = selection.periods or (date.min, date.max)
    by_month = selection.table != AUDIT and PERIOD in table_columns(reader, catalog, selection.table)
    months = [m for m in list_months(reader, selection.table) if first <= m <= last] if by_month else []
    if not months:
        return read_table(reader, catalog, selection)
    return chain_months(months, lambda month: read_table(reader, catalog, replace(selection, periods=(month, month))))


def write_partitioned(batches: pa.RecordBatchReader, folder: Path, mark: Mark | None = None) -> None:
    """Writes the rows by month, `period` being the month's first day; the folder appears whole or not at all. UserError where one is there already."""
    with make_folder(folder) as partial:
        write_partitions(batches, partial, mark.metadata if mark else None)
