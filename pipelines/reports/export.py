"""Writes a selection of a table to a file, in the format that the file's ending names."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow
import pyarrow.parquet

from pipelines.faults import UserError
from pipelines.reports.csv import iter_csv
from pipelines.reports.xlsx import write_xlsx


def write_csv(batches: pyarrow.RecordBatchReader, path: Path) -> None:
    """CSV, UTF-8 with BOM."""
    with path.open("wb") as file:
        file.writelines(iter_csv(batches))


def write_parquet(batches: pyarrow.RecordBatchReader, path: Path) -> None:
    """Parquet with the table's own types."""
    with pyarrow.parquet.ParquetWriter(path, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


WRITERS = {".csv": write_csv, ".parquet": write_parquet, ".xlsx": write_xlsx}


def write_export(batches: pyarrow.RecordBatchReader, out: Path) -> None:
    """Writes the rows; the file appears whole or not at all. UserError for an ending that is not known."""
    writer = WRITERS.get(out.suffix.lower())
    if writer is None:
        raise UserError(f"不能导出为“{out.suffix or out.name}”。", "文件名请以 .csv、.xlsx 或 .parquet 结尾。")
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.part")
    try:
        writer(batches, partial)
        os.replace(partial, out)
    finally:
        partial.unlink(missing_ok=True)
