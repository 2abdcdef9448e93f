"""The made-up samples of `tests/samples`: each a small workbook as a table of texts, and how it must be read."""

from __future__ import annotations

import io
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import xlsxwriter

FOLDER = Path(__file__).resolve().parent.parent / "samples"


def list_samples() -> list[Path]:
    """Every sample."""
    return sorted(FOLDER.glob("*.toml"))


def read_sample(path: Path) -> dict:
    """The sample's tables."""
    return tomllib.loads(path.read_text("utf-8"))


def _write(page, book, sheet: dict) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(sheet["rows"]):
        for column, cell in enumerate(cells):
            if isinstance(cell, bool):
                page.write_boolean(row, column, cell)
            elif isinstance(cell, (int, float)):
                page.write_number(row, column, cell)
            elif isinstance(cell, date):
                page.write_datetime(row, column, cell, day)
            elif cell.startswith("="):
                formula, _, result = cell.partition(" -> ")
                page.write_formula(row, column, formula, None, float(result) if result.isdigit() else result)
            elif cell != "":
                page.write_string(row, column, cell)
    for merge in sheet.get("merges", []):
        page.merge_range(merge, "") if ":" in merge else None
        _rewrite_corner(page, sheet, merge)
    for number in sheet.get("hidden_rows", []):
        page.set_row(number - 1, None, None, {"hidden": True})
    for letters in sheet.get("hidden_columns", []):
        page.set_column(f"{letters}:{letters}", None, None, {"hidden": True})
    if sheet.get("hidden"):
        page.hide()


def _rewrite_corner(page, sheet: dict, merge: str) -> None:
    from pipelines.intake.locate.grid import split_address

    column, row = split_address(merge.split(":")[0])
    value = sheet["rows"][row - 1][column]
    page.write(row - 1, column, value)


def build_sample(sample: dict) -> bytes:
    """The sample as an xlsx workbook, or the given text in its encoding."""
    if "text" in sample:
        return sample["text"].encode(sample.get("encoding", "utf-8"))
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    for sheet in sample["sheet"]:
        _write(book.add_worksheet(sheet["name"]), book, sheet)
    book.close()
    return target.getvalue()


def plain(value: object) -> object:
    """A typed value as the sample writes it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
