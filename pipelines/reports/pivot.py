"""A table pivoted: its filtered rows counted or added up by some columns, across the values of another, with totals below and beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow

from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.reports.table import Selection, build_query, more_tables
from pipelines.reports.words import Words, tell_apart
from pipelines.warehouse.reader import Reader

AGGREGATES = {"count": "行数", "sum": "合计", "avg": "平均", "min": "最小", "max": "最大"}
MOST_ROWS, MOST_COLUMNS = 3, 60  # columns to group by, values to spread across
TOTAL, EMPTY = "合计", "（空）"
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS = (*_WHOLE, "FLOAT", "DOUBLE", "DECIMAL")
_MORE = {"township": ("township_code", "coalesce(t.township, c.county)"), "indicator_name": ("indicator", "i.name")}  # names that a table has only the codes of


@dataclass(frozen=True, slots=True)
class Pivot:
    """Grouped by `rows`, spread across the values of `columns` ("" for none); `aggregate` is a key of AGGREGATES, of `measure` unless it counts rows."""

    rows: tuple[str, ...]
    columns: str = ""
    measure: str = ""
    aggregate: str = "count"


def _base(reader: Reader, catalog: Catalog, selection: Selection) -> tuple[str, dict[str, object], dict[str, str]]:
    """The filtered rows with the names that belong to codes, of figures without the county's own row; the query's parameters, and column -> type."""
    inner, parameters = build_query(reader, catalog, replace(selection, columns=()))
    known = [row[0] for row in reader.rows(f"describe {inner}", parameters, more_tables(reader, selection))]
    added = {name: sql for name, (code, sql) in _MORE.items() if name not in known and code in known}
    joins = " left join township as t using (township_code) left join county as c on c.county_code = b.township_code" if "township" in added else ""
    joins += " left join indicator as i using (indicator) where c.county_code is null" if "indicator_name" in added else ""
    sql = f"select b.*{''.join(f', {s} as {n}' for n, s in added.items())} from ({inner}) as b{joins}"
    types = {row[0]: row[1].partition("(")[0] for row in reader.rows(f"describe {sql}", parameters, more_tables(reader, selection))}
    return sql, parameters, types


def list_pivot_columns(reader: Reader, catalog: Catalog, selection: Selection) -> tuple[list[str], list[str]]:
    """The columns to group by or spread across, and those with numbers to add up."""
    _, _, types = _base(reader, catalog, selection)
    numbers = [name for name, kind in types.items() if kind in _NUMBERS and name not in ("source_row", "sequence", "sort_order")]
    return [name for name in types if name not in numbers], numbers


def _check(pivot: Pivot, types: dict[str, str]) -> None:
    names = [*pivot.rows, *filter(None, (pivot.columns, pivot.measure))]
    if wrong := [n for n in names if n not in types]:
        raise UserError(f"表里没有“{wrong[0]}”这一列。", f"可以用的列有：{'、'.join(types)}。")
    if not 1 <= len(pivot.rows) <= MOST_ROWS or len({*pivot.rows, pivot.columns}) <= len(pivot.rows):
        raise UserError("透视表的行、列不能这样选。", f"行请选 1 到 {MOST_ROWS} 列，行和列不要选同一列。")
    if pivot.aggregate not in AGGREGATES:
        raise UserError(f"没有“{pivot.aggregate}”这种算法。", f"可以填：{'、'.join(f'{k}（{v}）' for k, v in AGGREGATES.items())}。")
    if pivot.aggregate != "count" and types.get(pivot.measure) not in _NUMBERS:
        raise UserError("没有选要计算的数。", "请选一列数字，或者改为数行数。")


def _measured(pivot: Pivot) -> str:
    """The aggregate, to be followed by its filter."""
    return "count(*)" if pivot.aggregate == "count" else f'{pivot.aggregate}("{pivot.measure}")'


def _cast(sql: str, pivot: Pivot, types: dict[str, str]) -> str:
    whole = pivot.aggregate == "count" or (pivot.aggregate != "avg" and types[pivot.measure] in _WHOLE)
    return f"({sql})::bigint" if whole else f"round({sql}, 4)::decimal(38, 4)"


def _text(name: str) -> str:
    return f"coalesce(nullif(cast(\"{name}\" as varchar), ''), '{EMPTY}')"


def build_pivot(reader: Reader, catalog: Catalog, selection: Selection, pivot: Pivot) -> tuple[str, dict[str, object]]:
    """The SELECT of the pivot and its parameters: a column per value, 合计 behind them and in the last row. UserError for columns that do not fit."""
    base, parameters, types = _base(reader, catalog, selection)
    _check(pivot, types)
    values: list[str] = []
    if pivot.columns:
        found = reader.rows(f"select distinct {_text(pivot.columns)} from ({base}) order by 1 limit {MOST_COLUMNS + 1}", parameters, more_tables(reader, selection))
        values = [row[0] for row in found]
        if len(values) > MOST_COLUMNS:
            raise UserError(f"“列”有 {MOST_COLUMNS} 种以上的值，表会太宽。", "请换一列，或先缩小筛选范围。")
    measured = _measured(pivot)
    spread = [f"{_cast(f'{measured} filter (where {_text(pivot.columns)} = $p{n})', pivot, types)} as {_quote(h)}"
              for n, h in enumerate(tell_apart(values, {*pivot.rows, TOTAL}))]  # fmt: skip
    keys = ", ".join(f'k{n}' for n in range(len(pivot.rows)))
    shown = [f"""case when grouping({keys}) > 0 then {f"'{TOTAL}'" if n == 0 else "''"} else k{n} end as {_quote(r)}""" for n, r in enumerate(pivot.rows)]
    total = f"{_cast(measured, pivot, types)} as {_quote(TOTAL)}"
    keyed = ", ".join(f"{_text(r)} as k{n}" for n, r in enumerate(pivot.rows))
    sql = f"""select {', '.join([*shown, *spread, total])} from (select *, {keyed} from ({base})) group by grouping sets (({keys}), ())
        order by grouping({keys}), {keys}"""
    return sql, parameters | {f"p{n}": v for n, v in enumerate(values)}


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read_pivot(reader: Reader, catalog: Catalog, selection: Selection, pivot: Pivot) -> pyarrow.RecordBatchReader:
    """The pivot as a stream of batches."""
    return reader.arrow(*build_pivot(reader, catalog, selection, pivot), more_tables(reader, selection))


def spread_words(words: Words, pivot: Pivot, columns: Sequence[str]) -> Words:
    """Those of the pivoted table, which has these columns: where a code stands over one, its word does."""
    spread = {c: words.say(pivot.columns, c) for c in columns if c not in (*pivot.rows, TOTAL)}
    return Words({r: words.headings.get(r, r) for r in pivot.rows} | spread, {r: words.codes[r] for r in pivot.rows if r in words.codes})


def describe_pivot(pivot: Pivot, words: Words) -> str:
    """The pivot in words, for the audit record."""
    over = words.headings
    across = f" × {over.get(pivot.columns, pivot.columns)}" if pivot.columns else ""
    measure = over.get(pivot.measure, pivot.measure) if pivot.aggregate != "count" else ""
    return f"透视：{'、'.join(over.get(r, r) for r in pivot.rows)}{across}，{measure}{AGGREGATES[pivot.aggregate]}"
