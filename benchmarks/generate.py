"""`python -m benchmarks.generate SIZE HOME`: a home of a size (county, ten, province, country), written straight to what the marts are made from.

Who reports, when, and how much is drawn; the rows of the forms are the demo county's, of the same month of the year, under the township's own name.
Seeded: the same size and seed give the same home.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy
import pyarrow as pa

from benchmarks.divisions import SIZES, Size, list_places
from benchmarks.figures import AT_LEAST, Townships, draw_month, read_ceilings, read_shapes
from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog
from pipelines.catalog.period import due_date, format_period, shift_period
from pipelines.demo.make import LAST, make_demo
from pipelines.home import Home
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.schema import LINEAGE, form_columns
from pipelines.warehouse.writer import Writer, open_writer

LONG = ("register", "standards", "monthly")
MISSING, LATE, STOPPED = 0.02, 0.08, 0.01  # of the township-months, of those, of the townships
BY = "规模生成"
_LOADS = """insert into form_load select c.submission_id, c.township_code, c.period, f.form, f.row_count, f.nil_return, f.sheet, f.range, null
from cell as c join demo.form_load as f on f.township_code = c.like_township and f.period = c.like_period and f.superseded_by is null"""
_ROWS = """insert into "{form}_all" by name select d.* exclude (township_code, period, submission_id, source_file) replace ({dates}),
    c.township_code, c.period, c.submission_id, c.source_file
from cell as c join demo."{form}" as d on d.township_code = c.like_township and d.period = c.like_period where c.period > $since order by c.period, c.township_code"""
_APPROVED = """insert into decision select row_number() over (order by submission_id)::integer, 'approve', township_code, period, submission_id, '', $by, received_at + interval 2 day
from submission where period < $since"""


def write_places(home: Home, size: Size) -> None:
    """Tells the home's catalogue of its places, where it is not the code's own county."""
    if places := list_places(size):
        home.overlay.mkdir(parents=True, exist_ok=True)
        with (home.overlay / "places.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("code", "name", "level", "parent"), *places])


def list_months(size: Size) -> list[date]:
    """The months, oldest first."""
    return [shift_period(LAST, n - size.months + 1) for n in range(size.months)]


class _Reporting:
    """Who reports in which month: a boolean a township for each month."""

    def __init__(self, random: numpy.random.Generator, count: int, months: int) -> None:
        self._random = random
        self._stops = numpy.where(random.random(count) < STOPPED, random.integers(1, months + 1, count), months + 1)

    def draw(self, number: int) -> numpy.ndarray:
        return (self._random.random(len(self._stops)) >= MISSING) & (number < self._stops)


def _arrivals(random: numpy.random.Generator, due: date, count: int) -> list[datetime]:
    """In order of time: most in the days before the month is due, some after it."""
    days = numpy.where(random.random(count) < LATE, random.integers(1, 12, count), -random.integers(0, 8, count))
    minutes = random.integers(8 * 60, 18 * 60, count)
    return sorted(datetime.combine(due, datetime.min.time()) + timedelta(days=int(d), minutes=int(m)) for d, m in zip(days, minutes, strict=True))


def _cells(codes: list[str], period: date, arrivals: list[datetime], first: int, like: list[tuple[str, date]], catalog: Catalog) -> pa.Table:
    """One row per township that reports the month; `like` is the demo's township and month whose rows it has."""
    numbers = [f"{first + n:06d}" for n in range(len(codes))]
    townships, periods = zip(*like, strict=True)
    columns = {
        "submission_id": numbers, "sha256": [f"{number:0>64}" for number in numbers], "source_file": [f"{code}{period:%Y-%m}.xlsx" for code in codes],
        "township_code": codes, "period": [period] * len(codes), "received_at": arrivals, "received_by": [BY] * len(codes), "catalogue_sha256": [catalog.sha256] * len(codes),
        "like_township": list(townships), "like_period": list(periods),
    }  # fmt: skip
    return pa.table(columns)


def _insert_figures(connection: duckdb.DuckDBPyConnection, random: numpy.random.Generator, period: date, codes: numpy.ndarray, drawn: dict[str, numpy.ndarray]) -> None:
    """In the order of the months, the townships and the measures."""
    values = numpy.stack(list(drawn.values()), axis=1).ravel()
    there = ~numpy.isnan(values)
    names = pa.DictionaryArray.from_arrays(numpy.tile(numpy.arange(len(drawn), dtype="int16"), len(codes)), list(drawn))
    places = pa.DictionaryArray.from_arrays(numpy.repeat(numpy.arange(len(codes), dtype="int32"), len(drawn)), list(codes))
    bounds = (random.random(len(values)) < AT_LEAST) & (values > 0)
    block = pa.table({"township_code": places, "measure": names, "value": values, "at_least": bounds}).filter(there)
    connection.register("block", block)
    connection.execute("insert into measure_value select $period, township_code, measure, value::decimal(18, 4), at_least from block", {"period": period})
    connection.unregister("block")


