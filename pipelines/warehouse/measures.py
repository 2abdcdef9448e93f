"""The one place where SQL is put together: the catalogue's measures become one aggregate query per form."""

from __future__ import annotations

from itertools import chain

import duckdb

from pipelines.catalog.model import Catalog, Condition, Measure

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
    return " and ".join(["t.submission_id is not null", *(_condition(c, parameters) for c in measure.where)])


def row_value(measure: Measure) -> tuple[str, str]:
    """What a row `t` that is meant adds to a measure, and whether that is a lower bound, as SQL."""
    return (f't."{measure.field}"', f't."{measure.field}_at_least"') if measure.field else ("1", "false")


def _aggregate(measure: Measure, index: int, parameters: Parameters) -> str:
    """Two columns: the value (0 where no row is meant, missing where the rows hold none) and whether it is a lower bound."""
    conditions = filter_rows(measure, parameters)
    rows = f"count(*) filter (where {conditions})"
    if not measure.field:
        return f"{rows} as m{index}, false as a{index}"
    added, bound = row_value(measure)
    total = f"sum({added}) filter (where {conditions})"
    value = total if measure.form == "monthly" else f"case when {rows} = 0 then 0 else {total} end"
    return f"{value} as m{index}, coalesce(bool_or({bound}) filter (where {conditions}), false) as a{index}"


def _form_query(form: str, measures: dict[str, Measure]) -> tuple[str, dict[str, object]]:
    parameters = Parameters()
    columns = ", ".join(_aggregate(m, i, parameters) for i, m in enumerate(measures.values()))
    names = ", ".join(parameters.add(n) for n in measures)
    values, bounds = (", ".join(f"{letter}{i}" for i in range(len(measures))) for letter in "ma")
    return (
        f"""insert into measure_value
        select period, township_code, measure, value, at_least from (
            select period, township_code, unnest([{names}]) as measure,
                unnest(cast([{values}] as decimal(18, 4)[])) as value, unnest([{bounds}]) as at_least
            from (
                select l.period, l.township_code, {columns}
                from form_load as l join (select distinct * from stale) using (township_code, period)
                left join "{form}_all" as t on t.submission_id = l.submission_id
                where l.form = {parameters.add(form)} and l.superseded_by is null
                group by l.period, l.township_code
            )
        ) where value is not null order by period, township_code, measure""",
        parameters.values,
    )


def _revision_query(form: str, measures: dict[str, Measure]) -> tuple[str, dict[str, object]]:
    """As `_form_query`, of what was in force before each correction of the stale months and after it."""
    parameters = Parameters()
    columns = ", ".join(_aggregate(m, i, parameters) for i, m in enumerate(measures.values()))
    names = ", ".join(parameters.add(n) for n in measures)
    values, bounds = (", ".join(f"{letter}{i}" for i in range(len(measures))) for letter in "ma")
    return (
        f"""insert into measure_revision
        with corrected as (
            select s.submission_id, s.township_code, s.period
            from correction join submission as s using (submission_id) join (select distinct * from stale) using (township_code, period)
        ),
        in_force as (
            select c.submission_id, g.side, max(l.submission_id) as load_id
            from corrected as c cross join (select unnest(['old', 'new']) as side) as g
            join form_load as l on l.township_code = c.township_code and l.period = c.period and l.form = {parameters.add(form)}
                and (l.submission_id < c.submission_id or (g.side = 'new' and l.submission_id = c.submission_id))
            group by all
        )
        select submission_id, side, measure, value, at_least from (
            select submission_id, side, unnest([{names}]) as measure,
                unnest(cast([{values}] as decimal(18, 4)[])) as value, unnest([{bounds}]) as at_least
            from (
                select f.submission_id, f.side, {columns}
                from in_force as f left join "{form}_all" as t on t.submission_id = f.load_id group by f.submission_id, f.side
            )
        ) where value is not null order by submission_id, side, measure""",
        parameters.values,
    )


def _refresh_revisions(connection: duckdb.DuckDBPyConnection, by_form: dict[str, dict[str, Measure]]) -> None:
    if connection.execute("select 1 from correction limit 1").fetchone() is None:
        return
    stale = """select submission_id from submission join (select distinct * from stale) using (township_code, period)"""
    connection.execute(f"delete from measure_revision where submission_id in ({stale})")
    for form, measures in by_form.items():
        connection.execute(*_revision_query(form, measures))


def refresh_measures(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Computes the measures of the stale township-months anew, with those before and after their corrections."""
    first, last = connection.execute("select min(period), max(period) from stale").fetchone()
    if first is None:
        return
    between = f"period between date '{first}' and date '{last}'"  # what lies outside is not read
    connection.execute(f"delete from measure_value where {between} and (township_code, period) in (select township_code, period from stale)")
    by_form: dict[str, dict[str, Measure]] = {}
    for name, measure in list_measures(catalog).items():
        if measure.form != "returns":
            by_form.setdefault(measure.form, {})[name] = measure
    for form, measures in by_form.items():
        connection.execute(*_form_query(form, measures))
    _refresh_revisions(connection, by_form)
