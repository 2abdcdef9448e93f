"""Writes the catalogue into its tables, so that SQL can join names, targets and standards."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipelines.catalog.local import list_effective
from pipelines.catalog.model import Catalog
from pipelines.catalog.places import TOWNSHIP, Place
from pipelines.warehouse.measures import list_measures, measure_nature, name_measure
from pipelines.warehouse.transaction import transaction


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


def _places(catalog: Catalog) -> list[tuple]:
    """Every place above the townships, in official order."""
    return [(p.code, p.name, p.level, p.parent, n) for n, p in enumerate(catalog.places.above())]


def _insides(catalog: Catalog) -> list[tuple]:
    """(place, township) for every place above a township."""
    tree = catalog.places
    above: dict[str, list[Place]] = {}
    for place in tree.above():
        above[place.code] = [*above.get(place.parent, []), place]
    return [(outer.code, p.code) for p in tree.places.values() if p.level == TOWNSHIP for outer in above[p.parent]]


def _targets(catalog: Catalog) -> list[tuple]:
    targets = list_effective(catalog.places, catalog.targets, catalog.local)
    return [(t.indicator, t.year, t.value, t.source, t.township_code, t.reading) for t in targets]


def _tables(catalog: Catalog) -> dict[str, list[tuple]]:
    """Table -> rows, of the home's whole catalogue, whichever place's it is."""
    catalog = catalog.whole or catalog
    return {
        "catalogue": [(catalog.sha256,)],
        "county": [(catalog.county.code, catalog.county.name)],
        "place": _places(catalog),
        "place_township": _insides(catalog),
        "township": [(t.code, t.name, n) for n, t in enumerate(catalog.county.townships)],
        "measure": [(name, measure_nature(catalog, m)) for name, m in list_measures(catalog).items()],
        "indicator": _indicators(catalog),
        "target": _targets(catalog),
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


_FORMER = """insert into place_township select c.county_code, f.township_code
from (select distinct township_code from form_load anti join township using (township_code)) as f cross join county as c"""  # what townships that are no more reported stays in the sum


def _replace_tables(connection: duckdb.DuckDBPyConnection, tables: dict[str, list[tuple]]) -> None:
    for table, rows in tables.items():
        connection.execute(f'delete from "{table}"')
        insert_rows(connection, table, rows)


def write_targets(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Replaces the targets and the catalogue's hash, for a catalogue in which nothing else changed."""
    with transaction(connection):
        _replace_tables(connection, {name: rows for name, rows in _tables(catalog).items() if name in ("catalogue", "target")})
        connection.execute("delete from target_year")


def write_meaning(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Replaces the catalogue's tables, which makes every measure stale and every mart be made anew. The caller holds the transaction, or a killed writer would leave some of each catalogue."""
    _replace_tables(connection, _tables(catalog))
    connection.execute(_FORMER)
    connection.execute("insert into stale select distinct township_code, period from form_load")
    connection.execute("update made_by set figures_sha256 = null")
