"""A table as a folder of Parquet by month: the same rows as in one file, for whoever may have them, whole or not at all."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest

from pipelines.access.model import Person
from pipelines.catalog.load import load_catalog
from pipelines.commandline.main import main
from pipelines.durable import make_folder
from pipelines.faults import DiskFault, UserError
from pipelines.reports.partitioned import chain_months, read_months, write_partitioned
from pipelines.reports.table import Selection, list_tables, read_table
from pipelines.warehouse.partitions import write_partitions
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope
from tests.demo_homes import copy_demo

CATALOG = load_catalog()
OWN = "420324107"


def read_folder(folder, months: str = "strftime(period, '%Y-%m')") -> list[tuple]:
    """The rows of a partitioned folder in the order of one file's columns, months as text."""
    names = sorted(pa.parquet.read_schema(next(iter(folder.rglob("*.parquet")))).names + ["period"])
    columns = ", ".join(months if n == "period" else f'"{n}"' for n in dict.fromkeys(names))
    return duckdb.sql(f"select {columns} from read_parquet('{folder}/**/*.parquet', hive_partitioning = true) order by all").fetchall()


def rows_of(reader, selection: Selection) -> list[tuple]:
    """The rows as every other export has them."""
    found = read_table(reader, CATALOG, selection).read_all()
    return duckdb.from_arrow(found.select(sorted(found.column_names))).order("all").fetchall()


def reader_of(home, role: str):
    """What an export of that role reads."""
    return open_reader(home, scope=make_scope(CATALOG, Person(role, role, role, OWN if role == "township_clerk" else None), export=True))


ALL = tuple(list_tables(CATALOG))
LIMITED = ("register", "relief", "indicator_value", "audit")


@pytest.mark.parametrize(("role", "tables", "least"), [("county_clerk", ALL, 14), ("leader", LIMITED, 4), ("township_clerk", LIMITED, 4)])
def test_every_table_has_the_rows_that_one_file_has(demo, tmp_path, role, tables, least):
    reader, filled = reader_of(demo, role), 0
    for table in tables:
        write_partitioned(read_months(reader, CATALOG, Selection(table)), tmp_path / table)
        wanted = rows_of(reader, Selection(table))
        assert read_folder(tmp_path / table) == wanted, table
        filled += len(wanted) > 0
        folders = {p.name for p in (tmp_path / table).iterdir()}
        assert folders == ({"data_0.parquet"} if not wanted else folders) and (not wanted or all(f.startswith("period=") for f in folders)), table
    assert filled >= least


def test_the_verb_filters_and_takes_no_folder_with_something_in_it(demo_home, tmp_path, capsys):
    out = tmp_path / "out" / "relief"
    last, kind = open_reader(demo_home).rows("select period, category from relief where township_code = $own order by period desc limit 1", {"own": OWN})[0]
    words = ["export", "relief", "--partitioned", "--township", "龙坝镇", "--where", f"category={kind}", "--out", str(out)]
    assert main([*words, "--period", f"{last:%Y-%m}"]) == 0
    assert [p.name for p in out.iterdir()] == [f"period={last}"]
    wanted = rows_of(open_reader(demo_home), Selection("relief", (last, last), OWN, {"category": kind}))
    assert wanted and read_folder(out) == wanted
    before = [(p, p.stat().st_mtime_ns) for p in sorted(out.rglob("*"))]
    assert main(words) == 2 and "里已经有东西，不会覆盖。请换一个文件夹" in capsys.readouterr().err
    assert [(p, p.stat().st_mtime_ns) for p in sorted(out.rglob("*"))] == before
    (tmp_path / "empty").mkdir()
    assert main([*words[:-1], str(tmp_path / "empty")]) == 0 and any((tmp_path / "empty").iterdir())


def test_names_in_clear_carry_their_mark_in_every_file(home, tmp_path):
    copy_demo(home, months=3)  # who takes names in clear is written down in the home
    words = ["export", "relief", "--partitioned", "--personal", "--reason", "核对春节慰问金发放名册'x", "--out", str(tmp_path / "out")]
    assert main(words) == 0
    files = list((tmp_path / "out").rglob("*.parquet"))
    assert len(files) == 3
    assert {pa.parquet.read_metadata(f).metadata[b"union_board_reason"].decode() for f in files} == {"核对春节慰问金发放名册'x"}


def test_what_fails_half_way_leaves_nothing(tmp_path):
    schema = pa.schema([("period", pa.string()), ("value", pa.int64())])

    def break_off():
        yield pa.record_batch([["2026-01"], [1]], schema=schema)
        raise UserError("断了。", "")

    with pytest.raises(Exception, match="断了"):
        write_partitioned(pa.RecordBatchReader.from_batches(schema, break_off()), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_left(tmp_path):
    """As DuckDB says it, and Spark."""
    with pytest.raises(DiskFault, match="磁盘已满"), make_folder(tmp_path / "out") as partial:
        (partial / "half").touch()
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_months_are_read_one_after_the_other(tmp_path):
    """The next month is asked for only when the last one was taken in, so that no more than one lies in memory."""
    schema, asked = pa.schema([("period", pa.string()), ("value", pa.int64())]), []

    def read(month: str) -> pa.RecordBatchReader:
        asked.append(month)
        return pa.RecordBatchReader.from_batches(schema, iter([pa.record_batch([[month], [len(asked)]], schema=schema)]))

    batches = chain_months(("2026-01", "2026-02"), read)
    assert asked == ["2026-01"] and batches.read_next_batch().num_rows == 1 and asked == ["2026-01"]
    write_partitions(batches, tmp_path)
    assert asked == ["2026-01", "2026-02"] and [p.name for p in tmp_path.iterdir()] == ["period=2026-02-01"]
