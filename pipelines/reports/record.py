"""The audit record as a table beside those of the warehouse."""

from __future__ import annotations

import pyarrow as pa

from pipelines.audit.log import read_records
from pipelines.warehouse.reader import Reader

COLUMNS = ("sequence", "happened_at", "actor", "action", "subject", "township_code", "township", "period", "submission_id", "detail", "previous", "hash")
_TYPES = {"sequence": pa.int64(), "happened_at": pa.timestamp("ms"), "period": pa.date32()}
COLUMN_TYPES = dict.fromkeys(COLUMNS, "VARCHAR") | {"sequence": "BIGINT", "happened_at": "TIMESTAMP", "period": "DATE"}  # as the warehouse calls them


def read_record(reader: Reader) -> pa.Table:
    """Every record of the reader's home, or of its township; `township` is joined where the table is read."""
    own = reader.township_code
    records = [r for r in read_records(reader.home) if own is None or r.event.township_code == own]
    names = [n for n in COLUMNS if n != "township"]
    values = {n: [getattr(r if hasattr(r, n) else r.event, n) for r in records] for n in names}
    return pa.table({n: pa.array(values[n], type=_TYPES.get(n, pa.string())) for n in names})
