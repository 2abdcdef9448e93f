"""What a cell said in the earlier uploads of its month, where a later one changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from pipelines.catalog.model import Catalog, Measure
from pipelines.warehouse.reader import Reader
from pipelines.warehouse.trace import RETURNS, Row, pointed_column


@dataclass(frozen=True, slots=True)
class Said:
    """One upload's word for a cell."""

    version: int
    said: str | None  # None: the cell was empty
    cell: str | None
    submission_id: str
    file: str
    sent_by: str
    sent_at: datetime
    reason: str | None  # why it was corrected, where the month had been approved


@dataclass(frozen=True, slots=True)
class Changed:
    """A row whose cell was changed, with every word for it from the first to the one in force."""

    row: Row
    versions: tuple[Said, ...]


@cache
def _template() -> str:
    return (Path(__file__).parent / "cell_versions.sql").read_text("utf-8")


def _key(catalog: Catalog, measure: Measure) -> tuple[str, ...]:
    """What tells a row from upload to upload: the form's own key, else where it stands."""
    return catalog.form(measure.form).unique or ("source_sheet", "source_row")


def _read(reader: Reader, catalog: Catalog, measure: Measure, township_code: str, period: date) -> dict[str, list[Said]]:
    key = " || chr(31) || ".join(f'coalesce(t."{name}"::varchar, \'\')' for name in _key(catalog, measure))
    words = {"{key}": key, "{said}": f't."{pointed_column(measure)}"', "{rows}": f'"{measure.form}_all"'}
    sql = _template()
    for word, text in words.items():
        sql = sql.replace(word, text)
    found = reader.rows(sql, {"form": measure.form, "pointed": pointed_column(measure), "township": township_code, "period": period})
    by_key: dict[str, list[Said]] = {}
    for name, version, _, *said in found:
        by_key.setdefault(name, []).append(Said(version, *said))
    return by_key


def _name(catalog: Catalog, measure: Measure, row: Row) -> str:
    own = {"source_sheet": row.sheet, "source_row": row.line} | row.told
    return chr(31).join("" if own[name] is None else str(own[name]) for name in _key(catalog, measure))


def find_changed(reader: Reader, catalog: Catalog, measure: Measure, rows: Sequence[Row]) -> list[Changed]:
    """The rows whose cell an earlier upload of the month told differently."""
    if measure.form == RETURNS or not pointed_column(measure):
        return []
    revised = sorted((r for r in rows if r.version > 1), key=lambda r: (r.township_code, r.period))
    changed = []
    for (township_code, period), group in groupby(revised, key=lambda r: (r.township_code, r.period)):
        known = _read(reader, catalog, measure, township_code, period)
        for row in group:
            versions = [s for s in known.get(_name(catalog, measure, row), ()) if s.version <= row.version]
            if len({s.said for s in versions}) > 1:
                changed.append(Changed(row, tuple(versions)))
    return changed
