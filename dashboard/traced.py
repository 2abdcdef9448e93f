"""What an address asks to be opened: an indicator, or any sum over a form's rows; written into an address and read back from one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pipelines.catalog.model import Catalog, Column, Condition, Form, Indicator, Measure
from pipelines.faults import UserError
from pipelines.warehouse.trace import RETURNS

COUNTED = {"expected": "应报的乡镇", "reported": "已报的乡镇", "on_time": "按时报的乡镇"}
YES = {True: "是", False: "否"}
_WORDS = {"=": "为", "in": "为", ">=": "不少于", ">": "多于", "<=": "不多于", "<": "少于"}
_SPELLED = re.compile(r"^(\w+)(>=|<=|=|>|<)(.*)$", re.S)
STANDS = (Column("source_sheet", "工作表", "text"), Column("source_row", "行号", "count"))  # where a row stands, beside the form's own columns
UNKNOWN = UserError("没有这项数据。", "请从各页面的数字点进来。")


@dataclass(frozen=True, slots=True)
class Traced:
    """What is opened: its name, its unit and the measures that make it."""

    name: str
    unit: str
    definition: str
    numerator: Measure
    denominator: Measure | None = None
    indicator: Indicator | None = None

    @property
    def measures(self) -> list[tuple[str, Measure]]:
        """The measures with what they are called: one without a word, or 分子 and 分母."""
        return [("", self.numerator)] if self.denominator is None else [("分子", self.numerator), ("分母", self.denominator)]


def spell_condition(condition: Condition) -> str:
    """`category=医疗救助`, `employer_kind=企业|事业单位`, `has_union=是`, `workers>=25`, `source=` where nothing is filled in."""
    value = condition.value
    text = "" if value is None else "|".join(map(str, value)) if condition.operator == "in" else YES[value] if isinstance(value, bool) else str(value)
    return f"{condition.field}{'=' if condition.operator == 'in' else condition.operator}{text}"


def _value(column: Column, text: str) -> object:
    if not text:
        return None
    if column.type == "bool":
        return {word: key for key, word in YES.items()}[text]
    if column.type in ("count", "money", "decimal"):
        return Decimal(text)
    return tuple(text.split("|")) if "|" in text else text


def read_condition(form: Form, text: str) -> Condition:
    """The condition that was spelt; UserError where the form has no such column, or it holds names of persons."""
    found = _SPELLED.match(text)
    column = next((c for c in (*form.columns, *STANDS) if found and c.key == found[1] and c.stored and not c.personal and c.type != "date"), None)
    if column is None:
        raise UNKNOWN
    try:
        value = _value(column, found[3])
    except (KeyError, InvalidOperation):
        raise UNKNOWN from None
    return Condition(column.key, "in" if isinstance(value, tuple) else found[2], value)


def _measure(catalog: Catalog, form_key: str, field: str, where: Sequence[str]) -> Measure:
    form = next((f for f in catalog.forms if f.key == form_key), None)
    numbers = {c.key for c in form.columns if c.type in ("count", "money", "decimal")} if form else set()
    if form is None or (field and field not in numbers):
        raise UNKNOWN
    return Measure(form_key, field, tuple(read_condition(form, text) for text in where))


def _condition_words(form: Form, condition: Condition) -> str:
    value = condition.value
    header = next(c.header for c in (*form.columns, *STANDS) if c.key == condition.field)
    if value is None:
        return f"{header}没有填"
    said = "、".join(map(str, value)) if condition.operator == "in" else YES[value] if isinstance(value, bool) else str(value)
    return f"{header}{_WORDS[condition.operator]}{said}"


def describe_measure(catalog: Catalog, measure: Measure) -> str:
    """`帮扶救助台账里救助类别为医疗救助的“金额”`, in the headers' own words."""
    if measure.form == RETURNS:
        return COUNTED[measure.field]
    form = catalog.form(measure.form)
    where = "、".join(_condition_words(form, c) for c in measure.where)
    if measure.form == "monthly":
        codes = [c.value for c in measure.where if c.field == "indicator_code"]
        where = next((f"“{i.name}”" for i in catalog.monthly_items if codes == [i.code]), where)
    what = f"“{form.column(measure.field).header}”" if measure.field else "行数"
    return f"{form.title}{'里' + where if where else ''}的{what}"


def read_traced(catalog: Catalog, words: Mapping[str, str], where: Sequence[str] = ()) -> Traced:
    """What an address asks for by `indicator`, or by `form`, `sum` and each `where`. UserError where there is no such thing."""
    if code := words.get("indicator"):
        found = next((i for i in catalog.indicators if i.code == code), None)
        if found is None:
            raise UNKNOWN
        return Traced(found.name, found.unit, found.definition, found.numerator, found.denominator, found)
    measure = _measure(catalog, words.get("form", ""), words.get("sum", ""), where)
    column = catalog.form(measure.form).column(measure.field) if measure.field else None
    unit = "行" if column is None else column.unit or ("元" if column.type == "money" else "")
    words_for_it = describe_measure(catalog, measure)
    return Traced(words_for_it, unit, f"{words_for_it}合计", measure)
