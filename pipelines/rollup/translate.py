"""DuckDB's SQL as Spark's, by sqlglot. There is no formula here: what is read is what the warehouse runs."""

from __future__ import annotations

import sqlglot
from sqlglot import exp


def _number(value: int) -> exp.Expression:
    return exp.cast(exp.Literal.number(value), "double")


def _round_as_duckdb(node: exp.Expression) -> exp.Expression:
    """DuckDB rounds a double by scaling it, Spark by its shortest decimal form; where the two differ, DuckDB's way is the one in force."""
    if not isinstance(node, exp.Round) or node.args.get("decimals") is None:
        return node
    scale = 10 ** int(node.args["decimals"].name)
    scaled = exp.Mul(this=exp.paren(exp.cast(node.this.copy(), "double")), expression=_number(scale))
    return exp.Div(this=exp.Round(this=scaled), expression=_number(scale), typed=False, safe=False)


def split_steps(sql: str) -> list[tuple[str, str]]:
    """(name, query) of each step of a query in Spark's words, the query itself last under an empty name.

    A step is a view of its own there: Spark 4.1 fails to inline the nested steps of several such queries.
    """
    query = sqlglot.parse_one(sql, read="duckdb").transform(_round_as_duckdb)
    steps = [(cte.alias, cte.this.sql("spark")) for cte in query.ctes]
    query.set("with_", None)
    return [*steps, ("", query.sql("spark"))]
