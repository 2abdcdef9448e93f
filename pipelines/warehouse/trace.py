"""The rows behind a figure: the same measure, condition and span that make it, row by row, with file, sheet, cell, version, who and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from pipelines.catalog.model import Catalog, Measure
from pipelines.warehouse.marts import figure_table
from pipelines.warehouse.measures import Parameters, filter_rows, measure_nature, row_value
from pipelines.warehouse.reader import Reader

RETURNS = "returns"  # the measures that count the returns themselves
_OWN = ("township", "union_of_row", "value_of_row", "bound_of_row", "cell", "version", "versions", "received_by", "received_at", "action", "approved_by", "approved_at",
        "township_code", "period", "submission_id", "source_file", "source_sheet", "source_row", "source_table")  # fmt: skip
UNSAID = "未写单位"  # the group of the rows that name no union


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when rows are wanted; with an indicator and no township only of the townships that its figure counts."""

    reading: str
    period: date
    township_code: str | None = None
    union: str | None = None
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a figure, with what it adds and where it stands."""

    value: Decimal | None  # None: the cell is empty, which is no 0
    at_least: bool
    township: str
    township_code: str
    union: str | None
    period: date
    submission_id: str | None  # None: nothing was reported
    file: str | None
    sheet: str | None
    line: int | None  # row of the sheet, from 1
    cell: str | None  # the cell that is added up or that decides whether the row counts
    version: int  # of the form in the township's month, from 1
    versions: int
    sent_by: str | None
    sent_at: datetime | None
    action: str | None  # the county's last act on the upload: approve, return, lock, unlock
    approved_by: str | None
    approved_at: datetime | None
    told: dict[str, object]  # the form's own columns


@dataclass(frozen=True, slots=True)
class Total:
    """The rows of one township or union, added up."""

    key: str  # township code, or the union's name
    name: str
    value: Decimal | None
    at_least: bool
    rows: int
    empty: int  # rows whose cell is empty


@cache
def _template(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text("utf-8")


def names_unions(catalog: Catalog, measure: Measure) -> bool:
    """Whether the rows of the measure's form say which union they belong to."""
    return measure.form != RETURNS and any(c.key == "union_name" for c in catalog.form(measure.form).columns)


def pointed_column(measure: Measure) -> str:
    """The column whose cell stands for a row: the one added up, else the one that decides whether the row counts."""
    return measure.field or next((c.field for c in measure.where), "")


def _union(catalog: Catalog, measure: Measure) -> str:
    if not names_unions(catalog, measure):
        return "null::varchar"
    more = [c.key for c in catalog.form(measure.form).columns if c.key == "employer"]
    return f"coalesce({', '.join(f't.{key}' for key in ('union_name', *more))}, '{UNSAID}')"


def _form_rows(catalog: Catalog, measure: Measure, place: Place, parameters: Parameters) -> str:
    value, bound = row_value(measure)
    meant = filter_rows(measure, parameters)
    if place.indicator and place.township_code is None:
        figures = f'select township_code from "{figure_table(place.reading)}" where indicator = {parameters.add(place.indicator)} and period = $period'
        meant += f" and l.township_code in ({figures})"
    words = {"{union}": _union(catalog, measure), "{value}": value, "{bound}": bound, "{rows}": f'"{measure.form}_all"', "{meant}": meant}
    sql = _template("rows_behind")
    for word, said in words.items():
        sql = sql.replace(word, said)
    parameters.values |= {"form": measure.form, "pointed": pointed_column(measure), "nature": measure_nature(catalog, measure)}
    return sql


def build_rows(catalog: Catalog, measure: Measure, place: Place) -> tuple[str, dict[str, object]]:
    """The SELECT of the rows behind a measure, and its parameters."""
    parameters = Parameters()
    if measure.form == RETURNS:
        sql = _template("returns_behind")
        parameters.values["counted"] = measure.field
    else:
        sql = _form_rows(catalog, measure, place, parameters)
    parameters.values |= {"reading": place.reading, "period": place.period, "township": place.township_code or ""}
    if place.union is not None:
        sql = f"select * from ({sql}) where union_of_row = {parameters.add(place.union)}"
    return sql, parameters.values


def read_rows(reader: Reader, catalog: Catalog, measure: Measure, place: Place, limit: int = 200, offset: int = 0) -> list[Row]:
    """The rows behind a measure, by month, township and place in the sheet."""
    sql, parameters = build_rows(catalog, measure, place)
    sql = f"select * from ({sql}) order by period, township_code, submission_id, source_sheet, source_row limit {int(limit)} offset {int(offset)}"
    return [_row(told) for told in reader.arrow(sql, parameters).read_all().to_pylist()]


def _row(found: dict[str, object]) -> Row:
    told = {key: value for key, value in found.items() if key not in _OWN}
    names = ("value_of_row", "bound_of_row", "township", "township_code", "union_of_row", "period", "submission_id", "source_file", "source_sheet", "source_row",
             "cell", "version", "versions", "received_by", "received_at", "action", "approved_by", "approved_at")  # fmt: skip
    return Row(*(found[name] for name in names), told)


def read_totals(reader: Reader, catalog: Catalog, measure: Measure, place: Place, by: str) -> list[Total]:
    """The rows behind a measure added up `by` township or union, the largest first; all of them by nothing (one total)."""
    key, name = {"township": ("township_code", "township"), "union": ("union_of_row", "union_of_row"), "": ("''", "''")}[by]
    sql, parameters = build_rows(catalog, measure, place)
    sql = f"""select {key}, any_value({name}), sum(value_of_row), coalesce(bool_or(bound_of_row), false), count(*), count(*) - count(value_of_row)
        from ({sql}) group by {key} order by 3 desc nulls last, 1"""
    return [Total(*found) for found in reader.rows(sql, parameters)]