def _months(connection: duckdb.DuckDBPyConnection, size: Size, catalog: Catalog, seed: int) -> Iterator[pa.Table]:
    """Draws and inserts the figures of one month after the other; gives who reported."""
    random = numpy.random.default_rng(seed)
    codes = numpy.array([t.code for t in catalog.county.townships])
    townships, reporting = Townships(random, len(codes)), _Reporting(random, len(codes), size.months)
    shapes, ceilings = read_shapes(connection), read_ceilings(connection)
    models = connection.execute("select distinct township_code, period from demo.form_load where superseded_by is null order by 1, 2").fetchall()
    by_month = {n: [m for m in models if m[1].month == n] or models for n in range(1, 13)}
    sequence = 1
    for number, period in enumerate(list_months(size)):
        reported = reporting.draw(number)
        drawn = {name: values[reported] for name, values in draw_month(random, townships, shapes, ceilings, period.month, number).items()}
        mine, like = codes[reported], by_month[period.month]
        _insert_figures(connection, random, period, mine, drawn)
        chosen = [like[n] for n in random.integers(0, len(like), len(mine))]
        yield _cells(mine.tolist(), period, _arrivals(random, due_date(catalog, period), len(mine)), sequence, chosen, catalog)
        sequence += len(mine)


def _insert_rows(connection: duckdb.DuckDBPyConnection, catalog: Catalog, size: Size) -> None:
    for form in catalog.forms:
        since = shift_period(LAST, -(size.long_months if form.key in LONG else size.ledger_months))
        dates = ", ".join(f'd."{name}" + to_years((year(c.period) - year(d.period))::integer) as "{name}"' for name, kind in form_columns(form) if kind == "date" and name not in LINEAGE)
        sql = _ROWS.format(form=form.key, dates=dates) if dates else _ROWS.format(form=form.key, dates="").replace(" replace ()", "")
        connection.execute(sql, {"since": since})


def fill(writer: Writer, size: Size, demo: Home, seed: int) -> int:
    """Fills an empty warehouse; gives the number of uploads."""
    connection, catalog = writer.connection, writer.catalog
    connection.execute(f"attach '{release_path(demo, read_current(demo))}' as demo (read_only)")
    cells = pa.concat_tables(_months(connection, size, catalog, seed))
    connection.register("cell", cells)
    connection.execute("insert into submission select * exclude (like_township, like_period) from cell")
    connection.execute(_LOADS)
    _insert_rows(connection, catalog, size)
    connection.execute(_APPROVED, {"by": BY, "since": shift_period(LAST, -1)})
    connection.unregister("cell")
    connection.execute("detach demo")
    writer.changed = True
    return len(cells)


def write_receipts(home: Home) -> None:
    """The receipts that the uploads would have left: the next upload reads on from them."""
    home.receipts.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(release_path(home, read_current(home))), read_only=True) as connection:
        rows = connection.execute("select submission_id, sha256, source_file, township_code, period, received_at, catalogue_sha256 from submission").fetchall()
    for number, sha256, file, code, period, at, catalogue in rows:
        asked = {"township_code": code, "period": format_period(period)}
        told = {"sequence": int(number), "sha256": sha256, "file": file, **asked, "asked": asked, "received_at": at.isoformat(timespec="seconds"), "by": BY,
                "catalogue_sha256": catalogue, "explanations": {}, "correction": "", "outcome": "loaded", "problems": []}  # fmt: skip
        (home.receipts / f"{number}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


def generate(home: Home, size: Size, demo: Home, seed: int = 7, receipts: bool = True) -> int:
    """Makes the home and publishes its first release; gives the number of uploads in it. `demo` is a home of the demo county with twelve months or more."""
    write_places(home, size)
    with open_writer(home, load_catalog(overlay=home.overlay), BY) as writer:
        uploads = fill(writer, size, demo, seed)
    if receipts:
        write_receipts(home)
    return uploads


def make_model(home: Home, months: int = 12) -> Home:
    """The demo county that the sizes are modelled on; the same home again where it is there."""
    if read_current(home) is None:
        make_demo(home, months=months)
    return home


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate")
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("home", type=Path)
    parser.add_argument("--model", type=Path, help="a home with the demo county of twelve months; made beside HOME where it is not there")
    parser.add_argument("--seed", type=int, default=7)
    told = parser.parse_args()
    model = make_model(Home((told.model or told.home.with_name(told.home.name + "-model")).resolve()))
    print(f"{generate(Home(told.home.resolve()), SIZES[told.size], model, told.seed):,} uploads in {told.home}")


if __name__ == "__main__":
    main()
