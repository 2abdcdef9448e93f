"""Counts of one or two persons do not leave in the export of somebody who may not see personal data, and cannot be asked for by a filter."""

from __future__ import annotations

import duckdb
import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest

from pipelines.access.model import RIGHTS, Person
from pipelines.catalog.load import load_catalog_from_text, read_catalog_text
from pipelines.catalog.privacy import counted_parts
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, read_table
from pipelines.warehouse.marts import figures_above
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.warehouse.scope import Limited, Scope, Small, make_scope

PERSONS = ("人", "人次", "户")
OWN = "420324107"
WITHOUT = [role for role, rights in RIGHTS.items() if "see_personal" not in rights]
FIGURES = ("indicator_value", "indicator_quarter", "indicator_half", "indicator_year", "indicator_statistical_year")


def reader_of(home, catalog, role: str, export: bool = True) -> Reader:
    person = Person(role, role, role, OWN if role == "township_clerk" else None)
    return open_reader(home, scope=make_scope(catalog, person, export))


def rows_of(reader: Reader, catalog, table: str, **where: str) -> list[dict]:
    return read_table(reader, catalog, Selection(table, where=where)).read_all().to_pylist()


def is_small(value) -> bool:
    return value is not None and 0 < value < 3


def test_three_of_the_roles_may_not_see_persons():
    assert sorted(WITHOUT) == ["admin", "leader", "township_clerk"]


@pytest.mark.parametrize("role", WITHOUT)
def test_every_small_count_of_a_form_is_left_out_and_named_and_nothing_else(demo, catalog, role):
    found = 0
    for form in catalog.forms:
        counted = [c.key for c in form.columns if c.type == "count" and c.unit in PERSONS]
        kept = rows_of(reader_of(demo, catalog, role, export=False), catalog, form.key)
        shown = rows_of(reader_of(demo, catalog, role), catalog, form.key)
        for before, after in zip(kept, shown, strict=True):
            named = (after.pop("suppressed", None) or "").split(",")
            for key in counted:
                assert not is_small(after[key])
                assert (key in named) == is_small(before[key])
                found += is_small(before[key])
            assert {k: v for k, v in after.items() if k not in named} == {k: v for k, v in before.items() if k not in named}
    assert found > 20


@pytest.mark.parametrize("role", WITHOUT)
@pytest.mark.parametrize("table", FIGURES)
def test_a_figure_goes_with_the_count_that_it_could_be_worked_out_from(demo, catalog, role, table):
    above, below = counted_parts(catalog)
    assert {"mem_new", "relief_times"} <= set(above) and {"mem_rate_units", "relief_average"} <= set(below) and "relief_amount" not in above
    kept = rows_of(reader_of(demo, catalog, role, export=False), catalog, table)
    shown = rows_of(reader_of(demo, catalog, role), catalog, table)
    hidden = 0
    for before, after in zip(kept, shown, strict=True):
        parts = (("numerator", above), ("denominator", below))
        small = [part for part, codes in parts if before["indicator"] in codes and is_small(before[part])]
        expected = {*small, "value", "attainment"} if small else set()
        assert {k for k in before if after[k] != before[k]} == {k for k in expected if before[k] is not None}
        assert set((after["suppressed"] or "").split(",")) - {""} == {k for k in expected if before[k] is not None}
        hidden += bool(small)
    assert hidden or role == "township_clerk"


@pytest.mark.parametrize("table", FIGURES)
def test_the_figures_of_places_alone_leave_small_counts_out_too(demo, catalog, table):
    assert "suppressed" in reader_of(demo, catalog, "leader").frame(f"from {figures_above(table)} limit 0")


def test_the_items_of_the_monthly_form_are_left_out_by_their_unit(demo, catalog):
    units = {i.code: i.unit for i in catalog.monthly_items}
    rows = rows_of(reader_of(demo, catalog, "leader"), catalog, "monthly")
    medals = [r for r in rows if r["indicator_code"] == "hon_may_medal"]
    assert not [r for r in rows if r not in medals and units[r["indicator_code"]] in PERSONS and (is_small(r["value"]) or is_small(r["year_to_date"]))]
    assert [r for r in rows if units[r["indicator_code"]] not in PERSONS and is_small(r["value"])]


@pytest.mark.parametrize("role", WITHOUT)
def test_a_filter_does_not_find_what_is_left_out(demo, catalog, role):
    assert rows_of(reader_of(demo, catalog, "county_clerk"), catalog, "relief", recipients="1")
    assert not rows_of(reader_of(demo, catalog, role), catalog, "relief", recipients="1")
    assert not rows_of(reader_of(demo, catalog, role), catalog, "indicator_value", numerator="2.0000", indicator="relief_hospital_times")


@pytest.mark.parametrize("role", ["county_clerk", "open"])
def test_who_may_see_persons_gets_every_count(demo, catalog, role):
    rows = rows_of(reader_of(demo, catalog, role), catalog, "relief")
    assert "suppressed" not in rows[0] and [r for r in rows if is_small(r["recipients"])]


def test_numbers_stay_numbers_and_the_mark_comes_with_chosen_columns_too(demo, catalog, tmp_path):
    reader = reader_of(demo, catalog, "leader")
    write_export(read_table(reader, catalog, Selection("relief", columns=("recipients", "amount"))), tmp_path / "a.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    assert table.column_names == ["recipients", "amount", "suppressed"]
    assert table.schema.field("recipients").type == pyarrow.int64()
    assert table.filter(pyarrow.compute.equal(table["suppressed"], "recipients"))["recipients"].null_count > 0
    write_export(read_table(reader, catalog, Selection("relief", columns=("recipients",))), tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "recipients,suppressed" and ",recipients" in lines and not {"1,", "2,"} & set(lines)


def test_what_stood_in_the_cell_goes_with_the_count(tmp_path):
    file = tmp_path / "release.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute("create table relief as select * from (values (2::bigint, '{\"recipients\": \"２人\"}'), (3, '{\"recipients\": \"３人\"}')) t(recipients, as_written)")
    connection = duckdb.connect()
    connection.execute(f"attach '{file}' as release (read_only)")
    limited = Limited(connection, Scope(small=(Small("relief", "recipients", "recipients"), Small("relief", "as_written", "recipients")), least=3))
    limited.prepare(shown := "select * from relief order by 1 nulls first")
    assert connection.execute(shown).fetchall() == [
        (None, None, "as_written,recipients"), (3, '{"recipients": "３人"}', None)]  # fmt: skip


def test_the_county_says_which_counts_are_small(demo):
    texts = read_catalog_text()
    texts["privacy.toml"] = '[small_counts]\nleast = 11\nunits = ["人次"]\npublic = ["indicator:relief_times"]\n'
    mine = load_catalog_from_text(texts)
    rows = rows_of(reader_of(demo, mine, "leader"), mine, "relief")
    assert [r for r in rows if r["recipients"] is not None] and all(r["recipients"] is None or r["recipients"] == 0 or r["recipients"] > 10 for r in rows)
    figures = {(r["indicator"], r["value"] is None) for r in rows_of(reader_of(demo, mine, "leader"), mine, "indicator_value")}
    assert ("relief_times", True) not in figures and ("relief_hospital_times", True) in figures
