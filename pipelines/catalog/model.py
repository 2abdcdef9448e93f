"""What the catalogue holds, as frozen records; `load.py` fills them from `data/catalog/*.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.catalog.overview import Overview
from pipelines.catalog.peers import Peers
from pipelines.catalog.places import Tree
from pipelines.catalog.scoring import Contradiction, Rubric


@dataclass(frozen=True, slots=True, eq=False)  # compared and hashed by identity: it is a key of caches
class Column:
    """One column of a form."""

    key: str
    header: str
    type: str  # text | count | money | date | bool | choice
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    choice_aliases: tuple[tuple[str, str], ...] = ()  # (spelling, choice)
    unit: str = ""
    note: str = ""  # what the template's comment and the handbook say
    personal: bool = False  # masked outside the county clerk's desk
    stored: bool = True  # False: never stored under its own key (id_number -> id_number_hash, id_number_masked)
    any_day: bool = False  # a date that may lie outside the month, up to the month's end
    future: bool = False  # a date that may lie after the month's end as well (due)
    proofs: tuple[tuple[str, str], ...] = ()  # (choice, the indicator that would prove it), the choice of the gravest consequence first


@dataclass(frozen=True, slots=True)
class Rule:
    """`left operator right` in one row of a form, or of a form against another time; the operators stand in `rules.toml`."""

    form: str
    left: str  # a column of the form
    operator: str
    right: str = ""  # a column, an item of 乡镇月报 or a form, as the operator asks
    value: str = ""
    severity: str = "error"  # error | explain | warning
    message: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One sheet of the monthly workbook."""

    key: str
    title: str  # the sheet's name in the template
    nature: str  # "stock": each month replaces the last; "flow": what happened in the month
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()  # other sheet names
    unique: tuple[str, ...] = ()  # columns that name a row once
    rules: tuple[Rule, ...] = ()  # of `rules.toml`
    note: str = ""

    def column(self, key: str) -> Column:
        """The column with this key; KeyError when there is none."""
        return next(c for c in self.columns if c.key == key)


@dataclass(frozen=True, slots=True)
class MatrixBlock:
    """Some columns of a table with one row per village or union that make one form."""

    form: str
    groups: tuple[str, ...]  # headers above; "" where there is none
    name: tuple[str, ...]  # the keys that the row's name fills
    columns: tuple[tuple[str, tuple[str, ...]], ...]  # (key, spellings of the lowest header)
    set: tuple[tuple[str, str], ...] = ()  # (key, value) of every row


@dataclass(frozen=True, slots=True)
class LearnedAlias:
    """A header that somebody confirmed to mean a column, for one township or, without a code, for the county."""

    form: str
    key: str
    header: str
    township_code: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class MonthlyItem:
    """One row of the 乡镇月报 form."""

    code: str
    name: str
    unit: str
    nature: str  # stock | flow | bool
    expected: bool = True  # absent is a warning
    aliases: tuple[str, ...] = ()
    at_most: str = ""  # the code of the item it may not exceed
    at_most_severity: str = "error"


@dataclass(frozen=True, slots=True, eq=False)
class Township:
    """One township of the county, with the villages that its unions are named after."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    tile: tuple[int, ...] = ()  # (column, row) on the grid that stands for a map


@dataclass(frozen=True, slots=True)
class County:
    """The county and its townships, in official order."""

    code: str
    name: str
    townships: tuple[Township, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter on one column of a form: `field operator value`."""

    field: str
    operator: str  # "=" | "in" | ">=" | ">"
    value: object  # str | bool | int | tuple | None: nothing is filled in


