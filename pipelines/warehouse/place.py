"""A release as one place of the home sees it: the place as the county and its direct children as the townships.

The tables keep their names and columns, so that every query holds at every level: `county` is the place, `township` its children, a table of
figures has the rows of these, and a row of a township that lies below a child counts as the child's. `flat` is for what leaves in a file: every
township below under its own code and name, and the figures of every place in between.
"""

from __future__ import annotations

import duckdb

from pipelines.catalog.reading import READINGS
from pipelines.warehouse.marts import EVERY_READING, figure_table, figures_above

FIGURES = frozenset((*(figure_table(reading) for reading in READINGS), EVERY_READING))
STATUS = "submission_status"
_CODES = """with recursive inside as (
    select place_code as code from release.place where place_code = $place
    union all
    select p.place_code from release.place as p join inside as i on p.parent_code = i.code
) select code from inside"""
_CHILDREN = """create table own.under as
select t.township_code, coalesce(c.place_code, t.township_code) as code, coalesce(c.place, n.township) as name, coalesce(c.sort_order, n.sort_order) as sort_order
from release.place_township as t
left join (select i.township_code, p.place_code, p.place, p.sort_order from release.place_township as i join release.place as p using (place_code)
    where p.parent_code = $place) as c on c.township_code = t.township_code
left join release.township as n on n.township_code = t.township_code
where t.place_code = $place"""
_EVERY = """create table own.under as
select t.township_code, t.township_code as code, n.township as name, n.sort_order
from release.place_township as t join release.township as n using (township_code) where t.place_code = $place"""
_BETWEEN = "select place_code as code, place as name, -1 as sort_order from release.place where place_code in (select unnest($inside)) and place_code <> $place"
# One row per child and month: late where any of its townships was; the least advanced state of what was reported; missing where nothing was.
_ROLLED = """select u.code as township_code, u.name as township, s.period,
    case when bool_and(s.status = 'missing') then 'missing' when bool_or(s.status = 'late') then 'late' else 'on_time' end as status,
    case when count(*) = 1 then any_value(s.submission_id) end as submission_id, max(s.received_at) as received_at, max(s.due) as due,
    bool_and(s.on_time) as on_time, sum(s.versions)::integer as versions, sum(s.forms)::integer as forms, sum(s.nil_forms)::integer as nil_forms,
    coalesce(arg_min(s.state, list_position(['returned', 'submitted', 'resubmitted', 'approved', 'locked'], s.state)) filter (where s.state <> 'missing'), 'missing') as state,
    sum(s.resubmissions)::integer as resubmissions, bool_and(s.nil_return) as nil_return, bool_or(s.supplementary) as supplementary,
    bool_or(s.corrected) as corrected, null::varchar as correction, sum(s.reminders)::integer as reminders, max(s.reminded_at) as reminded_at,
    sum(s.times_returned)::integer as times_returned, null::varchar as return_reason, null::varchar as decided_by, max(s.decided_at) as decided_at,
    sum(s.open_warnings)::integer as open_warnings, sum(s.explained_warnings)::integer as explained_warnings,
    count(*)::integer as units, count(*) filter (where s.status <> 'missing')::integer as units_reported
from release.submission_status as s join own.under as u using (township_code) group by all order by s.period, u.code"""


def _codes(connection: duckdb.DuckDBPyConnection, sql: str, **parameters: object) -> list[str]:
    return [row[0] for row in connection.execute(sql, parameters).fetchall()]


def prepare_place(connection: duckdb.DuckDBPyConnection, place: str, flat: bool) -> dict[str, str]:
    """Makes `own`: which townships lie below the place and as whose they count. Gives the SQL in whose place `release.TABLE` is read, by table."""
    inside = _codes(connection, _CODES, place=place)
    connection.execute("create schema own")
    connection.execute(_EVERY if flat else _CHILDREN, {"place": place})
    connection.execute("create table own.unit as select distinct code, name, sort_order from own.under")
    if flat:
        connection.execute(f"insert into own.unit {_BETWEEN}", {"inside": inside, "place": place})
    else:
        connection.execute("insert into own.unit select place_code, place, sort_order from release.place where parent_code = $place and place_code not in (select code from own.unit)", {"place": place})
    connection.execute("create table own.county as select place_code as county_code, place as county from release.place where place_code = $place", {"place": place})
    codes = sorted({place, *_codes(connection, "select code from own.unit")})
    own, every = connection.execute("select count(*) filter (where code = township_code), count(*) from own.under").fetchone()
    rolled = own < every
    seen, below = (", ".join(map(_quoted, some)) or "null" for some in (codes, inside))
    named = FIGURES | {"target_month"} if rolled else FIGURES.union(_tables_of(connection, "township_code"))  # children that are townships: named one by one, blocks of others are not read
    few = "" if rolled else f"township_code between {_quoted(codes[0])} and {_quoted(codes[-1])} and "  # told while a block is read, of whose rows few are a county's
    read = {table: figures_above(table) for table in FIGURES} if rolled and not own else {}
    return {
        **{table: f'(select * from release."{read.get(table, table)}" where {few}township_code in ({seen}))' for table in named},
        "county": "own.county",
        "township": "(select code as township_code, name as township, sort_order from own.unit)",
        "place": f"(select * from release.place where place_code in ({below}))",
        "place_township": f"(select * from release.place_township where place_code in ({below}))",
        "target": f"(select * from release.target where coalesce(township_code, '') in ('', {seen}))",
        **({STATUS: f"({_ROLLED})"} if rolled else {}),
    }


def _tables_of(connection: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    return _codes(connection, "select distinct table_name from duckdb_columns() where database_name = 'release' and column_name = $column", column=column)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def place_table(table: str, columns: set[str], told: dict[str, str]) -> str:
    """The SQL of a release's table as the place has it; `told` comes from `prepare_place`."""
    if table in told:
        return told[table]
    if "township_code" in columns:
        named = ", u.name as township" if "township" in columns else ""
        return f'(select t.* replace (u.code as township_code{named}) from release."{table}" as t join own.under as u on u.township_code = t.township_code)'
    if "submission_id" in columns:
        return f'(select t.* from release."{table}" as t where submission_id in (select submission_id from release.submission semi join own.under using (township_code)))'
    return f'release."{table}"'
