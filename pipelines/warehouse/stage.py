"""Puts accepted uploads into the warehouse, all of them or none, and retires the rows that they replace."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from pipelines.catalog.model import Catalog, Form
from pipelines.warehouse.meaning import insert_rows
from pipelines.warehouse.schema import LINEAGE, SOURCE_TABLE, form_columns
from pipelines.warehouse.submission import FormRows, Submission
from pipelines.warehouse.transaction import transaction

_ARROW = {
    "varchar": pa.string(), "date": pa.date32(), "integer": pa.int32(), "bigint": pa.int64(),
    "boolean": pa.bool_(), "decimal(18, 4)": pa.decimal128(18, 4),
}  # fmt: skip

_RETIRE = """update form_load as old set superseded_by = new.submission_id from arriving as new
where old.superseded_by is null and old.township_code = new.township_code and old.period = new.period and old.form = new.form"""


def _submission_row(s: Submission) -> tuple:
    return (s.submission_id, s.sha256, s.source_file, s.township_code, s.period, s.received_at, s.received_by, s.catalogue_sha256)


def _form_load_row(s: Submission, f: FormRows) -> tuple:
    return (s.submission_id, s.township_code, s.period, f.form, len(f.rows), f.nil_return, f.sheet, f.range, None)


def _problem_rows(s: Submission) -> list[tuple]:
    return [(s.submission_id, *p.as_dict().values(), s.explanation(p)) for p in s.problems]


def _problem_order(row: tuple) -> tuple:
    submission_id, code, severity, *rest = row
    return (submission_id, severity, code, *rest)


def _column(form_rows: list[tuple[Submission, FormRows]], name: str) -> list:
    if name == "source_row":
        return [n for _, f in form_rows for n in f.source_rows]
    if name == SOURCE_TABLE:
        return [n or None for _, f in form_rows for n in f.source_tables or [0] * len(f.rows)]
    if name == "source_sheet":
        return [n for _, f in form_rows for n in f.source_sheets]
    if name in LINEAGE:
        return [getattr(s, name) for s, f in form_rows for _ in f.rows]
    if name.endswith("_at_least"):
        return [row.get(name, False) if row.get(name.removesuffix("_at_least")) is not None else None for _, f in form_rows for row in f.rows]
    return [row.get(name) for _, f in form_rows for row in f.rows]


def _write_form(connection: duckdb.DuckDBPyConnection, form: Form, submissions: Sequence[Submission]) -> None:
    form_rows = [(s, f) for s in submissions for f in s.forms if f.form == form.key]
    if not any(f.rows for _, f in form_rows):
        return
    columns = form_columns(form)
    arrays = [pa.array(_column(form_rows, name), type=_ARROW[kind]) for name, kind in columns]
    connection.register("block", pa.table(arrays, names=[name for name, _ in columns]))
    connection.execute(f'insert into "{form.key}_all" by name select * from block')
    connection.unregister("block")


def write_submissions(connection: duckdb.DuckDBPyConnection, catalog: Catalog, submissions: Sequence[Submission]) -> None:
    """Writes uploads of different townships or months in one transaction; an error leaves the warehouse as it was."""
    loads = [_form_load_row(s, f) for s in submissions for f in s.forms]
    with transaction(connection):
        connection.execute("create or replace temp table arriving (submission_id varchar, township_code varchar, period date, form varchar)")
        insert_rows(connection, "arriving", [row[:4] for row in loads])
        connection.execute(_RETIRE)
        insert_rows(connection, "submission", [_submission_row(s) for s in submissions])
        insert_rows(connection, "form_load", loads)
        insert_rows(connection, "correction", [(s.submission_id, s.correction) for s in submissions if s.correction])
        letters = [(s.submission_id, f.form, f.sheet, k, v, n or None) for s in submissions for f in s.forms for n, columns in enumerate(f.columns) for k, v in columns.items()]
        insert_rows(connection, "form_column", letters)
        insert_rows(connection, "problem_all", [_problem_order(row) for s in submissions for row in _problem_rows(s)])
        for form in catalog.forms:
            _write_form(connection, form, submissions)
        connection.execute("insert into stale select distinct township_code, period from arriving")
