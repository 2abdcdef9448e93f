"""Rows as CSV that opens right in a Chinese Excel: UTF-8 with BOM, no formula can start in a cell, streamed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal

import numpy
import pyarrow
import pyarrow.compute as compute
from pyarrow import types

from pipelines.reports.mark import COLUMN, Mark

BOM = "\ufeff".encode()
_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
_FORMULA = f"^[{re.escape(''.join(_FORMULA_STARTS))}]"


def escape_formula(text: str) -> str:
    """The text with a leading ' where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def format_value(value: object) -> str:
    """A value as the export contract writes it: blank, true/false, YYYY-MM-DD, plain decimals."""
    if value is None:
        return ""
    if isinstance(value, str):
        return escape_formula(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _text(text: str) -> pyarrow.Scalar:
    """For Arrow, which loads pandas where it is given a plain string; that would take longer than a small file."""
    told = text.encode()
    return pyarrow.StringArray.from_buffers(1, pyarrow.py_buffer(numpy.array([0, len(told)], "int32")), pyarrow.py_buffer(told))[0]


def _format_column(column: pyarrow.Array) -> pyarrow.Array:
    """The same for a whole column, quoted where its text asks for it; in Arrow where that writes every value as `format_value` does."""
    kind = column.type
    if types.is_string(kind):
        is_formula = compute.match_substring_regex(column, _FORMULA)
        return _quote(compute.if_else(is_formula, compute.binary_join_element_wise(_text("'"), column, _text("")), column) if compute.any(is_formula).as_py() else column)
    if types.is_boolean(kind) or types.is_integer(kind) or types.is_date32(kind):
        return column.cast(pyarrow.string())
    if types.is_decimal(kind):
        text = column.cast(pyarrow.string())
        return compute.replace_substring_regex(text, r"\.?0+$", "") if kind.scale > 0 else text
    if types.is_timestamp(kind) and kind.tz is None:
        return compute.floor_temporal(column, unit="second").cast(pyarrow.timestamp("s")).cast(pyarrow.string())
    return _quote(pyarrow.array(map(format_value, column.to_pylist()), pyarrow.string()))


def _quote(column: pyarrow.Array) -> pyarrow.Array:
    """In quotation marks where a comma, a quotation mark or a line's end asks for them."""
    asks = compute.match_substring_regex(column, '[",\r\n]')
    if not compute.any(asks).as_py():
        return column
    return compute.if_else(asks, compute.binary_join_element_wise(_text('"'), compute.replace_substring(column, '"', '""'), _text('"'), _text("")), column)


def _write_lines(columns: list[pyarrow.Array]) -> bytes:
    """Columns of text as lines that end in CR LF; a missing value is blank, and so is a line of nothing else, which CSV writes as two quotation marks."""
    if len(columns) == 1:
        columns = [compute.if_else(compute.equal(compute.fill_null(columns[0], ""), ""), '""', columns[0])]
    lines = compute.binary_join_element_wise(*columns, _text(","), null_handling="replace", null_replacement="")
    lines = compute.binary_join_element_wise(lines, _text(""), _text("\r\n"))
    _, offsets, text = lines.buffers()
    return text[: numpy.frombuffer(offsets, "int32")[len(lines)]].to_pybytes() if len(lines) else b""


def _line(texts: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(texts)
    return line.getvalue()


def iter_csv(batches: pyarrow.RecordBatchReader, mark: Mark | None = None) -> Iterator[bytes]:
    """The CSV in pieces, the header first; a mark is the last column, so that no reader stumbles and no row goes without."""
    yield BOM + _line([*map(escape_formula, batches.schema.names), *([COLUMN] if mark else [])]).encode() + b"\r\n"
    last = [_text(_line([mark.sentence]))] if mark else []
    with ThreadPoolExecutor(2) as pool:
        for batch in batches:
            columns = list(pool.map(_format_column, batch.columns))
            yield _write_lines([*columns, *last])
