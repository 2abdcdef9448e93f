"""What a county hands over and to whom, what is told where folders do not go together, and targets of many counties in one table. Needs no Spark."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.access.model import Person
from pipelines.catalog.places import Place, Tree
from pipelines.commandline.main import build_parser, main
from pipelines.commandline.rolling import export_inputs
from pipelines.faults import UserError
from pipelines.rollup import session
from pipelines.rollup.counties import find_counties, gather_small
from pipelines.rollup.inputs import list_inputs
from pipelines.rollup.roll import roll_up
from pipelines.rollup.target import bring_together
from pipelines.warehouse.marts import derived_sql, figure_steps, view_names
from tests.rollup.invented import CODE


@pytest.fixture
def two(handed_over, tmp_path):
    """Two counties' folders that a test may spoil."""
    for code in ("990101", "990102"):
        shutil.copytree(handed_over / code, tmp_path / "two" / code)
    return tmp_path / "two"


def tables_of(sql: str) -> set[str]:
    """What DuckDB itself says that a query reads."""
    told = json.loads(duckdb.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone()[0])
    read, steps, nodes = set(), set(), [told]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            read |= {node["table_name"]} if node.get("type") == "BASE_TABLE" else set()
            steps |= {step["key"] for step in node.get("cte_map", {}).get("map", [])}
        nodes += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return read - steps


def test_the_inputs_are_what_duckdb_says_that_the_figures_read():
    made = derived_sql() | figure_steps("month")
    read = set().union(*map(tables_of, made.values()))
    assert read & set(made) >= {*derived_sql(), "township_month", "figure_month"}
    assert set(list_inputs()) == (read - set(made)) | {"county", "place", "place_township", "township"}


def test_reasons_and_names_of_persons_stay_at_home(handed_over):
    columns = {name: set(pq.read_schema(next((handed_over / "990101" / name).rglob("*.parquet"))).names) for name in list_inputs()}
    assert {"value", "measure"} <= columns["measure_value"] and {"status", "on_time"} <= columns["submission_status"]
    assert not columns["submission_status"] & {"decided_by", "return_reason", "correction", "submission_id"}
    assert not columns["revision"] & {"reason", "revised_by", "submission_id", "old_value"}


def test_inputs_are_handed_over_whole_and_only_by_whoever_sees_everything(demo_home, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["export", "inputs", "--out", str(out)]
    for more in ([], ["--partitioned", "--period", "2026-01"], ["--partitioned", "--where", "measure=x"], ["--partitioned", "--township", "龙坝镇"]):
        assert main([*words, *more]) == 2 and "只能整份导出" in capsys.readouterr().err
    arguments = build_parser().parse_args([*words, "--partitioned"])
    for person in (Person("li", "li", "leader"), Person("admin", "admin", "admin"), Person("zhao", "zhao", "township_clerk", "420324107")):
        with pytest.raises(UserError, match="不能导出汇总用的数据"):
            export_inputs(arguments, person)
    assert not out.exists()
    assert export_inputs(arguments, Person("wang", "wang", "county_clerk")) == 0
    assert {p.name for p in out.iterdir()} == set(list_inputs())
    assert len(list((out / "measure_value").glob("period=*/*.parquet"))) == 3
    assert main([*words, "--partitioned"]) == 2 and "不会覆盖" in capsys.readouterr().err


def test_folders_that_hold_no_county_or_half_of_one_are_told(two, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="没有县导出的汇总数据"):
        find_counties([tmp_path / "empty"])
    assert find_counties([two]) == find_counties([two / "990101", two / "990102"]) == [two / "990101", two / "990102"]
    shutil.rmtree(two / "990102" / "revision")
    with pytest.raises(UserError, match="990102”不完整，缺 revision"):
        find_counties([two])


def test_a_county_that_comes_twice_is_told(two):
    shutil.copytree(two / "990101", two / "再来一次")
    with pytest.raises(UserError, match="县 990101 出现了不止一次"):
        gather_small(find_counties([two]), None)


def test_a_county_with_another_meaning_is_told(two):
    file = two / "990102" / "indicator" / "data_0.parquet"
    rows = pq.read_table(file).to_pylist()
    rows[0]["direction"] = "down" if rows[0]["direction"] != "down" else "up"
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(file)), file)
    with pytest.raises(UserError, match=f"指标 {rows[0]['indicator']} 的定义不同"):
        gather_small(find_counties([two]), None)


def rewrite(folder, change):
    """Every file of a table as another version of the program would have written it."""
    for file in folder.rglob("*.parquet"):
        pq.write_table(change(pq.ParquetFile(file).read()), file)


@pytest.mark.parametrize(("table", "change", "said"), [
    ("indicator", lambda t: t.drop_columns(["direction"]), "缺 direction"),
    ("measure", lambda t: t.append_column("added", pa.nulls(len(t), pa.string())), "多出 added"),
    ("place", lambda t: t.set_column(t.column_names.index("sort_order"), "sort_order", t["sort_order"].cast(pa.string())), "sort_order 是 string 而不是 int"),
    ("target", lambda t: t.drop_columns(["reading"]), "缺 reading"),
    ("measure_value", lambda t: t.drop_columns(["at_least"]), "缺 at_least"),
    ("submission_status", lambda t: t.append_column("added", pa.nulls(len(t), pa.string())), "多出 added"),
])  # fmt: skip
def test_a_county_of_another_version_is_told_with_what_differs(two, table, change, said):
    rewrite(two / "990102" / table, change)
    with pytest.raises(UserError, match="程序版本不同") as told:
        find_counties([two])
    assert f"990102”的 {table} 和“" in told.value.message and said in told.value.message


