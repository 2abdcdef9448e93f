"""The roll-up on Spark gives the very figures that DuckDB gives: every place, month, indicator and reading, to the last digit."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.catalog.reading import READINGS
from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.rollup.inputs import list_inputs
from pipelines.rollup.session import check_installed
from pipelines.warehouse.marts import derived_sql, figure_steps, figure_table
from pipelines.warehouse.reader import open_reader
from tests.rollup.invented import CODE

SMALL = """spark.master local[2]
spark.driver.memory 700m
spark.driver.extraJavaOptions -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.autoBroadcastJoinThreshold 32m
"""
FIGURES = "township_code, period, indicator, numerator, denominator, value, at_least, target, attainment, light, pace, revised"
ALIKE = ("indicator", "measure", "span_month", "target")  # each county hands over the same rows


@pytest.fixture(scope="module")
def rolled_up(handed_over, places, tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """What `rollup` wrote, as the table `figure`."""
    try:
        check_installed()
    except UserError as fault:
        pytest.skip(f"{fault.message}{fault.remedy}")
    settings, out = tmp_path_factory.mktemp("spark"), tmp_path_factory.mktemp("rolled") / "out"
    (settings / "spark-defaults.conf").write_text(SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(settings))
        assert main(["rollup", str(handed_over), "--places", str(places), "--out", str(out)]) == 0
    assert [p.name for p in out.parent.iterdir()] == ["out"]
    connection = duckdb.connect()
    connection.execute(f"create table figure as select reading, {FIGURES} from read_parquet('{out}/*/*/*.parquet', hive_partitioning = true)")
    return connection


@pytest.fixture(scope="module")
def truth(handed_over, places) -> duckdb.DuckDBPyConnection:
    """The same files in DuckDB, with the warehouse's own SQL on them; the places above are found by a query."""
    connection = duckdb.connect()
    for name in list_inputs():
        parts = (f"select * from read_parquet('{county / name}/**/*.parquet', hive_partitioning = true)" for county in sorted(handed_over.iterdir()))
        both = " union by name " if name in ALIKE else " union all by name "
        connection.execute(f"create table {name} as {both.join(parts)}")
    connection.execute(f"create table given as from read_csv('{places}', all_varchar = true)")
    connection.execute("""insert into place_township with recursive above as (
        select c.county_code as root, p.parent as code from county as c join given as p on p.code = c.county_code
        union all select a.root, p.parent from above as a join given as p using (code)
    ) select a.code, t.township_code from above as a join place_township as t on t.place_code = a.root where a.code is not null""")
    connection.execute("insert into place select code, name, level, parent, 0 from given where level in ('country', 'province', 'city')")
    for name, sql in derived_sql().items():
        connection.execute(f"create table {name} as {sql}")
    for reading in READINGS:
        for name, sql in figure_steps(reading).items():
            connection.execute(f"create view {name} as {sql}")
    return connection


def differ(one: list[tuple], other: list[tuple]) -> list[tuple]:
    """A few rows that only one of the two has."""
    return sorted(set(one) ^ set(other), key=str)[:6]


@pytest.mark.parametrize("reading", READINGS)
def test_spark_gives_the_figures_of_duckdb(rolled_up, truth, reading):
    given = rolled_up.execute(f"select {FIGURES} from figure where reading = $reading", {"reading": reading}).fetchall()
    wanted = truth.execute(f"select {FIGURES} from {figure_table(reading)}").fetchall()
    assert len(given) == len(set(given)) and not differ(given, wanted)
    assert {row[0] for row in given} >= {"0", "98", "99", "9901", CODE, f"{CODE}100"}
    assert {row[9] for row in given} == {"none", "green", "amber", "red"}
    assert any(row[4] == 0 and row[5] is None for row in given) and {row[11] for row in given} == {True, False}


@pytest.mark.parametrize("reading", READINGS)
def test_the_counties_keep_the_figures_of_their_own_board(rolled_up, province, reading):
    given = rolled_up.execute(f"select {FIGURES} from figure where reading = $reading and township_code like '99%'", {"reading": reading}).fetchall()
    wanted = open_reader(province).rows(f"select {FIGURES} from {figure_table(reading)}")
    assert len(wanted) > 1000 and not differ(given, wanted)


def test_the_columns_are_of_the_types_that_the_board_has(rolled_up, province):
    types = {row[0]: row[1] for row in rolled_up.execute("describe figure").fetchall()}
    assert types.pop("reading") == "VARCHAR"
    assert types == {row[0]: row[1] for row in open_reader(province).rows("describe indicator_value")}
