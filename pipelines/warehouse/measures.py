"""The one place where SQL is put together: the catalogue's measures become one aggregate query per form."""

from __future__ import annotations

from itertools import chain

import duckdb

from pipelines.catalog.model import Catalog, Condition, Measure
from pipelines.warehouse.at_hand import stored

_SYMBOLS = {"=": "=", ">=": ">=", ">": ">", "<": "<", "<=": "<="}


def name_measure(measure: Measure) -> str:
    """A readable name that two equal measures share: `register.covered_units[has_union=True]`."""
    where = ",".join(f"{c.field}{c.operator}{c.value}" for c in measure.where)
    return f"{measure.form}.{measure.field or 'rows'}" + (f"[{where}]" if where else "")


def list_measures(catalog: Catalog) -> dict[str, Measure]:
    """Every measure that an indicator needs, once, by name."""
    parts = chain.from_iterable((i.numerator, i.denominator) for i in catalog.indicators)
    return {name_measure(m): m for m in parts if m is not None}


def measure_nature(catalog: Catalog, measure: Measure) -> str:
    """`stock` or `flow`: the form's, for 乡镇月报 the item's, and what a register says of the month itself is a flow."""
    if measure.form == "returns":
        return "flow"
    if measure.form == "monthly":
        code = next((c.value for c in measure.where if c.field == "indicator_code"), "")
        return next((i.nature for i in catalog.monthly_items if i.code == code), "stock").replace("bool", "stock")
    if measure.form == "register" and measure.field in ("new_members", "left_members"):
        return "flow"
    return catalog.form(measure.form).nature


class Parameters:
    """Collects the values of a query under `$v0`, `$v1` …"""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def add(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"


def _condition(condition: Condition, parameters: Parameters) -> str:
    field = f't."{condition.field}"'
    if condition.operator == "in":
        return f"{field} in ({', '.join(parameters.add(v) for v in condition.value)})"
    if condition.value is None:
        return f"{field} is null"
    return f"{field} {_SYMBOLS[condition.operator]} {parameters.add(condition.value)}"


def filter_rows(measure: Measure, parameters: Parameters) -> str:
    """The SQL that says which rows `t` of its form a measure means."""
    return " and ".join(_condition(c, parameters) for c in measure.where) or "true"


def row_value(measure: Measure) -> tuple[str, str]:
    """What a row `t` that is meant adds to a measure, and whether that is a lower bound, as SQL."""
    return (f't."{measure.field}"', f't."{measure.field}_at_least"') if measure.field else ("1", "false")


def _values(form: str, measures: dict[str, Measure], parameters: Parameters) -> str:
    """The measures over the rows of each upload `load_id` in the table `loads`, under its keys `k1` and `k2`, as SQL: the value, and whether it is a lower bound.

    A measure that no row is meant for is 0, but missing in 乡镇月报, whose rows are the items that were reported; missing too is a sum of cells without a figure.
    """
    parts = [(filter_rows(m, parameters), *row_value(m)) for m in measures.values()]
    names = f"unnest([{', '.join(parameters.add(n) for n in measures)}]) as measure"
    meant, added, bounds = (", ".join(column) for column in zip(*parts, strict=True))
    every = "inner" if form == "monthly" else "left"
    return f"""select k1, k2, measure, case when m.at_least is null then 0 else m.value end as value, coalesce(m.at_least, false) as at_least
        from (select k1, k2, {names} from loads) {every} join (
            select k1, k2, measure, sum(added) as value, coalesce(bool_or(bound), false) as at_least
            from (
                select k1, k2, {names}, unnest([{meant}]) as is_meant, unnest(cast([{added}] as decimal(18, 4)[])) as added, unnest([{bounds}]) as bound
                from loads join "{form}_all" as t on t.submission_id = loads.load_id
            ) where is_meant group by all
        ) as m using (k1, k2, measure)
        where m.value is not null or m.at_least is null order by k1, k2, measure"""


_LOADED = """select l.period as k1, l.township_code as k2, l.submission_id as load_id from form_load as l join (select distinct * from stale) using (township_code, period)
where l.form = {form} and l.superseded_by is null"""
_CORRECTED = """select c.submission_id as k1, g.side as k2, max(l.submission_id) as load_id
from correction join submission as c using (submission_id) join (select distinct * from stale) as k on k.township_code = c.township_code and k.period = c.period
cross join (select unnest(['old', 'new']) as side) as g
join form_load as l on l.township_code = c.township_code and l.period = c.period and l.form = {form}
    and (l.submission_id < c.submission_id or (g.side = 'new' and l.submission_id = c.submission_id))
group by all"""  # what was in force before each correction of the stale months, and after it


def _insert(table: str, loads: str, by_form: dict[str, dict[str, Measure]]) -> tuple[str, dict[str, object]]:
    """One statement for all forms; a lake takes as long for a statement as for a form."""
    parameters = Parameters()
    parts = [
        f"(with loads as ({loads.format(form=parameters.add(form))}) {_values(form, measures, parameters)})"
        for form, measures in sorted(by_form.items())
    ]
    return f"insert into {table} {' union all '.join(parts)}", parameters.values


def _refresh_revisions(connection: duckdb.DuckDBPyConnection, by_form: dict[str, dict[str, Measure]]) -> None:
    if connection.execute("select 1 from correction limit 1").fetchone() is None:
        return
    stale = """select submission_id from submission join (select distinct * from stale) using (township_code, period)"""
    table = stored(connection, "measure_revision")
    connection.execute(f"delete from {table} where submission_id in ({stale})")
    connection.execute(*_insert(table, _CORRECTED, by_form))


def refresh_measures(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Computes the measures of the stale township-months anew, with those before and after their corrections."""
    first, last = connection.execute("select min(period), max(period) from stale").fetchone()
    if first is None:
        return
    between = f"period between date '{first}' and date '{last}'"  # what lies outside is not read
    table = stored(connection, "measure_value")
    connection.execute(f"delete from {table} where {between} and (township_code, period) in (select township_code, period from stale)")
    by_form: dict[str, dict[str, Measure]] = {}
    for name, measure in list_measures(catalog).items():
        if measure.form != "returns":
            by_form.setdefault(measure.form, {})[name] = measure
    reported = connection.execute("select distinct form from form_load join stale using (township_code, period) where superseded_by is null").fetchall()
    if meant := {form: by_form[form] for (form,) in reported if form in by_form}:
        connection.execute(*_insert(table, _LOADED, meant))
    _refresh_revisions(connection, by_form)
