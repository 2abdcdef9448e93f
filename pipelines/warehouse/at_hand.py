"""What a lake's writer asks for again and again, read once: temporary tables that stand before the lake's under the same names.

Whatever names a table of the lake makes DuckDB ask PostgreSQL four times where its files are, and making the figures of one township-month names
one more than a hundred times. SQL that names no database finds the temporary table first, so the same SQL does for both stores; what is
written names the database (`stored`). A table stands here from the point on at which nobody writes it any more.
"""

from __future__ import annotations

import duckdb

from pipelines.catalog.model import Catalog

FEW = 500  # changed township-months; past them, what is read is more than what is asked
_WHOLE = ("stale", "township", "deadline", "span_month", "indicator", "measure", "standard_item", "place_township")
_BY_MONTH = ("submission", "form_load", "decision")
_BY_UPLOAD = ("correction", "problem_all")
_SPAN = """select min(o.month), max(o.month) from span_month as s join changed as c on c.period = s.month
join span_month as o on o.reading = s.reading and o.period = s.period where s.reading in ('month', 'year')"""


def stored(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The warehouse's own table, as SQL, whatever stands before it."""
    return f'"{connection.execute("select current_database()").fetchone()[0]}"."{table}"'


class AtHand:
    """The temporary tables of one connection, where the warehouse is `far`; else there are none, and all is read from where it is."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, far: bool) -> None:
        self._connection, self._far = connection, far
        self._few = False  # little was changed
        self._tables: list[str] = []

    def _read(self, table: str, which: str = "") -> None:
        self._connection.execute(f'create temp table "{table}" as select t.* from {stored(self._connection, table)} as t {which}')
        self._tables.append(table)

    def read_catalogue(self) -> None:
        """The catalogue's tables, the calendar, and what was touched."""
        for table in _WHOLE if self._far else ():
            self._read(table)

    def read_rows(self, catalog: Catalog) -> None:
        """The uploads and decisions of what is in `changed`, with their rows, where that is little."""
        count, first, last = self._connection.execute("select count(*), min(period), max(period) from changed").fetchone()
        self._few = self._far and 0 < count <= FEW
        if not self._few:
            return
        between = f"where period between date '{first}' and date '{last}'"
        for table in _BY_MONTH:
            self._read(table, f"semi join changed using (township_code, period) {between}")
        for table in _BY_UPLOAD:
            self._read(table, "semi join submission using (submission_id) order by t.rowid")
        reported = {row[0] for row in self._connection.execute("select distinct form from form_load").fetchall()}
        for form in catalog.forms:
            if form.key in reported:
                self._read(f"{form.key}_all", f"semi join submission using (submission_id) {between}")

    def read_corrections(self) -> None:
        """The measures of corrections, once they are made."""
        if self._few:
            some = self._connection.execute("select 1 from correction limit 1").fetchone()
            self._read("measure_revision", "semi join correction using (submission_id)" if some else "limit 0")

    def read_made(self) -> None:
        """What the figures of the changed townships are added up from, once it is made."""
        if not self._few:
            return
        first, last = self._connection.execute(_SPAN).fetchone()
        between = f"where period between date '{first}' and date '{last}'"
        for table in ("measure_value", "submission_status"):
            self._read(table, f"{between} and township_code in (select township_code from changed)")
        self._read("revision", between)

    def let_go(self) -> None:
        """Drops them all."""
        for table in self._tables:
            self._connection.execute(f'drop table temp."{table}"')
        self._tables.clear()
