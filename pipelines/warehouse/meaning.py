"""Writes the catalogue into its tables, so that SQL can join names, targets and standards."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipelines.catalog.model import Catalog
from pipelines.warehouse.measures import list_measures, measure_nature, name_measure


def _indicators(catalog: Catalog) -> list[tuple]:
    return [
        (i.code, i.name, i.unit, i.kind, i.area, i.nature, i.direction, i.article, i.definition, i.source)
        + (name_measure(i.numerator), name_measure(i.denominator) if i.denominator else None, n)
        for n, i in enumerate(catalog.indicators)
    ]


def _standard_items(catalog: Catalog) -> list[tuple]:
    return [
        (s.key, s.name, s.level, item.key, item.name, item.field or None, code, s.note, n)
        for s in catalog.standards
        if s.active
        for n, item in enumerate(s.items)
        for code in (item.indicators or (None,))
    ]


def _tables(catalog: Catalog) -> dict[str, list[tuple]]:
    return {
        "catalogue": [(catalog.sha256,)],
        "county": [(catalog.county.code, catalog.county.name)],
        "township": [(t.code, t.name, n) for n, t in enumerate(catalog.county.townships)],
        "measure": [(name, measure_nature(catalog, m)) for name, m in list_measures(catalog).items()],
        "indicator": _indicators(catalog),
        "target": [(t.indicator, t.year, t.value, t.source, t.township_code, t.reading) for t in catalog.targets],
        "standard_item": _standard_items(catalog),
    }


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> None:
    """Appends tuples in the table's column order, by way of Arrow (executemany is a hundred times slower)."""
    if not rows:
        return
    names = [row[0] for row in connection.execute(f'describe "{table}"').fetchall()]
    block = pa.table({name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)})
    connection.register("block", block)
    connection.execute(f'insert into "{table}" select * from block')
    connection.unregister("block")


def _replace_tables(connection: duckdb.DuckDBPyConnection, tables: dict[str, list[tuple]]) -> None:
    for table, rows in tables.items():
        connection.execute(f'delete from "{table}"')
        insert_rows(connection, table, rows)


def write_targets(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Replaces the targets and the catalogue's hash, for a catalogue in which nothing else changed."""
    connection.execute("begin")
    _replace_tables(connection, {name: rows for name, rows in _tables(catalog).items() if name in ("catalogue", "target")})
    connection.execute("commit")


def write_meaning(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> bool:
    """Replaces the catalogue's tables when the catalogue changed, which makes every measure stale; says whether it did."""
    known = connection.execute("select sha256 from catalogue").fetchone()
    if known and known[0] == catalog.sha256:
        return False
    connection.execute("begin")  # a writer killed half way must find the old catalogue's tables, not some of each
    _replace_tables(connection, _tables(catalog))
    connection.execute("insert into stale select distinct township_code, period from form_load")
    connection.execute("commit")
    return True
