"""What the figures are made from, read off the SQL files that make them, and how a county hands it over.

A table that `export` knows is taken as it stands; any other mart that `figure.sql` needs is made anew, by its own file.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

from pipelines.durable import make_folder
from pipelines.reports.partitioned import chain_months, list_months
from pipelines.reports.table import MARTS
from pipelines.warehouse.marts import FIGURE, mart_names
from pipelines.warehouse.partitions import PERIOD, write_partitions
from pipelines.warehouse.reader import Reader

INPUTS = "inputs"  # as `export` calls all of them together
NAMES = ("county", "place", "place_township", "township")  # who is meant: handed over whole
_COMMENT = re.compile(r"--.*")
_READ = re.compile(r"\b(?:from|join)\s+([a-z_]+)\b")
_STEP = re.compile(r"\b([a-z_]+) as (?:materialized )?\(")


def _read_sql(path: Path) -> str:
    return _COMMENT.sub("", path.read_text("utf-8"))


def _needs(sql: str) -> list[str]:
    """The tables that a query reads, but for its own steps."""
    steps = set(_STEP.findall(sql))
    return [name for name in dict.fromkeys(_READ.findall(sql)) if name not in steps]


def list_derived() -> dict[str, Path]:
    """Mart -> its file, each after those it needs: what has to be made before `figure.sql` runs."""
    files = {name: path for name, path in mart_names().items() if name not in MARTS}
    found: dict[str, Path] = {}

    def visit(path: Path) -> None:
        for name in _needs(_read_sql(path)):
            if name in files and name not in found:
                visit(files[name])
                found[name] = files[name]

    visit(FIGURE)
    return found


@cache
def list_inputs() -> tuple[str, ...]:
    """The tables of a warehouse that the figures are made from."""
    derived = list_derived()
    needed = [name for path in (*derived.values(), FIGURE) for name in _needs(_read_sql(path)) if name not in derived]
    return tuple(sorted({*needed, *NAMES}))


@cache
def _words() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", " ".join(_read_sql(path) for path in (*list_derived().values(), FIGURE))))


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
