"""Tables in the words of people, for pages and workbooks: what stands over the columns, and the word for each code. Files for programs keep names and codes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow

from pipelines.audit.log import ACTIONS
from pipelines.catalog.lights import LIGHTS
from pipelines.catalog.model import Catalog, Form
from pipelines.faults import SEVERITIES
from pipelines.intake.kinds import KINDS
from pipelines.reports.headings import HEADINGS, form_headings
from pipelines.warehouse.decision import PUNCTUALITY, STATES
from pipelines.warehouse.schema import AS_WRITTEN, NOT_APPLICABLE
from pipelines.warehouse.scope import SUPPRESSED

YES_NO = {"true": "是", "false": "否"}
LISTS = (NOT_APPLICABLE, SUPPRESSED)  # each value names columns, with commas
_YES_NO_COLUMNS = ("at_least", "corrected", "met", "nil_return", "on_time", "reported", "revised", "supplementary")


def tell_apart(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names, each once: one that is taken gets a number."""
    found: list[str] = []
    for first in names:
        name, number = first, 2
        while name in taken or name in found:
            name, number = f"{first}（{number}）", number + 1
        found.append(name)
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """What a table's columns and codes are called."""

    headings: dict[str, str]  # column -> what stands over it
    codes: dict[str, dict[str, str]]  # column that holds codes -> code -> its word

    def over(self, columns: Iterable[str]) -> dict[str, str]:
        """Column -> what stands over it, no two alike."""
        keys = list(columns)
        return dict(zip(keys, tell_apart(self.headings.get(key, key) for key in keys), strict=True))

    def say(self, column: str, value: str) -> str:
        """The word for a column's value; what is no code stays as it is."""
        words = self.codes.get(column, {})
        if column == AS_WRITTEN and value.startswith("{"):
            return "；".join(f"{words.get(key, key)}：{text}" for key, text in json.loads(value).items())
        return "、".join(words.get(part, part) for part in (value.split(",") if column in LISTS else [value]))

    def find_code(self, column: str, word: str) -> str:
        """The value that is meant, by its word or by itself."""
        codes = {told: code for code, told in self.codes.get(column, {}).items()}
        return ",".join(codes.get(part, part) for part in (word.split("、") if column in LISTS else [word]))


def _form_codes(form: Form) -> dict[str, dict[str, str]]:
    yes_no = {name: YES_NO for c in form.columns for name in ((c.key,) if c.type == "bool" else (f"{c.key}_at_least",))}
    return yes_no | dict.fromkeys((*LISTS, AS_WRITTEN), form_headings(form) | {AS_WRITTEN: HEADINGS[AS_WRITTEN]})


def _fields(catalog: Catalog) -> dict[str, str]:
    """Column of a form, alone or behind the form's key -> its header; all of them where forms call it differently."""
    headers: dict[str, dict[str, None]] = {}
    for form in catalog.forms:
        for column in form.columns:
            headers.setdefault(column.key, {})[column.header] = None
    full = {f"{form.key}.{column.key}": f"{form.title}：{column.header}" for form in catalog.forms for column in form.columns}
    return {key: "／".join(told) for key, told in headers.items()} | full


def _codes(catalog: Catalog) -> dict[str, dict[str, str]]:
    """Of the tables that the product makes itself, in which a column's name means the same everywhere."""
    standards = [s for s in catalog.standards if s.level == "union"]
    return dict.fromkeys(_YES_NO_COLUMNS, YES_NO) | {
        "light": {key: word for key, (_, word) in LIGHTS.items()}, "state": STATES, "status": PUNCTUALITY, "severity": SEVERITIES, "code": KINDS,
        "field": _fields(catalog), "action": ACTIONS, "indicator": {i.code: i.name for i in catalog.indicators}, SUPPRESSED: HEADINGS,
        "standard": {s.key: s.name for s in standards}, "item": {i.key: i.name for s in standards for i in s.items},
    }  # fmt: skip


def table_words(catalog: Catalog, table: str) -> Words:
    """Those of a form's table, or of one that the product makes itself; any table with months is filtered by their `state`."""
    form = next((f for f in catalog.forms if f.key == table), None)
    return Words(HEADINGS | form_headings(form), {"state": STATES} | _form_codes(form)) if form else Words(HEADINGS, _codes(catalog))


def _tell_column(words: Words, name: str, column: pyarrow.Array) -> pyarrow.Array:
    """Each different value is said once."""
    if name not in words.codes:
        return column
    values = column.cast(pyarrow.string()).dictionary_encode()
    return pyarrow.array([words.say(name, v) for v in values.dictionary.to_pylist()], pyarrow.string()).take(values.indices)


def tell_rows(batches: pyarrow.RecordBatchReader, words: Words) -> pyarrow.RecordBatchReader:
    """The same rows in words, batch by batch."""
    over = words.over(batches.schema.names)
    schema = pyarrow.schema([(over[f.name], pyarrow.string() if f.name in words.codes else f.type) for f in batches.schema])
    told = (pyarrow.record_batch([_tell_column(words, n, c) for n, c in zip(batch.schema.names, batch.columns, strict=True)], schema) for batch in batches)
    return pyarrow.RecordBatchReader.from_batches(schema, told)
