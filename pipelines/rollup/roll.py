"""Makes the figures of every place of many counties on Spark, from the folders that the counties handed over."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from pipelines.catalog.places import Tree
from pipelines.catalog.reading import READINGS
from pipelines.durable import make_folder
from pipelines.rollup.counties import find_counties, gather_small
from pipelines.rollup.inputs import list_inputs
from pipelines.rollup.session import check_installed, open_session
from pipelines.warehouse.marts import derived_sql, figure_steps, figure_table
from pipelines.warehouse.partitions import PERIOD

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SHARED = ("span_month",)  # has months and means the same everywhere
ORDER = ("township_code", "indicator")


@dataclass(frozen=True, slots=True)
class RolledUp:
    """What came out: how many counties went in, and of how many places there are figures."""

    counties: int
    places: int


def _read_months(session: SparkSession, folders: Sequence[Path]) -> DataFrame:
    """A table with months from all counties. Spark finds partitions below one folder only, so that the month is read off each file's path."""
    from pyspark.sql import functions as f

    filled = [str(folder) for folder in folders if any(folder.glob(f"{PERIOD}=*"))]
    rows = session.read.option("recursiveFileLookup", "true").parquet(*(filled or [str(folders[0])]))
    if PERIOD in rows.columns:  # no county has any rows
        return rows
    return rows.withColumn(PERIOD, f.regexp_extract("_metadata.file_path", rf"/{PERIOD}=([0-9-]+)/", 1).cast("date"))


def _run(session: SparkSession, sql: str) -> DataFrame:
    from pipelines.rollup.translate import split_steps

    *steps, (_, last) = split_steps(sql)
    for name, query in steps:
        session.sql(query).createOrReplaceTempView(name)
    return session.sql(last)


def _read_inputs(session: SparkSession, counties: Sequence[Path], tree: Tree | None, work: Path) -> int:
    """Puts every input before the session under its own name; gives the number of places."""
    small = gather_small(counties, tree)
    for name, table in small.items():
        pq.write_table(table, work / f"{name}.parquet")
        session.read.parquet(str(work / f"{name}.parquet")).createOrReplaceTempView(name)
    for name in list_inputs():
        if name not in small:
            rows = _read_months(session, [county / name for county in counties])
            (rows.distinct() if name in SHARED else rows).createOrReplaceTempView(name)
    return small["place"].num_rows + small["township"].num_rows


def _make_figures(session: SparkSession) -> DataFrame:
    """Every figure in every reading, told apart by `reading`."""
    from pyspark.sql import functions as f

    for name, sql in derived_sql().items():
        _run(session, sql).cache().createOrReplaceTempView(name)
    for reading in READINGS:
        for name, sql in figure_steps(reading).items():
            _run(session, sql).createOrReplaceTempView(name)
    parts = [session.table(figure_table(reading)).withColumn("reading", f.lit(reading)) for reading in READINGS]
    return reduce(lambda above, below: above.unionByName(below), parts)


def roll_up(folders: Sequence[Path], out: Path, tree: Tree | None = None) -> RolledUp:
    """Writes the figures of every place as `out/reading=month/period=2026-01-01/…`, whole or not at all; with a tree also of the places above the counties.

    UserError where folders are missing, not whole or do not go together, where something is at `out` already, and where Spark cannot run.
    """
    check_installed()
    counties = find_counties(folders)
    with make_folder(out) as partial, tempfile.TemporaryDirectory(prefix="union-board-") as work, open_session() as session:
        places = _read_inputs(session, counties, tree, Path(work))
        figures = _make_figures(session).repartition("reading", PERIOD).sortWithinPartitions(*ORDER)
        figures.write.mode("append").partitionBy("reading", PERIOD).parquet(str(partial.resolve()))
    return RolledUp(len(counties), places)