def test_the_one_that_is_unlike_the_others_is_told(two):
    shutil.copytree(two / "990102", two / "990103")
    rewrite(two / "990101" / "indicator", lambda t: t.drop_columns(["direction"]))
    with pytest.raises(UserError, match="990101”的 indicator 和“.*990102”的不同：缺 direction"):
        find_counties([two])


def test_columns_in_another_order_are_the_same(two):
    before = gather_small(find_counties([two]), None)
    for table in ("indicator", "target", "place"):
        rewrite(two / "990102" / table, lambda t: t.select(t.column_names[::-1]))
    assert gather_small(find_counties([two]), None) == before


def test_a_file_that_did_not_arrive_whole_is_told(two):
    file = next((two / "990102" / "measure_value").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UserError, match="打不开，可能没有传完整"):
        find_counties([two])


def test_a_county_that_no_place_holds_is_told(two):
    known = Tree({"0": Place("0", "国", "country"), "990101": Place("990101", "临溪县", "county", "0")}, {})
    with pytest.raises(UserError, match="地方目录里没有 望江县（990102）"):
        gather_small(find_counties([two]), known)


def test_where_spark_cannot_run_the_remedy_is_told_before_anything_is_written(handed_over, tmp_path, monkeypatch):
    monkeypatch.setattr(session, "find_spec", lambda name: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "no-java"))
    with pytest.raises(UserError, match="没有 Java") as told:
        roll_up([handed_over], tmp_path / "out")
    assert "apt-get install" in told.value.remedy
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    (tmp_path / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match='太旧（openjdk version "11.0.2"'):
        roll_up([handed_over], tmp_path / "out")
    monkeypatch.setattr(session, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="没有 pyspark、sqlglot") as told:
        roll_up([handed_over], tmp_path / "out")
    assert "requirements-spark.txt" in told.value.remedy and not (tmp_path / "out").exists()


def test_a_places_file_with_a_fault_is_told(handed_over, tmp_path, capsys):
    (tmp_path / "places.csv").write_text("code,name,level,parent\n0,国,country,\n98,省,provinz,0\n", "utf-8")
    for path, said in ((tmp_path / "places.csv", "第 3 行：不认识级别“provinz”"), (tmp_path / "none.csv", "没有这个文件")):
        assert main(["rollup", str(handed_over), "--places", str(path), "--out", str(tmp_path / "out")]) == 2
        assert said in capsys.readouterr().err


SCHEMA = pa.schema([("indicator", pa.string()), ("year", pa.int32()), ("value", pa.decimal128(18, 6)), ("source", pa.string()), ("township_code", pa.string()), ("reading", pa.string())])


def targets(*rows: tuple[str, int, int, str]) -> pa.Table:
    """(indicator, year, value, place) as a county's table."""
    return pa.Table.from_pylist([{"indicator": i, "year": y, "value": Decimal(v), "source": "", "township_code": c, "reading": ""} for i, y, v, c in rows], schema=SCHEMA)


def in_force(table: pa.Table, codes: list[str], years: range) -> dict[tuple[str, int], list]:
    """The target of each place and year, by the warehouse's own SQL."""
    connection = duckdb.connect()
    connection.register("target", table)
    connection.execute("create table township as select unnest($codes) as township_code", {"codes": codes})
    connection.execute("create table place as select null::varchar as place_code where false")
    connection.execute("create table span_month as select 'month' as reading, make_date(y, 1, 1) as period from (select unnest($years) as y)", {"years": list(years)})
    connection.execute(f"create table target_year as {derived_sql()['target_year']}")
    sql = view_names()["target_month"].read_text("utf-8")
    found: dict[tuple[str, int], list] = {}
    for code, year, indicator, value in connection.execute(f"select township_code, year(period), indicator, target from ({sql}) order by all").fetchall():
        found.setdefault((code, year), []).append((indicator, value))
    return found


def test_targets_of_counties_hold_in_their_own_places_and_common_ones_everywhere():
    one = targets(("same", 2024, 5, ""), ("other", 2024, 1, ""), ("other", 2026, 2, ""), ("other", 2025, 3, "a1"), ("same", 2026, 6, "a1"))
    two = targets(("same", 2024, 5, ""), ("other", 2024, 9, ""), ("mine", 2025, 4, ""))
    together = bring_together([one, two], [["a", "a1", "a2"], ["b", "b1"]])
    years = range(2024, 2028)
    found = in_force(together, ["a", "a1", "a2", "b", "b1", "above"], years)
    for table, inside in ((one, ["a", "a1", "a2"]), (two, ["b", "b1"])):
        alone = in_force(table, inside, years)
        assert {key: found[key] for key in alone} == alone
    assert found["above", 2027] == [("same", Decimal(5))]


def test_a_folder_of_the_invented_county_is_like_a_real_one(handed_over):
    for name in list_inputs():
        real, invented = (set(pq.read_schema(next((handed_over / code / name).rglob("*.parquet"))).names) - {"period"} for code in ("990101", CODE))
        assert real == invented, name
    assert len(find_counties([handed_over])) == 6
