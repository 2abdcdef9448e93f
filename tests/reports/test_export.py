"""A large table as Parquet: in order, in row groups worth the name, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow
import pyarrow.parquet
import pytest

from pipelines.reports.export import GROUP, write_export

BATCH = 8192
SCHEMA = pyarrow.schema([("n", pyarrow.int64())])


def _batches(count: int, breaks_off: bool = False) -> pyarrow.RecordBatchReader:
    def each() -> Iterator[pyarrow.RecordBatch]:
        for number in range(count):
            yield pyarrow.record_batch([pyarrow.array(range(number * BATCH, (number + 1) * BATCH))], SCHEMA)
        if breaks_off:
            raise ConnectionError("the store is gone")

    return pyarrow.RecordBatchReader.from_batches(SCHEMA, each())


@pytest.mark.parametrize("count", [0, 1, GROUP, 2 * GROUP + 1])
def test_rows_come_in_order_and_in_row_groups_of_many_batches(tmp_path, count):
    write_export(_batches(count), tmp_path / "a.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "a.parquet").column("n").to_pylist() == list(range(count * BATCH))
    assert pyarrow.parquet.ParquetFile(tmp_path / "a.parquet").num_row_groups == -(-count // GROUP)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_rows_that_break_off_leave_no_file(tmp_path, ending):
    with pytest.raises(ConnectionError):
        write_export(_batches(3 * GROUP, breaks_off=True), tmp_path / f"a.{ending}")
    assert not list(tmp_path.iterdir())
