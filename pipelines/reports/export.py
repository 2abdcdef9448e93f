"""Writes a selection of a table to a file, in the format that the file's ending names."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow
import pyarrow.parquet

from pipelines.faults import UserError
from pipelines.reports.csv import iter_csv
from pipelines.reports.mark import Mark
from pipelines.reports.xlsx import write_xlsx


def write_csv(batches: pyarrow.RecordBatchReader, path: Path, mark: Mark | None = None) -> None:
    """CSV, UTF-8 with BOM."""
    with path.open("wb") as file:
        file.writelines(iter_csv(batches, mark))


def write_parquet(batches: pyarrow.RecordBatchReader, path: Path, mark: Mark | None = None) -> None:
    """Parquet with the table's own types; a mark stands in the key-value metadata."""
    with pyarrow.parquet.ParquetWriter(path, batches.schema.with_metadata(mark.metadata if mark else None)) as writer:
        for batch in batches:
            writer.write_batch(batch)


WRITERS = {".csv": write_csv, ".parquet": write_parquet, ".xlsx": write_xlsx}


def check_ending(out: Path) -> None:
    """UserError for an ending that is not known."""
    if out.suffix.lower() not in WRITERS:
        raise UserError(f"不能导出为“{out.suffix or out.name}”。", "文件名请以 .csv、.xlsx 或 .parquet 结尾。")


def write_export(batches: pyarrow.RecordBatchReader, out: Path, mark: Mark | None = None) -> None:
    """Writes the rows, with the mark of an export of personal data; the file appears whole or not at all. UserError for an ending that is not known."""
    check_ending(out)
    writer = WRITERS[out.suffix.lower()]
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.part")
    try:
        writer(batches, partial, mark)
        os.replace(partial, out)
    finally:
        partial.unlink(missing_ok=True)