@dataclass(frozen=True, slots=True)
class Measure:
    """A sum (or a count of rows) over one form's rows of one township and month."""

    form: str  # a form's key, or "returns" (one row per township and month: expected, reported, on_time)
    field: str  # the column summed; "" counts rows
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One computed figure: a sum, or a ratio of two sums."""

    code: str
    name: str
    english: str
    unit: str  # "%" for a share (stored as a fraction), else 家, 人, 元, 元/人次 …
    kind: str  # stock | flow | ratio
    area: str  # the field of work: organisation, members, relief …
    numerator: Measure
    denominator: Measure | None = None
    nature: str = "stock"  # of the figures inside: a stock ratio is the month's, a flow ratio can be read over the year
    direction: str = "none"  # up | down | none
    article: str = ""  # 篇一 … 篇七
    definition: str = ""  # the formula in Chinese words
    source: str = ""


@dataclass(frozen=True, slots=True)
class DomainItem:
    """One row of the product's list of what the source documents count, and the place where it lives; only checked, for nothing else reads the list."""

    code: str
    name: str
    place: str  # "indicator:CODE" | "form:FORM.FIELD" | "form:FORM.FIELD=CHOICE" | "monthly:CODE" | "standard:KEY[.ITEM]"


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator should reach in a year."""

    indicator: str
    year: int
    value: float
    source: str
    township_code: str = ""  # empty: the whole county
    reading: str = ""  # "year": only for figures read from January; empty: for the month's as well


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One change of a target by the county, with its reason; the newest about an indicator, year and place holds."""

    indicator: str
    year: int
    reason: str
    source: str  # the document that the target rests on
    by: str
    value: float  # 0 where it is removed
    at: str = ""
    township_code: str = ""
    reading: str = ""
    removed: bool = False  # from then on there is no target of that year and place


@dataclass(frozen=True, slots=True)
class StandardItem:
    """One thing that a standard asks of a union: a yes/no column of the self-check, or an indicator."""

    key: str
    name: str
    field: str = ""  # a column of the `standards` form
    indicators: tuple[str, ...] = ()  # for groups such as 五好


@dataclass(frozen=True, slots=True)
class Standard:
    """八有, 六会, 五好 or an alternative of theirs."""

    key: str
    name: str
    items: tuple[StandardItem, ...]
    level: str = "union"  # union | township
    note: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a month's workbook is due: a day of the next month, moved by published holidays."""

    deadline_day: int
    moved: tuple[tuple[str, str], ...] = ()  # (period, due date), both ISO


@dataclass(frozen=True, slots=True)
class Returns:
    """How the county reviews the monthly returns, and the words of its reminders."""

    auto_approve: bool = False  # a file without any problem is approved at once
    wordings: tuple[tuple[str, str], ...] = ()  # ("before.missing", words with {township} {month} {due} {days} …)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the monthly bulletin: its lines are indicators, and `leading`, one of them, ranks the townships."""

    key: str
    title: str
    leading: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmallCounts:
    """Which counts of persons an export leaves out for those who may not see personal data: from 1 to `least` - 1."""

    least: int = 3
    units: tuple[str, ...] = ("人", "人次", "户")
    public: tuple[str, ...] = ()  # form:FORM.COLUMN | monthly:CODE | indicator:CODE


@dataclass(frozen=True, slots=True)
class Catalog:
    """The whole catalogue, checked. `sha256` names its exact content."""
    sha256: str
    county: County
    forms: tuple[Form, ...]
    monthly_items: tuple[MonthlyItem, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    standards: tuple[Standard, ...]
    calendar: Calendar
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)  # total words, missing words, yes words …
    matrix: tuple[MatrixBlock, ...] = ()
    matrix_names: tuple[str, ...] = ()
    employer_kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (choice, endings of names)
    aliases: tuple[LearnedAlias, ...] = ()
    returns: Returns = Returns()
    small_counts: SmallCounts = SmallCounts()
    areas: tuple[tuple[str, str], ...] = ()  # (key of an indicator's area, its name), in the order of a page
    overview: Overview = Overview()
    sections: tuple[Section, ...] = ()  # of the monthly bulletin
    rubrics: tuple[Rubric, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    peers: Peers = Peers()
    shipped_targets: tuple[Target, ...] = ()  # of `targets.toml`, before the changes
    target_changes: tuple[TargetChange, ...] = ()
    places: Tree = Tree()
    local: dict[str, object] = field(default_factory=dict)  # place -> what it has of its own (`local.Local`)
    whole: Catalog | None = None  # the home's, where this one is a place's (`narrow.py`)

    def form(self, key: str) -> Form:
        """The form with this key; StopIteration never: an unknown key is a bug and raises KeyError."""
        for form in self.forms:
            if form.key == key:
                return form
        raise KeyError(key)

    def township(self, code: str) -> Township | None:
        """The township with this code, or None."""
        return next((t for t in self.county.townships if t.code == code), None)

    def indicator(self, code: str) -> Indicator:
        """The indicator with this code; an unknown code raises KeyError."""
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        raise KeyError(code)
