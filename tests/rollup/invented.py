"""A county that never was, as the folder that a county hands over: values on the edges of rounding, zero denominators, corrections, targets of its own."""

from __future__ import annotations

import random
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.warehouse.partitions import write_partitions

CODE, NAME, TOWNSHIPS = "980101", "虚构县", 40
LIKE = ("indicator", "measure", "span_month")  # the same as in the county that it is modelled on
EDGES = tuple(Decimal(text) for text in ("0", "1", "3", "64", "128", "127", "1234.5650", "10000", "0.0001", "12345.6750", "99999.9999"))


def _codes() -> list[str]:
    return [f"{CODE}{100 + n}" for n in range(TOWNSHIPS)]


def _value(chance: random.Random) -> Decimal:
    return chance.choice(EDGES) if chance.random() < 0.5 else Decimal(chance.randrange(10**8)) / 10**4


def _schema(model: Path, table: str) -> pa.Schema:
    """The columns of the model's table, the month of the folders' names too."""
    file = next(iter((model / table).rglob("*.parquet")))
    schema = pa.schema(list(pq.read_schema(file)))
    return schema.append(pa.field("period", pa.date32())) if file.parent.name.startswith("period=") else schema


def _measured(months: list[date], measures: list[str], chance: random.Random) -> list[dict]:
    cells = ((month, code, measure) for month in months for code in _codes() for measure in measures if not measure.startswith("returns."))
    return [{"period": m, "township_code": c, "measure": n, "value": _value(chance), "at_least": chance.random() < 0.1} for m, c, n in cells if chance.random() < 0.9]


def write_county(model: Path, folder: Path, months: list[date]) -> None:
    """Writes the county into a new folder, with the meaning of the model."""
    chance = random.Random(7)
    for table in LIKE:
        shutil.copytree(model / table, folder / table)
    measures = pq.read_table(model / "measure").column("measure").to_pylist()
    indicators = pq.read_table(model / "indicator").column("indicator").to_pylist()
    common = [row for row in pq.read_table(model / "target").to_pylist() if not row["township_code"]]
    own = [row | {"township_code": code, "value": Decimal(chance.randrange(10**5, 2 * 10**6)) / 10**6} for row in common for code in _codes()[:9]]
    rows = {
        "county": [{"county_code": CODE, "county": NAME}],
        "place": [{"place_code": CODE, "place": NAME, "level": "county", "parent_code": "", "sort_order": 0}],
        "township": [{"township_code": code, "township": f"第{n}镇", "sort_order": n} for n, code in enumerate(_codes())],
        "place_township": [{"place_code": CODE, "township_code": code} for code in _codes()],
        "target": common + own,
        "measure_value": _measured(months, measures, chance),
        "submission_status": [{"period": m, "township_code": c, "township": c, "status": s, "on_time": s == "on_time"}
                              for m in months for c in _codes() for s in [chance.choice(["missing", "late", "on_time"])]],
        "revision": [{"period": months[0], "township_code": _codes()[n], "indicator": code} for n in (0, 3) for code in indicators[::3]],
    }  # fmt: skip
    for table, found in rows.items():
        (folder / table).mkdir()
        write_partitions(pa.Table.from_pylist(found, schema=_schema(model, table)).to_reader(), folder / table)
