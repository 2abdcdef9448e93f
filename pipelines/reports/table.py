"""The tables that can be exported and explored: which columns they have, and how they are filtered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pyarrow

from pipelines.catalog.model import Catalog
from pipelines.catalog.reading import READINGS
from pipelines.faults import UserError
from pipelines.reports.record import COLUMN_TYPES, read_record
from pipelines.reports.words import Words, table_words
from pipelines.warehouse.decision import STATES
from pipelines.warehouse.marts import STORED, figure_table
from pipelines.warehouse.reader import Reader
from pipelines.warehouse.schema import AS_WRITTEN
from pipelines.warehouse.scope import SUPPRESSED, personal_columns

MARTS = ("indicator_value", *(figure_table(r) for r in READINGS if r != "month"), "standard_progress", "submission_status", "problem", "revision", "audit")
AUDIT = "audit"  # not of the warehouse: read from the record
STATE = "state"
_NUMBERS = ("DECIMAL", "DOUBLE", "BIGINT", "INTEGER")
ORDER = ("sequence", "period", "township_code", "submission_id", "source_sheet", "source_row", "indicator", "position")
_PLACE = ("township_code", "township", "period", "submission_id", "source_file", "source_sheet", "source_row")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows and columns of a table are wanted; empty means all."""

    table: str
    periods: tuple[date, date] | None = None
    township_code: str | None = None
    where: dict[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    personal: bool = False  # names of persons in clear
    release: str | None = None  # None for the newest
    place: str | None = None  # above the townships; None for all that the reader sees


def find_personal(catalog: Catalog, table: str) -> tuple[str, ...]:
    """The table's columns with names of persons."""
    return tuple(column for form, column in personal_columns(catalog) if form == table)


def mask_name(text: str) -> str:
    """A name as everybody sees it: its first sign."""
    return f"{text[:1]}*" if text else text


def _say_filter(words: Words, name: str, value: str, is_hidden: bool) -> str:
    """A typed value is told as it is, but for codes and the names of persons."""
    told = value if name == AS_WRITTEN else mask_name(value) if is_hidden else words.say(name, words.find_code(name, value))
    return f"{words.headings.get(name, name)}={told}"


def _name_place(catalog: Catalog, code: str) -> str:
    path = (catalog.whole or catalog).places.path(code)
    return "".join(place.name for place in path[1:] or path) or code


def describe_selection(catalog: Catalog, selection: Selection) -> str:
    """The filter in words, for the audit record and for the mark of an export."""
    months = "至".join(f"{p:%Y-%m}" for p in dict.fromkeys(selection.periods)) if selection.periods else ""
    hidden, words = find_personal(catalog, selection.table), table_words(catalog, selection.table)
    places = (_name_place(catalog, code) for code in (selection.place, selection.township_code) if code)
    filters = (_say_filter(words, name, value, name in hidden) for name, value in selection.where.items())
    said = [months, *places, *filters, f"数据版本 {selection.release}" if selection.release else ""]
    return "；".join(filter(None, said)) or "全部"


def list_tables(catalog: Catalog) -> dict[str, str]:
    """Table key -> Chinese title, the nine forms first."""
    titles = {form.key: form.title for form in catalog.forms}
    names = (*(f"指标值（{name}）" for name in READINGS.values()), "八有六会逐项", "报送情况", "核对提示", "订正记录", "操作记录")
    return titles | dict(zip(MARTS, names, strict=True))


def is_kept(table: str) -> bool:
    """Whether its rows are kept: to read them all is to put them in order, which the disk helps with. The others are added up when they are asked for, in memory."""
    return table not in {figure_table(reading) for reading in READINGS if reading not in STORED}


def column_types(reader: Reader, catalog: Catalog, table: str) -> dict[str, str]:
    """Column -> its type, in export order; UserError for a table that does not exist."""
    if table not in list_tables(catalog):
        known = "、".join(list_tables(catalog))
        raise UserError(f"没有“{table}”这张表。", f"可以导出的表有：{known}。")
    if table == AUDIT:
        return COLUMN_TYPES
    told = {row[0]: row[1] for row in reader.rows(f'describe "{table}"')}
    return told if table in MARTS else {n: told.get(n, "VARCHAR") for n in (*_PLACE, *told)}


def table_columns(reader: Reader, catalog: Catalog, table: str) -> list[str]:
    """The table's columns in export order; UserError for a table that does not exist."""
    return list(column_types(reader, catalog, table))


def find_column(reader: Reader, catalog: Catalog, table: str, name: str) -> str:
    """The column that is meant, by what stands over it or by itself; what is neither stays as it is. UserError for a table that does not exist."""
    columns = table_columns(reader, catalog, table)
    over = table_words(catalog, table).over(dict.fromkeys((*columns, STATE)))
    return name if name in columns else next((key for key, told in over.items() if told == name), name)


def _list_columns(words: Words, columns: list[str]) -> str:
    return "、".join(key if told == key else f"{told}（{key}）" for key, told in words.over(columns).items())


def _expression(name: str, hidden: tuple[str, ...]) -> str:
    """What is read for a column, and what a filter on it is held against."""
    if name == "period":
        return "strftime(x.period, '%Y-%m')"
    if name in hidden:
        return f'left(x."{name}", 1) || \'*\''
    if name == "township":
        return "coalesce(t.township, c.county)"
    return f'x."{name}"'


def _holds(name: str, hidden: tuple[str, ...], kind: str, value: str) -> str:
    """The condition that a column holds a value: numbers are compared as such (3000 is 3000.0000), all else as it is written."""
    if kind.startswith(_NUMBERS):
        return f'x."{name}" = try_cast({value} as decimal(38, 6))'
    return f"cast({_expression(name, hidden)} as varchar) = {value}"


def _of_state(code: str, name: str, parameters: dict[str, object]) -> str:
    """Rows of the months that stand so in the review; a table needs no column for it."""
    if code not in STATES:
        raise UserError(f"没有“{code}”这种报送状态。", f"可以填：{'、'.join(f'{k}（{v}）' for k, v in STATES.items())}。")
    parameters[name] = code
    return f"exists (select 1 from submission_status as s where s.township_code = x.township_code and s.period = x.period and s.{STATE} = ${name})"


_INSIDE = """(x.township_code = $township or x.township_code in (select p.township_code from place_township as p
where p.place_code = $township and p.place_code not in (select county_code from county)))"""  # a place below the one that is seen means all in it


def _conditions(selection: Selection, columns: dict[str, str], hidden: tuple[str, ...], deep: bool, words: Words) -> tuple[list[str], dict[str, object]]:
    conditions, parameters = [], {}
    if selection.periods and "period" in columns:
        conditions.append("x.period between $first and $last")
        parameters |= {"first": selection.periods[0], "last": selection.periods[1]}
    if selection.township_code:
        conditions.append(_INSIDE if deep else "x.township_code = $township")
        parameters["township"] = selection.township_code
    for number, (name, value) in enumerate(selection.where.items()):
        if name == STATE and STATE not in columns and {"township_code", "period"} <= set(columns):
            conditions.append(_of_state(words.find_code(name, value), f"w{number}", parameters))
            continue
        if name not in columns:
            raise UserError(f"表里没有“{name}”这一列。", f"可以用来筛选的列有：{_list_columns(words, list(columns))}。")
        conditions.append(_holds(name, hidden, columns[name], f"$w{number}"))
        parameters[f"w{number}"] = words.find_code(name, value)
    return conditions, parameters


def build_query(reader: Reader, catalog: Catalog, selection: Selection) -> tuple[str, dict[str, object]]:
    """The SELECT of a selection and its parameters; every name in it comes from the table itself. A filter on a code takes its word as well."""
    columns = column_types(reader, catalog, selection.table)
    words = table_words(catalog, selection.table)
    for name in selection.columns:
        if name not in columns:
            raise UserError(f"表里没有“{name}”这一列。", f"可以选的列有：{_list_columns(words, list(columns))}。")
    hidden = () if selection.personal else find_personal(catalog, selection.table)
    conditions, parameters = _conditions(selection, columns, hidden, (catalog.whole or catalog).places.is_deep(), words)
    chosen = dict.fromkeys(selection.columns or columns) | dict.fromkeys(c for c in columns if c == SUPPRESSED)
    wanted = ", ".join(f'{_expression(n, hidden)} as "{n}"' for n in chosen)
    where = f" where {' and '.join(conditions)}" if conditions else ""
    order = ", ".join(f'x."{n}"' for n in ORDER if n in columns)
    sql = f"""select {wanted} from "{selection.table}" as x left join township as t on t.township_code = x.township_code
        left join county as c on c.county_code = x.township_code{where} order by {order or 1}"""
    return sql, parameters


def read_table(reader: Reader, catalog: Catalog, selection: Selection) -> pyarrow.RecordBatchReader:
    """The selected rows as a stream of batches; periods as text YYYY-MM, names of persons masked unless asked for."""
    return reader.arrow(*build_query(reader, catalog, selection), more_tables(reader, selection))


def more_tables(reader: Reader, selection: Selection) -> dict[str, pyarrow.Table]:
    """What the selection's query needs beside the warehouse's tables."""
    return {AUDIT: read_record(reader)} if selection.table == AUDIT else {}
