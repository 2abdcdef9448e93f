"""What the figures are made from, read off the SQL that makes them, and how a county hands it over."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

from pipelines.durable import make_folder
from pipelines.reports.partitioned import chain_months, list_months
from pipelines.warehouse.marts import derived_sql, figure_steps
from pipelines.warehouse.partitions import PERIOD, write_partitions
from pipelines.warehouse.reader import Reader

INPUTS = "inputs"  # as `export` calls all of them together
NAMES = ("county", "place", "place_township", "township")  # who is meant: handed over whole
_COMMENT = re.compile(r"--.*")
_READ = re.compile(r"\b(?:from|join)\s+([a-z_]+)\b")
_STEP = re.compile(r"\b([a-z_]+) as (?:materialized )?\(")


def _needs(sql: str) -> list[str]:
    """The tables that a query reads, but for its own steps."""
    sql = _COMMENT.sub("", sql)
    steps = set(_STEP.findall(sql))
    return [name for name in dict.fromkeys(_READ.findall(sql)) if name not in steps]


@cache
def _queries() -> dict[str, str]:
    """Every query from the tables of a warehouse to the figures of a reading, by name."""
    return derived_sql() | figure_steps("month")


@cache
def list_inputs() -> tuple[str, ...]:
    """The tables of a warehouse that the figures are made from."""
    needed = [name for sql in _queries().values() for name in _needs(sql) if name not in _queries()]
    return tuple(sorted({*needed, *NAMES}))


@cache
def _words() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", _COMMENT.sub("", "\n".join(_queries().values()))))


def _columns(reader: Reader, table: str) -> list[str]:
    """Those that the SQL speaks of: reasons and names of persons stay at home."""
    names = [row[0] for row in reader.rows(f'describe "{table}"')]
    return [n for n in names if table in NAMES or n in _words()]


def _write_table(reader: Reader, table: str, folder: Path) -> None:
    columns = _columns(reader, table)
    sql = f'select {", ".join(columns)} from "{table}"'
    months = list_months(reader, table) if PERIOD in columns else []

    def read(month: date):
        return reader.arrow(f"{sql} where {PERIOD} = $month order by all", {"month": month})

    write_partitions(chain_months(months, read) if months else reader.arrow(f"{sql} order by all"), folder)


def write_inputs(reader: Reader, folder: Path) -> None:
    """One folder per table, by month where it has months; whole or not at all. UserError where one is there already."""
    with make_folder(folder) as partial:
        for table in list_inputs():
            (partial / table).mkdir()
            _write_table(reader, table, partial / table)
