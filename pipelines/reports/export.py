"""Writes a selection of a table to a file, in the format that the file's ending names: workbooks for people, in their words, the others for programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pyarrow
import pyarrow.parquet

from pipelines.faults import UserError
from pipelines.reports.csv import iter_csv
from pipelines.reports.mark import Mark
from pipelines.reports.words import Words, tell_rows
from pipelines.reports.xlsx import write_xlsx

GROUP = 2  # batches that are written as one row group, 65,536 rows


def write_csv(batches: pyarrow.RecordBatchReader, path: Path, mark: Mark | None = None) -> None:
    """CSV, UTF-8 with BOM."""
    with path.open("wb") as file:
        file.writelines(iter_csv(batches, mark))


def write_parquet(batches: pyarrow.RecordBatchReader, path: Path, mark: Mark | None = None) -> None:
    """Parquet with the table's own types; a mark stands in the key-value metadata."""
    told = batches.schema.with_metadata(mark.metadata if mark else None)
    with pyarrow.parquet.ParquetWriter(path, told) as writer, ThreadPoolExecutor(1) as pool:
        written: Future[None] | None = None  # while DuckDB reads on
        while group := list(islice(batches, GROUP)):
            table = pyarrow.Table.from_batches(group)
            if written:
                written.result()
            written = pool.submit(writer.write_table, table)
        if written:
            written.result()


WRITERS = {".csv": write_csv, ".parquet": write_parquet, ".xlsx": write_xlsx}


class Counted:
    """A stream of batches that counts its rows while it is read."""

    def __init__(self, batches: pyarrow.RecordBatchReader) -> None:
        self.count = 0
        self.batches = pyarrow.RecordBatchReader.from_batches(batches.schema, self._follow(batches))

    def _follow(self, batches: pyarrow.RecordBatchReader) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            self.count += batch.num_rows
            yield batch


def check_ending(out: Path) -> None:
    """UserError for an ending that is not known."""
    if out.suffix.lower() not in WRITERS:
        raise UserError(f"不能导出为“{out.suffix or out.name}”。", "文件名请以 .csv、.xlsx 或 .parquet 结尾。")


def write_export(batches: pyarrow.RecordBatchReader, out: Path, mark: Mark | None = None, words: Words | None = None, title: str = "数据") -> None:
    """Writes the rows, with the mark of an export of personal data, in a workbook with the words for columns and codes and a sheet of that title; the file appears whole or not at all.

    UserError for an ending that is not known."""
    check_ending(out)
    writer = WRITERS[out.suffix.lower()]
    if words and writer is write_xlsx:
        batches = tell_rows(batches, words)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.part")
    try:
        writer(batches, partial, mark, **({"title": title} if writer is write_xlsx else {}))
        os.replace(partial, out)
    finally:
        partial.unlink(missing_ok=True)
